"""What of a clip changes, painted over it or brought as a picture: it is seen, kept, and what a take is made with."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from tests.server.served import Served
from tests.studio.people import Person, button, key_of, path_of, said

from manazir.media.clip import Clip
from manazir.media.encode import write_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Half a second of film, twice as wide as high."""
    write_clip(Clip(np.full((4, 32, 64, 3), 70, np.uint8), 8.0), tmp_path / "film.mp4")
    return tmp_path / "film.mp4"


@pytest.fixture
def person(quick: Served, browser: Browser) -> Iterator[Person]:
    person = Person(browser, quick, key_of(quick, "masks")[0])
    yield person
    person.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["ar"], indirect=True)
@pytest.mark.usefixtures("language")
def test_a_mask_is_painted_and_erased_and_a_take_is_made_with_it(person: Person, clip: Path) -> None:
    project = person.has_project("1. A red ball bounces, 1 s")
    page = person.goes_to(path_of(project, 0))
    _bring(page, clip)
    dialog = _marking(page)
    dialog.get_by_role("radio", name=said("composer.region.change")).click()
    dialog.get_by_role("radio", name=said("composer.region.tool.brush")).click()
    paper = dialog.get_by_role("application", name=said("composer.region.ink"))
    _drag(page, paper, (0.1, 0.5), (0.6, 0.5))
    expect(dialog.get_by_text(said("composer.region.mask"), exact=True)).to_be_visible()
    dialog.get_by_role("radio", name=said("composer.region.tool.eraser")).click()
    _drag(page, paper, (0.1, 0.5), (0.25, 0.5))
    dialog.get_by_role("radio", name=said("composer.region.tool.brush")).click()
    paper.focus()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Enter")
    assert dialog.locator("svg mask path").count() == 3
    page.keyboard.press("Control+z")
    expect(dialog.locator("svg mask path")).to_have_count(2)
    button(dialog, "common.done").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text(said("composer.kept"), exact=True)).to_be_visible()

    shot = person.project(project)["shots"][0]
    region = shot["composer"]["canvas"]["modification"]["region"]
    assert region["is_kept"] is False
    mask = _picture(person, region["mask"])
    assert mask.shape == (32, 64)
    assert [int(mask[16, x]) for x in (6, 30, 60)] == [0, 255, 0]
    assert int(mask[2, 30]) == 0
    (take,) = person.has_takes(shot)
    page.goto(f"{person.served.address}{path_of(project, 0)}")
    expect(button(page, "shot.choose")).to_be_enabled()
    made = person.asks("GET", f"/takes/{take['id']}")["job"]
    assert made["canvas"]["modification"]["region"]["mask"] == region["mask"]

    page.get_by_role("button", name=said("composer.region.changes")).first.click()
    page.get_by_role("button", name=said("composer.region.changes"), exact=True).last.click()
    expect(dialog.locator("svg mask image")).to_have_count(1)
    button(dialog, "composer.region.clear").click()
    button(dialog, "common.done").click()
    expect(button(page, "composer.region")).to_be_visible()


@pytest.mark.timeout(300)
def test_a_mask_is_brought_if_it_has_the_shape_of_the_clip(person: Person, clip: Path, tmp_path: Path) -> None:
    for name, size, white in (("wrong", (64, 64), 32), ("all", (64, 32), 64), ("right", (128, 64), 64)):
        picture = Image.new("L", size)
        picture.paste(255, (0, 0, white, size[1]))
        picture.save(tmp_path / f"{name}.png")
    (tmp_path / "text.png").write_text("no picture")
    project = person.has_project("1. A red ball bounces, 1 s")
    page = person.goes_to(path_of(project, 0))
    _bring(page, clip)
    dialog = _marking(page)
    files = dialog.get_by_label(said("composer.region.mask.bring")).locator("visible=false").last
    wrong = dialog.get_by_role("alert")
    files.set_input_files(tmp_path / "wrong.png")
    expect(wrong).to_contain_text("64 × 64")
    files.set_input_files(tmp_path / "text.png")
    expect(wrong).to_have_text(said("composer.region.mask.unread"))
    files.set_input_files(tmp_path / "all.png")
    expect(wrong).to_be_hidden()
    button(dialog, "common.done").click()
    expect(wrong).to_have_text(said("composer.clash.region_all"))
    files.set_input_files(tmp_path / "right.png")
    expect(dialog.locator("svg mask image")).to_have_count(1)
    button(dialog, "common.done").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text(said("composer.kept"), exact=True)).to_be_visible()
    canvas = person.project(project)["shots"][0]["composer"]["canvas"]
    mask = _picture(person, canvas["modification"]["region"]["mask"])
    assert [int(mask[16, x]) for x in (4, 60)] == [255, 0]


def _bring(page: Page, clip: Path) -> None:
    """Put a file on the strip as a clip to change."""
    button(page, "composer.add.short").click()
    page.get_by_role("dialog", name=said("composer.add")).locator("input[type=file]").set_input_files(clip)
    page.get_by_role("menuitem", name=said("composer.way.modify")).click()
    page.get_by_role("button", name=said("composer.role.modify")).click()


def _marking(page: Page) -> Locator:
    button(page, "composer.region").click()
    dialog = page.get_by_role("dialog", name=said("composer.region.title"))
    dialog.locator("video").evaluate("one => one.readyState || new Promise((then) => (one.onloadedmetadata = then))")
    return dialog


def _drag(page: Page, paper: Locator, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """In shares of the frame."""
    room = paper.bounding_box()
    assert room is not None
    places = [(room["x"] + x * room["width"], room["y"] + y * room["height"]) for x, y in (begin, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=5)
    page.mouse.up()


def _picture(person: Person, reference: str) -> np.ndarray:
    asset_id = reference.removeprefix("asset:")
    headers = {"Authorization": f"Bearer {person.key}"}
    answer = person.served.ask("GET", f"/api/v1/assets/{asset_id}/content", headers=headers)
    assert answer.is_success, answer.text
    return np.asarray(Image.open(BytesIO(answer.content)).convert("L"))
