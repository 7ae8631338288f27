"""All that the composer puts on the strip of time, as a person puts it there; and what comes of it in the takes."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect
from tests.server.served import Served
from tests.studio.people import Person, any_of, button, form_of, key_of, path_of, said, speaking, states

from manazir.media.clip import Clip, Sound
from manazir.media.encode import write_clip, write_wav

BRIEF = "1. A red ball bounces, 1 s\n2. A blue cube slides, 1 s"


IN_ARABIC = pytest.mark.parametrize("language", ["ar"], indirect=True)
"""Each journey is made in one language: so both are, and none costs twice."""


@pytest.fixture
def language(request: pytest.FixtureRequest) -> Iterator[None]:
    """English, unless a journey says otherwise."""
    with speaking(getattr(request, "param", "en")):
        yield


@pytest.fixture
def person(quick: Served, browser: Browser, language: None) -> Iterator[Person]:
    person = Person(browser, quick, key_of(quick, "composer", credits=100)[0])
    yield person
    person.close()


@IN_ARABIC
@pytest.mark.timeout(400)
def test_pictures_are_pinned_and_what_is_drawn_stays_with_the_take(person: Person, tmp_path: Path) -> None:
    project = person.has_project(BRIEF)
    page = person.goes_to(path_of(project, 0))
    one_at_a_time(page)
    Image.new("RGB", (32, 32), "teal").save(tmp_path / "teal.png")
    page.keyboard.press("s")
    page.locator("input[type=file]").set_input_files(tmp_path / "teal.png")
    page.get_by_role("menuitem", name=said("composer.way.first")).click()
    expect(pins(page)).to_have_count(1)
    made(page, "draft", 1)
    expect(composer(page).get_by_role("status").filter(has_text=said("composer.time", time="")[:5])).to_be_visible()

    held: list[Route] = []
    page.route("**/api/v1/assets/*/frame", lambda route: held.append(route))
    button(page, "composer.frame.hand").click()
    page.get_by_role("menuitem", name=said("composer.way.last")).click()
    expect(composer(page).get_by_text(said("composer.frame.cut"))).to_be_visible()
    expect(make(page, "draft")).to_be_disabled()  # until the server has taken it out of the clip
    for request in held:
        request.continue_()
    page.unroute("**/api/v1/assets/*/frame")
    expect(pins(page)).to_have_count(2)
    expect(composer(page).get_by_text(said("composer.frame.cut"))).to_be_hidden()
    expect(button(composer(page), "composer.loop")).to_be_disabled()
    chip(page, "film.move").click()
    page.get_by_role("radio", name=said("film.move.pan_left")).click()
    button(page, "composer.draw").click()
    page.get_by_role("application", name=said("composer.draw.paper")).press("Enter")
    expect(page.get_by_text(form_of("composer.draw.count", "one", 1))).to_be_visible()
    button(page, "common.done").click()
    made(page, "draft", 2)

    first, second = person.project(project)["shots"][0]["takes"]
    assert [frame["at_seconds"] for frame in first["job"]["canvas"]["keyframes"]] == [0]
    assert [frame["at_seconds"] for frame in second["job"]["canvas"]["keyframes"]] == [0, None]
    assert [mark["kind"] for mark in second["drawing"]["marks"]] == ["arrow"]
    assert first["drawing"] is None
    assert "left" in second["job"]["canvas"]["prompt"]


@pytest.mark.timeout(400)
def test_a_clip_is_gone_on_from_and_changed_with_a_strength(person: Person) -> None:
    project = person.has_project(BRIEF)
    page = person.goes_to(path_of(project, 0))
    one_at_a_time(page)
    made(page, "draft", 1)
    button(page, "composer.add.short").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("option").first.click()
    whole = button(dialog, "composer.way.after")
    reframe = button(dialog, "composer.way.reframe")
    expect(reframe).to_be_disabled()
    expect(dialog.get_by_text(said("composer.clash.cannot_reframe"))).to_be_visible()
    whole.click()
    band = page.get_by_role("button", name=said("composer.role.after"))
    expect(band).to_be_visible()
    made(page, "draft", 2)

    band.click()
    page.get_by_role("combobox", name=said("composer.role")).click()
    page.get_by_role("option", name=said("composer.way.modify")).click()
    strength = page.get_by_role("slider", name=said("composer.strength"))
    strength.press("Home")
    strength.press("ArrowRight")
    expect(page.get_by_text(said("composer.strength.low"))).to_be_visible()
    made(page, "draft", 3)

    source, longer, changed = person.project(project)["shots"][0]["takes"]
    clip = f"asset:{source['job']['outputs']['video']['id']}"
    assert longer["job"]["canvas"]["extension"] == {"clip": clip}
    assert changed["job"]["canvas"]["modification"] == {"clip": clip, "strength": pytest.approx(0.1)}
    seconds = [take["job"]["outputs"]["video"]["duration_seconds"] for take in (source, longer, changed)]
    assert seconds == pytest.approx([1, 2, 1], abs=0.01)


def into(held: list[Route]) -> Callable[[Route], None]:
    def hold(route: Route) -> None:
        held.append(route)

    return hold


@pytest.mark.timeout(400)
def test_a_sound_is_given_pictures_and_a_silent_clip_a_sound(person: Person, tmp_path: Path) -> None:
    heard = Sound(np.sin(np.arange(16_000, dtype=np.float32) / 9)[:, None] / 2, 16_000)
    write_clip(Clip(np.full((8, 32, 32, 3), 70, np.uint8), 8.0), tmp_path / "silent.mp4")
    write_wav(heard, tmp_path / "hum.wav")
    project = person.has_project(BRIEF)
    for shot, file, way in ((0, "hum.wav", "sound"), (1, "silent.mp4", "sound_for")):
        page = person.goes_to(path_of(project, shot))
        one_at_a_time(page)
        button(page, "composer.add.short").click()
        held: list[Route] = []
        page.route("**/api/v1/uploads/*", into(held))
        page.get_by_role("dialog", name=said("composer.add")).locator("input[type=file]").set_input_files(
            tmp_path / file
        )
        if way == "sound_for":  # there is but one way for a sound
            page.get_by_role("menuitem", name=said(f"composer.way.{way}")).click()
        expect(make(page, "draft")).to_be_disabled()  # while it is on its way
        page.unroute("**/api/v1/uploads/*")
        for request in held:
            request.continue_()
        role = said("composer.role.sound_for") if way == "sound_for" else file
        composer(page).locator("button[aria-pressed]", has_text=role).wait_for()
        made(page, "draft", 1)

    for shot in person.project(project)["shots"]:
        (take,) = shot["takes"]
        assert take["job"]["outputs"]["video"]["has_sound"] is True
        assert take["job"]["outputs"]["video"]["duration_seconds"] == pytest.approx(1, abs=0.2)
    sounds = [shot["takes"][0]["job"]["canvas"] for shot in person.project(project)["shots"]]
    assert sounds[0]["sound"].startswith("asset:")
    assert sounds[1]["sound_for"].startswith("asset:")


@IN_ARABIC
@pytest.mark.timeout(400)
def test_what_cannot_be_made_is_said_before_it_is_asked_for(person: Person) -> None:
    project = person.has_project(BRIEF)
    page = person.goes_to(path_of(project, 1))
    one_at_a_time(page)
    length = page.get_by_role("spinbutton", name=said("film.duration"))
    length.fill("60")
    expect(page.get_by_text(said("composer.clash.long"))).to_be_visible()
    expect(make(page, "draft")).to_be_disabled()
    button(page, "composer.fix.long").click()
    expect(page.get_by_text(said("composer.clash.long"))).to_be_hidden()
    expect(length).to_have_value("6")
    length.fill("1")

    button(composer(page), "composer.loop").click()
    button(composer(page), "composer.sound").click()
    made(page, "draft", 1)
    (take,) = person.project(project)["shots"][1]["takes"]
    assert take["job"]["canvas"]["is_loop"] is True
    assert take["job"]["outputs"]["video"]["has_sound"] is False


@pytest.mark.timeout(200)
def test_a_draft_that_is_held_is_said_to_be(person: Person) -> None:
    project = person.has_project(BRIEF)
    shot = project["shots"][0]
    person.asks("PATCH", f"/shots/{shot['id']}", json={"duration_seconds": 6})
    first, second = person.has_takes(shot, count=2, settings={"steps": 200})
    person.asks("POST", f"/jobs/{second['id']}/hold")
    page = person.goes_to(path_of(project))
    row = page.get_by_role("listitem", name=said("film.shot", number=1))
    mark = row.get_by_text(said("film.state.drafts") + said("common.between") + said("film.job.held"), exact=True)
    expect(row.get_by_text(said("film.state.drafts"), exact=True)).to_be_visible()  # the other one is made
    person.asks("POST", f"/jobs/{first['id']}/cancel")
    expect(mark).to_be_visible()
    person.asks("DELETE", f"/projects/{project['id']}")


@pytest.mark.timeout(400)
def test_a_take_is_cancelled_while_it_is_made(person: Person) -> None:
    project = person.has_project(BRIEF)
    slow = {"kind": "master", "count": 1, "settings": {"steps": 200}}
    person.asks("PATCH", f"/shots/{project['shots'][0]['id']}", json={"composer": slow, "duration_seconds": 6})
    page = person.goes_to(path_of(project, 0))
    make(page, "master").click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    button(page, "common.cancel").click()
    expect(page.get_by_role("alert")).to_contain_text(said("errors.reason.cancelled"))
    assert states(person.project(project)) == ["cancelled"]


@IN_ARABIC
@pytest.mark.timeout(400)
def test_a_world_is_played_by_keys_and_a_turn_is_a_take(person: Person) -> None:
    project = person.has_project(BRIEF)
    page = person.goes_to(path_of(project, 0))
    button(page, "play.open").wait_for()
    page.keyboard.press("w")
    expect(page.get_by_text(said("play.honest"))).to_be_visible()
    page.keyboard.down("ArrowRight")
    expect(page.get_by_text(said("play.recording"), exact=True)).to_be_visible()
    expect(page.get_by_text(said("play.recording"), exact=True)).to_be_hidden()
    page.keyboard.up("ArrowRight")
    expect(button(page, "shot.choose")).to_be_enabled()
    page.keyboard.press("c")
    expect(page.get_by_role("button", name=said("shot.choose"), pressed=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, "film.state.chosen")).to_be_visible()
    whole: dict[str, Any] = person.project(project)["shots"][0]
    (take,) = whole["takes"]
    assert whole["chosen_take_id"] == take["id"]
    assert take["job"]["canvas"]["actions"].count("right") > len(take["job"]["canvas"]["actions"]) // 2


def one_at_a_time(page: Page) -> None:
    count = page.get_by_role("spinbutton", name=said("composer.count"))
    count.press("Home")
    expect(count).to_have_attribute("aria-valuenow", "1")


def make(page: Page, kind: str) -> Locator:
    return page.get_by_role("button", name=form_of(f"composer.make.{kind}", "one"), exact=True)


def made(page: Page, kind: str, takes: int) -> None:
    """One more is asked for, and made."""
    price = composer(page).get_by_role("status").filter(has_text=any_of("film.credits"))
    expect(price).to_contain_text(any_of("composer.left"))
    make(page, kind).click()
    grid = page.get_by_role("region", name=said("shot.takes"))
    expect(grid.get_by_role("listitem")).to_have_count(takes)
    expect(grid.get_by_role("listitem").first.get_by_title(said("film.seed"))).to_be_visible()


def composer(page: Page) -> Locator:
    return page.get_by_role("region", name=said("composer.title"))


def pins(page: Page) -> Locator:
    return page.get_by_role("slider", name=said("composer.pin"))


def chip(page: Page, key: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{said(key)}:"))
