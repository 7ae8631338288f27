"""The queue, as a person steers it: all of it stands as it was left, also after a reload; what failed says why."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from tests.server.served import Served
from tests.studio.conftest import words
from tests.studio.people import Person, button, key_of, path_of, said, states

BRIEF = "1. A red ball bounces, 1 s\n2. A blue cube slides, 1 s\n3. A green cone falls, 1 s\n4. A grey disc turns, 1 s"


@pytest.mark.timeout(300)
def test_what_waits_is_held_let_go_moved_and_cancelled(quick: Served, browser: Browser) -> None:
    key, tenant = key_of(quick, "queue")
    person = Person(browser, quick, key)
    steer(quick, tenant, "pause")  # nothing is taken before all is seen
    project = person.has_project(BRIEF)
    for shot in project["shots"]:
        person.has_takes(shot)
    page = person.goes_to("/queue")
    expect(rows(page)).to_have_count(4)
    stand(page, 1, 2, 3, 4)

    button(rows(page).nth(0), "queue.hold").click()
    expect(rows(page).nth(0)).to_contain_text(said("film.job.held"))
    rows(page).nth(2).focus()
    page.keyboard.press("Alt+ArrowUp")
    stand(page, 1, 3, 2, 4)
    drag(page, rows(page).nth(3), rows(page).nth(1))
    stand(page, 1, 4, 3, 2)
    rows(page).nth(2).focus()
    page.keyboard.press("Delete")
    expect(rows(page)).to_have_count(3)
    expect(rows(page).nth(2)).to_be_focused()

    page.reload()
    stand(page, 1, 4, 2)
    expect(rows(page).nth(0)).to_contain_text(said("film.job.held"))
    steer(quick, tenant, "resume")
    expect(rows(page)).to_have_count(1)
    button(rows(page).nth(0), "queue.release").click()
    expect(page.get_by_text(said("queue.empty"))).to_be_visible()
    made = person.project(project)
    assert [states(made, shot) for shot in range(4)] == [["succeeded"], ["succeeded"], ["cancelled"], ["succeeded"]]
    person.close()


@pytest.mark.timeout(300)
def test_what_failed_says_why_and_is_tried_again(quick: Served, browser: Browser, tmp_path: Path) -> None:
    key, tenant = key_of(quick, "failing")
    person = Person(browser, quick, key)
    steer(quick, tenant, "pause")
    project = person.has_project("1. A red ball bounces, 1 s")
    picture = uploaded(person, tmp_path)
    canvas = {"prompt": "a red ball", "keyframes": [{"image": f"asset:{picture['id']}", "at_seconds": 0}]}
    person.has_takes(project["shots"][0], canvas=canvas)
    person.asks("DELETE", f"/assets/{picture['id']}")
    steer(quick, tenant, "resume")

    page = person.goes_to("/queue")
    failed = page.get_by_role("region", name=said("queue.failed"))
    expect(failed.get_by_role("listitem")).to_have_count(1)
    expect(failed).to_contain_text("a red ball")
    expect(failed).to_contain_text(said("errors.reason.bad_input"))
    expect(failed).to_contain_text(said("errors.reason.bad_input.advice"))
    page.keyboard.press("Shift+L")
    arabic = page.get_by_role("region", name=words("ar")["queue.failed"])
    expect(arabic).to_contain_text(words("ar")["errors.why.no_such_file"])
    expect(arabic.locator("bdi[lang=en]")).to_have_count(0)
    page.keyboard.press("Shift+L")
    steer(quick, tenant, "pause")
    button(failed, "common.retry").click()
    expect(rows(page)).to_have_count(1)
    expect(failed).to_have_count(0)
    button(rows(page), "queue.hold").click()
    expect(rows(page)).to_contain_text(said("film.job.held"))
    page.reload()
    expect(rows(page)).to_contain_text(said("film.job.held"))
    expect(failed).to_have_count(0)
    button(rows(page), "queue.release").click()
    steer(quick, tenant, "resume")
    expect(failed).to_contain_text(said("errors.reason.bad_input"))
    person.close()


@pytest.mark.timeout(300)
def test_a_take_that_was_cancelled_is_made_when_it_is_tried_again(quick: Served, browser: Browser) -> None:
    key, tenant = key_of(quick, "cancelling")
    person = Person(browser, quick, key)
    steer(quick, tenant, "pause")
    project = person.has_project("1. A red ball bounces, 1 s")
    person.has_takes(project["shots"][0])
    page = person.goes_to(path_of(project, 0))
    button(page, "common.cancel").click()
    expect(page.get_by_role("alert")).to_contain_text(said("errors.reason.cancelled"))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text(said("errors.reason.cancelled"))
    steer(quick, tenant, "resume")
    button(page, "common.retry").click()
    expect(button(page, "shot.choose")).to_be_enabled()
    assert states(person.project(project)) == ["succeeded"]
    person.close()


def rows(page: Page) -> Locator:
    return page.locator("main li[data-row]")


def stand(page: Page, *shots: int) -> None:
    """In this order."""
    for place, shot in enumerate(shots):
        expect(rows(page).nth(place)).to_contain_text(said("film.shot", number=shot))


def drag(page: Page, row: Locator, onto: Locator) -> None:
    """By its grip, to the place of another."""
    grip = row.get_by_title(said("queue.drag")).bounding_box()
    there = onto.bounding_box()
    assert grip is not None
    assert there is not None
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(there["x"] + 10, there["y"] + 2, steps=4)
    page.mouse.up()


def steer(served: Served, tenant: str, act: str) -> None:
    assert served.ask("POST", f"/api/v1/tenants/{tenant}/{act}").is_success


def uploaded(person: Person, folder: Path) -> dict[str, Any]:
    path = folder / "picture.png"
    Image.new("RGB", (32, 32), "grey").save(path)
    with path.open("rb") as file:
        told: dict[str, Any] = person.asks("POST", "/assets", files={"file": ("picture.png", file, "image/png")})
    return told
