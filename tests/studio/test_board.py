"""A board as people use it: by pointer, by keys, by two at once, and while the server is away."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from tests.studio.conftest import words
from tests.studio.people import LONGEST_WAIT_MILLISECONDS
from tests.studio.watching import settle

from manazir.media.clip import Clip
from manazir.media.encode import write_clip
from manazir.server.store.ids import new_id

expect.set_options(timeout=LONGEST_WAIT_MILLISECONDS)
ASK = """async ([method, path, body]) => {
  const headers = { 'X-Manazir-Studio': '1', 'Content-Type': 'application/json' }
  const answer = await fetch('/api/v1' + path, { method, headers, body: body && JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.status === 204 ? null : answer.json()
}"""
AWAY = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED", "401 (Unauthorized)")
"""What Chromium says by itself: of a lost connection, and of whether there is a session before there is one."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board of a project of its own, open in a page."""

    page: Page
    project: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.page.evaluate(ASK, [method, path, body])

    def lay(self, *items: dict[str, Any]) -> list[str]:
        """Puts items there as somebody else would; answers with their ids once they are seen."""
        path = f"/projects/{self.project}/board"
        size = {"width": 200, "height": 120}
        ids = [self.ask("POST", path, {"kind": "note", **size, **item})["id"] for item in items]
        self.page.reload()
        expect(self.item(ids[-1])).to_be_visible()
        return ids

    def item(self, row_id: str) -> Locator:
        return self.page.locator(f'[data-item="{row_id}"]')

    def lying(self) -> dict[str, dict[str, Any]]:
        """What the server has there."""
        return {item["id"]: item for item in self.ask("GET", f"/projects/{self.project}/board")["items"]}

    def until(self, holds: Callable[[dict[str, dict[str, Any]]], bool]) -> dict[str, dict[str, Any]]:
        for _ in range(100):
            if holds(there := self.lying()):
                return there
            time.sleep(0.05)
        raise AssertionError(there)

    def drag(self, row_id: str, across: float, down: float, steps: int = 4) -> None:
        box = self.item(row_id).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + across, y + down, steps=steps)
        self.page.mouse.up()


@pytest.fixture(scope="module")
def signed_in(served: dict[str, str], browser: Browser) -> Iterator[BrowserContext]:
    command = [sys.executable, "-m", "manazir.cli", "studio", "--json"]
    told = subprocess.run(command, env=served, capture_output=True, text=True, check=True).stdout
    context = browser.new_context(locale="en", viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page = context.new_page()
    page.goto(json.loads(told)["studio"])
    page.get_by_role("navigation").wait_for()
    page.goto(f"{served['ADDRESS']}/readyz")  # stays: while a tab is open, what was parsed is kept
    yield context
    context.close()


@pytest.fixture
def opened(served: dict[str, str], signed_in: BrowserContext) -> Iterator[Callable[..., Board]]:
    """Opens the board of a new project, or one again. No page may say anything on its console."""
    said: list[str] = []
    pages: list[Page] = []

    def open_board(project: str | None = None) -> Board:
        page = signed_in.new_page()
        pages.append(page)
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{served['ADDRESS']}/queue")
        project = project or page.evaluate(ASK, ["POST", "/projects", {"name": "A film"}])["id"]
        page.goto(f"{served['ADDRESS']}/projects/{project}/board")
        page.locator("section[aria-label^=Board]").wait_for(state="attached")
        return Board(page=page, project=project)

    yield open_board
    for page in pages:
        page.close()
    assert [one for one in said if not any(known in one for known in AWAY)] == []


def test_moves_outlast_a_lost_connection_and_a_reload(opened: Callable[..., Board], signed_in: BrowserContext) -> None:
    board = opened()
    note, other = board.lay({"text": "a", "x": 0, "y": 0}, {"text": "b", "x": 500, "y": 0})
    signed_in.set_offline(True)
    board.drag(note, 160, 60)
    waits = board.page.get_by_text("1 change waits for the server")
    expect(waits).to_be_visible()
    board.drag(other, 90, -30)
    signed_in.set_offline(False)
    expect(waits).to_be_hidden()
    there = board.until(lambda items: items[other]["x"] > 500)
    assert there[note]["x"] > 0
    board.page.route("**/board/acts", lambda route: route.abort())
    board.drag(note, -400, 0)
    expect(waits).to_be_visible()
    board.page.unroute("**/board/acts")
    board.page.reload()
    board.until(lambda items: items[note]["x"] < 0)


def test_two_who_work_on_one_board_are_both_kept(opened: Callable[..., Board]) -> None:
    mine = opened()
    one, other = mine.lay({"text": "a", "x": 0, "y": 0}, {"text": "b", "x": 500, "y": 0})
    theirs = opened(mine.project)
    mine.page.route("**/board/acts", lambda route: route.abort())
    mine.drag(one, 200, 0)
    theirs.drag(other, 100, 0)
    theirs.drag(one, 0, 120)
    theirs.until(lambda items: items[one]["y"] > 0)
    mine.page.unroute("**/board/acts")
    there = mine.until(lambda items: items[one]["x"] > 0)
    assert (there[one]["x"] > 0, there[other]["x"] > 500) == (True, True)


def test_what_two_write_in_one_note_is_not_lost_without_a_word(opened: Callable[..., Board]) -> None:
    mine = opened()
    (note,) = mine.lay({"text": "dawn", "x": 0, "y": 0})
    mine.item(note).dblclick()
    mine.page.get_by_role("textbox", name="Note").fill("mine")
    mine.ask("PATCH", f"/board/{note}", {"text": "theirs"})
    mine.page.keyboard.press("Escape")
    keep = mine.page.get_by_text("Put mine instead")
    keep.wait_for()
    assert mine.lying()[note]["text"] == "theirs"
    keep.click()
    mine.until(lambda items: items[note]["text"] == "mine")


def test_every_item_is_reached_by_keys(opened: Callable[..., Board]) -> None:
    board = opened()
    grid = [
        {"text": f"note {row}{column}", "x": column * 300, "y": row * 200} for row in range(3) for column in range(3)
    ]
    ids = board.lay(*grid)
    page, press = board.page, board.page.keyboard.press
    focused = page.locator("[data-item]:focus")
    page.get_by_role("button", name="Find on the board").focus()
    for _ in range(12):
        press("Tab")
        if focused.count():
            break
    expect(focused).to_have_attribute("data-item", ids[0])
    for key, at in (("ArrowRight", 1), ("ArrowDown", 4), ("ArrowLeft", 3), ("End", 8), ("Home", 0), ("ArrowUp", 0)):
        press(key)
        expect(focused).to_have_attribute("data-item", ids[at])
        settle(page)  # the view goes where it is
    press("Tab")
    expect(focused).to_have_count(0)
    press("Shift+Tab")
    expect(focused).to_have_attribute("data-item", ids[0])
    press(" ")
    press("ArrowRight")  # what is selected is moved
    board.until(lambda items: items[ids[0]]["x"] == 8)
    press("Control+ArrowDown")
    expect(focused).to_have_attribute("data-item", ids[3])
    press("/")
    page.get_by_role("combobox", name="Find on the board").fill("21 NOTE")
    press("Enter")
    expect(focused).to_have_attribute("data-item", ids[7])
    press(" ")
    press("Delete")
    expect(board.item(ids[7])).to_have_count(0)
    expect(focused).to_have_count(1)
    press("Control+z")
    expect(board.item(ids[7])).to_have_count(1)
    board.until(lambda items: ids[7] in items)


def test_items_that_are_drawn_as_one_picture_are_reached_too(opened: Callable[..., Board]) -> None:
    board = opened()
    size = {"kind": "note", "width": 200, "height": 120}
    items: list[dict[str, Any]] = [
        {"id": new_id(), "text": f"note {at}", "x": at % 20 * 260, "y": at // 20 * 180, **size} for at in range(400)
    ]
    for start in (0, 200):
        board.ask("POST", f"/projects/{board.project}/board/acts", {"put": items[start : start + 200]})
    board.page.reload()
    focused = board.page.locator("[data-item]:focus")
    expect(board.page.locator("[data-item]").first).to_be_attached()
    board.page.keyboard.press("0")
    expect(board.page.locator("[data-item]")).to_have_count(1)  # all others are one picture
    for key, at in (("Home", 0), ("ArrowRight", 1), ("ArrowDown", 21), ("End", 399)):
        board.page.keyboard.press(key)
        expect(focused).to_have_attribute("data-item", items[at]["id"])
    board.page.keyboard.press("/")
    board.page.get_by_role("combobox", name="Find on the board").fill("note 237")
    board.page.keyboard.press("Enter")
    expect(focused).to_have_attribute("data-item", items[237]["id"])
    expect(focused).to_be_in_viewport()


def test_what_is_dragged_out_from_among_many_is_seen_on_its_way(opened: Callable[..., Board]) -> None:
    board = opened()
    size = {"kind": "note", "text": "", "width": 200, "height": 120}
    items = [{"id": new_id(), "x": at % 20 * 260, "y": at // 20 * 180, **size} for at in range(400)]
    for start in (0, 200):
        board.ask("POST", f"/projects/{board.project}/board/acts", {"put": items[start : start + 200]})
    page = board.page
    page.reload()
    expect(page.locator("[data-item]").first).to_be_attached()
    page.keyboard.press("0")
    far = page.locator("section[aria-label^=Board] canvas")
    expect(far).to_be_visible()
    page.keyboard.press("Control+a")
    before = far.bounding_box()
    assert before is not None
    page.keyboard.down("Alt")  # nothing draws it to an edge
    page.mouse.move(before["x"] + 4, before["y"] + 4)
    page.mouse.down()
    page.mouse.move(before["x"] + 64, before["y"] + 44, steps=4)
    expect(far).to_have_css("transform", re.compile(r"matrix\(1, 0, 0, 1, [1-9].*, [1-9].*\)"))  # all goes along
    page.mouse.up()
    page.keyboard.up("Alt")
    board.until(lambda there: there[items[0]["id"]]["x"] > 0)


def test_moves_words_and_deletes_are_undone_and_done_again(opened: Callable[..., Board]) -> None:
    board = opened()
    note, other = board.lay({"text": "a", "x": 0, "y": 0}, {"text": "b", "x": 420, "y": 0})
    board.drag(note, 30, 90)
    moved = board.until(lambda items: items[note]["x"] != 0)[note]
    assert (moved["x"], moved["y"]) == (30, 90)
    board.item(note).dblclick()
    board.page.get_by_role("textbox", name="Note").fill("later")
    board.page.keyboard.press("Escape")
    board.until(lambda items: items[note]["text"] == "later")
    board.page.keyboard.press("Control+a")
    board.page.keyboard.press("Delete")
    board.until(lambda items: not items)
    for holds in (
        lambda items: items.keys() == {note, other} and items[note]["text"] == "later",
        lambda items: items[note]["text"] == "a",
        lambda items: items[note]["x"] == 0,
    ):
        board.page.keyboard.press("Control+z")
        board.until(holds)
    board.page.keyboard.press("Control+Shift+z")
    board.until(lambda items: items[note]["x"] == 30)


def test_edges_are_drawn_to_others_unless_alt_is_held(opened: Callable[..., Board]) -> None:
    board = opened()
    note, _ = board.lay({"text": "a", "x": 0, "y": 0}, {"text": "b", "x": 420, "y": 100})
    box = board.item(note).bounding_box()
    assert box is not None
    mouse, line = board.page.mouse, board.page.locator("[data-axis]")
    mouse.move(box["x"] + 50, box["y"] + 50)
    mouse.down()
    mouse.move(box["x"] + 53, box["y"] + 147, steps=3)
    expect(line.first).to_be_visible()
    mouse.up()
    board.until(lambda items: items[note]["y"] == 100)
    board.page.keyboard.down("Alt")
    mouse.down()
    mouse.move(box["x"] + 53, box["y"] + 152, steps=3)
    expect(line).to_have_count(0)
    mouse.up()
    board.page.keyboard.up("Alt")
    board.until(lambda items: items[note]["y"] == 105)


def test_corners_are_drawn_to_edges_too(opened: Callable[..., Board]) -> None:
    board = opened()
    note, _ = board.lay({"text": "a", "x": 0, "y": 0}, {"text": "b", "x": 420, "y": 300})
    board.item(note).click()
    box = board.item(note).bounding_box()
    assert box is not None
    mouse, line = board.page.mouse, board.page.locator("[data-axis]")
    mouse.move(box["x"] + box["width"] + 4, box["y"] + box["height"] + 4)
    mouse.down()
    mouse.move(box["x"] + 417 + 4, box["y"] + 220, steps=3)
    expect(line).to_have_count(1)
    mouse.up()
    there = board.until(lambda items: items[note]["width"] != 200)[note]
    assert there["width"] == 420


def test_a_frame_selects_and_copies_lie_where_they_are_pasted(opened: Callable[..., Board]) -> None:
    board = opened()
    ids = board.lay(*({"text": str(at), "x": at * 260, "y": 0} for at in range(3)))
    first, last = board.item(ids[0]).bounding_box(), board.item(ids[1]).bounding_box()
    assert first is not None
    assert last is not None
    mouse = board.page.mouse
    mouse.move(first["x"] - 20, first["y"] - 20)
    mouse.down()
    mouse.move(last["x"] + 20, last["y"] + 40, steps=3)
    mouse.up()
    expect(board.page.locator("[data-item][data-selected]")).to_have_count(2)
    board.page.keyboard.press("Control+c")
    board.page.keyboard.press("Control+v")
    there = board.until(lambda items: len(items) == 5)
    assert sorted(item["text"] for item in there.values()) == ["0", "0", "1", "1", "2"]
    board.page.keyboard.press("z")
    expect(board.page.locator("[data-item][data-selected]")).to_have_count(2)


def picture() -> bytes:
    data = BytesIO()
    Image.new("RGB", (96, 54), (180, 60, 30)).save(data, "PNG")
    return data.getvalue()


def clip(folder: Path) -> Path:
    path = folder / "a lamp.mp4"
    write_clip(Clip(frames=np.full((12, 54, 96, 3), 90, np.uint8), frame_rate=12.0), path)
    return path


HOLD = """([text, name, type, bytes]) => {
  const hand = new DataTransfer()
  if (name) hand.items.add(new File([Uint8Array.from(bytes)], name, { type }))
  else for (const [type, data] of Object.entries(JSON.parse(text))) hand.setData(type, data)
  return hand
}"""
CARRIED = """(one) => {
  const hand = new DataTransfer()
  one.dispatchEvent(new DragEvent('dragstart', { dataTransfer: hand, bubbles: true }))
  return JSON.stringify(Object.fromEntries(hand.types.map((type) => [type, hand.getData(type)])))
}"""
"""What an element gives to whoever drags it, to be given to another window."""


def let_go(page: Page, target: Locator, text: str = "{}", file: tuple[str, str, bytes] | None = None) -> None:
    name, kind, content = file or ("", "", b"")
    hand = page.evaluate_handle(HOLD, [text, name, kind, list(content)])
    box = target.bounding_box()
    assert box is not None
    at = {"clientX": box["x"] + box["width"] / 2, "clientY": box["y"] + box["height"] / 2}
    for event in ("dragenter", "dragover", "drop"):
        target.dispatch_event(event, {"dataTransfer": hand, **at})


def test_files_and_things_are_dropped_on_boards_shots_and_composers_and_taken_out(
    opened: Callable[..., Board], tmp_path: Path
) -> None:
    board = opened()
    page = board.page
    ground = page.locator("section[aria-label^=Board]").locator("..")
    let_go(page, ground, file=("lamp.png", "image/png", picture()))
    (lamp,) = board.until(lambda items: len(items) == 1).values()
    assert (lamp["kind"], lamp["name"]) == ("picture", "lamp.png")
    expect(page.get_by_role("button", name="Picture · lamp.png")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Bring pictures and clips").click()
    chooser.value.set_files(clip(tmp_path))
    film = next(one for one in board.until(lambda items: len(items) == 2).values() if one["kind"] == "clip")

    board.item(film["id"]).dblclick()
    player = page.get_by_role("dialog").locator("video")
    player.evaluate("one => new Promise((then) => one.readyState ? then() : (one.onloadeddata = then))")
    assert player.evaluate("one => one.videoWidth") == 96
    page.keyboard.press("Escape")
    board.item(film["id"]).click()
    out = page.get_by_role("link", name="Download, or drag it out")
    carried = out.evaluate(CARRIED)
    assert json.loads(carried)["downloadurl"].startswith("video/mp4:a lamp.mp4:http")
    with page.expect_download() as download:
        out.click()
    assert download.value.suggested_filename == "a lamp.mp4"

    shot = board.ask("POST", f"/projects/{board.project}/shots", {"prompt": "a red ball"})
    card = page.locator(f'[data-shot="{shot["id"]}"]')
    let_go(page, card, carried)
    board.page.wait_for_function(
        "async (id) => (await (await fetch('/api/v1/shots/' + id)).json()).references.length == 1", arg=shot["id"]
    )
    start = board.item(lamp["id"]).bounding_box()
    end = card.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 30, steps=4)
    page.mouse.up()
    board.page.wait_for_function(
        "async (id) => (await (await fetch('/api/v1/shots/' + id)).json()).references.length == 2", arg=shot["id"]
    )
    assert board.lying()[lamp["id"]]["x"] == lamp["x"]  # it stays where it was

    let_go(page, ground, card.get_by_role("button").first.evaluate(CARRIED))
    board.until(lambda items: any(item["shot_id"] == shot["id"] for item in items.values()))
    page.goto(page.url.replace("/board", f"/shots/{shot['id']}"))
    references = page.get_by_text("References", exact=True).locator("..")
    back = references.get_by_role("button").first.evaluate(CARRIED)
    strip = page.get_by_role("region", name=words("en")["composer.strip"])
    let_go(page, strip, carried)
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(page.url.split("/shots/")[0] + "/board")
    let_go(page, ground, back)
    board.until(lambda items: len(items) == 4)

    page.goto(page.url.removesuffix("/board"))
    let_go(page, page.get_by_role("listitem", name="Shot 1"), file=("dawn.png", "image/png", picture()))
    board.page.wait_for_function(
        "async (id) => (await (await fetch('/api/v1/shots/' + id)).json()).references.length == 3", arg=shot["id"]
    )


def test_a_picture_is_carried_from_the_board_to_the_strip_of_a_shot_in_one_go(opened: Callable[..., Board]) -> None:
    board = opened()
    page, mouse = board.page, board.page.mouse
    shot = board.ask("POST", f"/projects/{board.project}/shots", {"prompt": "a red ball"})
    let_go(page, page.locator("section[aria-label^=Board]").locator(".."), file=("lamp.png", "image/png", picture()))
    (lamp,) = board.until(lambda items: len(items) == 1).values()
    start = board.item(lamp["id"]).bounding_box()
    card = page.locator(f'[data-shot="{shot["id"]}"]').bounding_box()
    assert start is not None
    assert card is not None
    page.keyboard.down("Control")
    mouse.move(start["x"] + 20, start["y"] + 20)
    mouse.down()
    mouse.move(start["x"] + 60, start["y"] + 40, steps=3)
    mouse.move(card["x"] + 30, card["y"] + 30, steps=4)
    mouse.move(card["x"] + 31, card["y"] + 31)
    expect(page).to_have_url(re.compile(f"/shots/{shot['id']}$"))
    strip = page.get_by_role("region", name=words("en")["composer.strip"])
    expect(strip).to_be_visible()
    there = strip.bounding_box()
    assert there is not None
    mouse.move(there["x"] + 40, there["y"] + 30, steps=3)
    mouse.up()
    page.keyboard.up("Control")
    expect(strip.get_by_role("slider", name=re.compile(f"^{words('en')['composer.pin']}"))).to_be_visible()
    assert board.lying().keys() == {lamp["id"]}


@pytest.fixture(scope="module")
def touched(served: dict[str, str], browser: Browser, signed_in: BrowserContext) -> Iterator[BrowserContext]:
    """A tablet with the same session."""
    state = signed_in.storage_state()
    context = browser.new_context(
        storage_state=state, viewport={"width": 900, "height": 700}, has_touch=True, locale="ar"
    )
    yield context
    context.close()


def test_fingers_pan_pinch_and_rest(opened: Callable[..., Board], touched: BrowserContext) -> None:
    board = opened()
    ids = board.lay({"text": "a", "x": 0, "y": 0}, {"text": "b", "x": 260, "y": 0})
    page = touched.new_page()
    page.goto(board.page.url)
    one, other = (page.locator(f'[data-item="{row_id}"]') for row_id in ids)
    expect(other).to_be_visible()
    session = touched.new_cdp_session(page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": places})

    def middle(item: Locator) -> tuple[float, float]:
        box = item.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    x, y = middle(one)
    fingers("Start", (x, y + 200))
    fingers("Move", (x + 40, y + 180))
    fingers("Move", (x + 60, y + 170))
    fingers("End")
    assert middle(one) == pytest.approx((x + 60, y - 30), abs=2)
    before = one.bounding_box()
    fingers("Start", (300, 500), (400, 500))
    fingers("Move", (250, 500), (450, 500))
    fingers("End")
    after = one.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(2 * before["width"], rel=0.02)
    page.keyboard.press("0")
    selected = page.locator("[data-item][data-selected]")
    for item in (one, other):
        fingers("Start", middle(item))
        page.wait_for_timeout(700)
        fingers("End")
    expect(selected).to_have_count(2)
    x, y = middle(other)
    fingers("Start", (x, y))
    fingers("End")
    expect(selected).to_have_count(1)
    box = other.bounding_box()
    assert box is not None
    corner = (box["x"] + box["width"] + 12, box["y"] + box["height"] + 12)
    fingers("Start", corner)
    fingers("Move", (corner[0] + 30, corner[1] + 40))
    fingers("Move", (corner[0] + 60, corner[1] + 80))
    fingers("End")
    larger = board.until(lambda items: items[ids[1]]["height"] > 150)[ids[1]]
    assert (larger["x"], larger["y"]) == (260, 0)
    page.close()
