"""What is dragged on a board can be done by buttons and keys as well: nobody has to drag anything."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.server.served import Served, until
from tests.studio.people import Person, button, key_of, path_of, said, states
from tests.studio.watching import settle


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("language")
def test_a_board_is_laid_arranged_and_referred_to_by_buttons(quick: Served, browser: Browser) -> None:
    person = Person(browser, quick, key_of(quick, "buttons")[0])
    project = person.has_project("1. A red ball bounces, 1 s\n2. A blue cube slides, 1 s")
    for shot in project["shots"]:
        person.has_takes(shot)
    until(lambda: all(states(person.project(project), shot) == ["succeeded"] for shot in (0, 1)))
    page = person.goes_to(f"{path_of(project)}/board")

    clip = said("board.lay", name=said("composer.take.of", shot=2, take=1))
    page.get_by_role("button", name=clip).click()
    items = lies(person, project, lambda told: [one["kind"] for one in told] == ["clip"])
    expect(page.locator("[data-item][data-selected]")).to_have_count(1)
    button(page, "board.reference").click()
    page.get_by_role("menuitem", name=re.compile("A red ball bounces")).click()
    until(lambda: [len(shot["references"]) for shot in person.project(project)["shots"]] == [1, 0])

    page.get_by_role("button", name=said("board.lay", name=said("film.shot", number=1)), exact=True).click()
    items = lies(person, project, lambda told: len(told) == 2)
    shot = next(one for one in items if one["kind"] == "shot")
    page.keyboard.press("Control+a")
    arranges(page, "board.align.left")
    items = lies(person, project, lambda told: len({one["x"] for one in told}) == 1)
    arranges(page, "board.align.top")
    lies(person, project, lambda told: len({one["y"] for one in told}) == 1)
    settle(page)  # the menu has gone, and Escape is for the board again
    page.keyboard.press("Escape")
    expect(page.locator("[data-item][data-selected]")).to_have_count(0)
    page.locator(f'[data-item="{shot["id"]}"]').focus()
    page.keyboard.press(" ")
    expect(page.locator("[data-item][data-selected]")).to_have_count(1)
    button(page, "board.back").click()
    lies(person, project, lambda told: min(told, key=lambda one: one["layer"])["id"] == shot["id"])
    button(page, "board.front").click()
    lies(person, project, lambda told: max(told, key=lambda one: one["layer"])["id"] == shot["id"])
    button(page, "board.copy").click()
    lies(person, project, lambda told: len(told) == 3)
    button(page, "board.delete").click()
    lies(person, project, lambda told: len(told) == 2)
    sees_nearer_and_farther(page)
    button(page, "board.note.new").click()
    page.keyboard.type("by no mouse")
    page.keyboard.press("Escape")
    lies(person, project, lambda told: "by no mouse" in [one["text"] for one in told])
    person.close()


def arranges(page: Page, how: str) -> None:
    button(page, "board.arrange").click()
    page.get_by_role("menuitem", name=said(how)).click()


def sees_nearer_and_farther(page: Page) -> None:
    item = page.locator("[data-item]").first

    def width() -> float:
        box = item.bounding_box()
        assert box is not None
        return box["width"]

    before = width()
    button(page, "board.nearer").click()
    until(lambda: width() > before * 1.2)
    button(page, "board.farther").click()
    until(lambda: abs(width() - before) < 1)
    button(page, "board.fit").click()
    expect(item).to_be_in_viewport()


def lies(person: Person, project: dict[str, Any], is_so: Callable[[list[dict[str, Any]]], bool]) -> Any:
    """What lies on the board, once it does so."""
    told: list[dict[str, Any]] = []

    def look() -> bool:
        told[:] = person.asks("GET", f"/projects/{project['id']}/board")["items"]
        return is_so(told)

    until(look)
    return told
