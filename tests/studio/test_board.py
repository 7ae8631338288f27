"""A board as people use it: by pointer, by keys, by two at once, and while the server is away."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

ASK = """async ([method, path, body]) => {
  const headers = { 'X-Manazir-Studio': '1', 'Content-Type': 'application/json' }
  const answer = await fetch('/api/v1' + path, { method, headers, body: body && JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.status === 204 ? null : answer.json()
}"""
AWAY = ("net::ERR_INTERNET_DISCONNECTED", "401 (Unauthorized)")
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
    page.close()
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
    there = board.until(lambda items: items[other]["x"] > 0)
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
    assert there[one]["x"] > 0 < there[other]["x"]


def test_what_two_write_in_one_note_is_not_lost_without_a_word(opened: Callable[..., Board]) -> None:
    mine = opened()
    (note,) = mine.lay({"text": "dawn", "x": 0, "y": 0})
    mine.item(note).dblclick()
    mine.page.get_by_role("textbox", name="Note").fill("mine")
    mine.ask("PATCH", f"/board/{note}", {"text": "theirs"})
    mine.page.keyboard.press("Escape")
    keep = mine.page.get_by_role("button", name="Put mine instead")
    keep.wait_for()
    assert mine.lying()[note]["text"] == "theirs"
    keep.click()
    mine.until(lambda items: items[note]["text"] == "mine")
