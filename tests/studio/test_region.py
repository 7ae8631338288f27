"""A region of a clip to keep, marked in the composer by hand and by keys."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.studio.conftest import words

from manazir.media.clip import Clip
from manazir.media.encode import write_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A second of film, twice as wide as high."""
    frames = np.full((8, 64, 128, 3), 70, np.uint8)
    frames[:, :, :64] = (180, 60, 40)
    write_clip(Clip(frames, 8.0), tmp_path / "film.mp4")
    return tmp_path / "film.mp4"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_region_is_marked_kept_and_taken_off(language: str, enter: Callable[[str], Page], clip: Path) -> None:
    page, say = enter(language), words(language)
    _open_shot(page, say)
    _bring(page, say, clip)
    page.get_by_role("button", name=say["composer.role.modify"]).click()
    page.get_by_role("button", name=say["composer.region"], exact=True).click()
    dialog = page.get_by_role("dialog", name=say["composer.region.title"])
    frame = dialog.get_by_role("group", name=say["composer.region.paper"])
    _drag(page, frame, (0.1, 0.2), (0.5, 0.8))
    boxes = frame.get_by_role("button")
    expect(boxes).to_have_count(1)
    assert _place(boxes.first, frame) == pytest.approx([0.1, 0.2, 0.4, 0.6], abs=0.02)
    _drag(page, frame, (0.3, 0.5), (0.4, 0.5))  # by its inside: it moves
    assert _place(boxes.first, frame) == pytest.approx([0.2, 0.2, 0.4, 0.6], abs=0.02)
    _drag(page, frame, (0.6, 0.8), (0.8, 0.9))  # by a corner: it is stretched
    assert _place(boxes.first, frame) == pytest.approx([0.2, 0.2, 0.6, 0.7], abs=0.02)

    dialog.get_by_role("button", name=say["composer.region.add"]).click()
    expect(boxes).to_have_count(2)
    boxes.last.focus()
    said = dialog.get_by_role("status")
    before = said.inner_text()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    expect(said).not_to_have_text(before)
    expect(boxes.last).to_have_accessible_name(said.inner_text())
    assert _place(boxes.last, frame) == pytest.approx([0.29, 0.3, 0.4, 0.41], abs=0.005)
    page.keyboard.press("Delete")
    expect(boxes).to_have_count(1)
    dialog.get_by_role("radio", name=say["composer.region.change"]).click()
    kept = boxes.first.get_attribute("aria-label")
    dialog.get_by_role("button", name=say["common.done"]).click()

    expect(page.get_by_text(say["composer.kept"], exact=True)).to_be_visible()
    page.reload()
    band = page.get_by_role("button", name=say["composer.region.changes"]).first
    band.click()
    page.get_by_role("button", name=say["composer.region.changes"], exact=True).last.click()
    expect(boxes).to_have_count(1)
    expect(boxes.first).to_have_accessible_name(kept or "")
    dialog.get_by_role("button", name=say["composer.region.clear"]).click()
    dialog.get_by_role("button", name=say["common.done"]).click()
    expect(page.get_by_role("button", name=say["composer.region"], exact=True)).to_be_visible()


def _open_shot(page: Page, say: dict[str, str]) -> None:
    page.get_by_role("button", name=say["projects.new"]).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(say["projects.brief"]).fill("1. A red ball bounces on the ground, 2 s")
    dialog.get_by_role("button", name=say["projects.make"]).click()
    shots = page.get_by_role("link", name=re.compile(re.escape(say["project.shot.open.named"].split("{")[0])))
    plan = page.get_by_role("button", name=say["project.plan"], exact=True)
    plan.or_(shots.first).first.wait_for()
    if plan.count():
        plan.click()
    shots.first.click()


def _bring(page: Page, say: dict[str, str], clip: Path) -> None:
    """Put a file on the strip as a clip to change."""
    page.get_by_role("button", name=say["composer.add.short"], exact=True).click()
    page.get_by_role("dialog", name=say["composer.add"]).locator("input[type=file]").set_input_files(clip)
    page.get_by_role("menuitem", name=say["composer.way.modify"]).click()


def _drag(page: Page, frame: Locator, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """In shares of the frame."""
    room = frame.bounding_box()
    assert room is not None
    places = [(room["x"] + x * room["width"], room["y"] + y * room["height"]) for x, y in (begin, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def _place(box: Locator, frame: Locator) -> list[float]:
    """Left, top, width and height of a rectangle, in shares of the frame."""
    own, room = box.bounding_box(), frame.bounding_box()
    assert own is not None
    assert room is not None
    left, top = (own["x"] - room["x"]) / room["width"], (own["y"] - room["y"]) / room["height"]
    return [left, top, own["width"] / room["width"], own["height"] / room["height"]]
