"""A project goes into the archive, is found and looked at there, and comes back: in English and in Arabic."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.server.served import Served
from tests.studio.people import Person, button, key_of, path_of, said

BRIEF = "1. A red ball bounces, 1 s\n2. A blue cube slides, 1 s"


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("language")
def test_a_project_is_archived_looked_at_and_brought_back(quick: Served, browser: Browser) -> None:
    person = Person(browser, quick, key_of(quick, "archive")[0])
    project = person.has_project(BRIEF)
    person.has_takes(project["shots"][0])
    page = person.goes_to("/")
    cards = page.get_by_role("main").get_by_role("listitem")
    cards.hover()
    button(cards, "common.more").click()
    page.get_by_role("menuitem", name=said("projects.archive.put")).click()
    expect(page.get_by_role("heading", name=said("projects.empty"))).to_be_visible()
    page.keyboard.press("a")
    expect(cards).to_have_count(1)
    page.reload()
    expect(button(page, "projects.archive.look")).to_have_attribute("aria-pressed", "true")

    cards.get_by_role("link").click()
    notice = page.get_by_role("status").filter(has_text=said("projects.is_archived", date="").split(".")[1])
    expect(notice).to_be_visible()
    words = page.get_by_role("main").get_by_label(said("film.prompt"), exact=True)
    expect(words).to_have_count(2)
    expect(words.first).to_be_disabled()
    expect(page.get_by_role("textbox", name=said("project.brief"))).to_be_disabled()
    _presses(page, "n", "Delete", "Shift+a")
    page.goto(f"{quick.address}{path_of(project, 0)}")
    expect(notice).to_be_visible()
    expect(button(page, "shot.choose")).to_be_disabled()
    expect(page.get_by_text("A red ball bounces", exact=True).first).to_be_visible()
    expect(page.get_by_role("region", name=said("composer.title"))).to_have_count(0)
    _presses(page, "a", "r", "c", "Delete")
    page.goto(f"{quick.address}{path_of(project)}/board")
    expect(notice).to_be_visible()
    expect(button(page, "board.note.new")).to_have_count(0)
    _presses(page, "n", "Control+a", "Delete")
    seen = person.project(project)
    assert [len(shot["takes"]) for shot in seen["shots"]] == [1, 0]

    button(page, "projects.back").click()
    expect(notice).to_be_hidden()
    expect(button(page, "board.note.new")).to_be_visible()
    page.goto(f"{quick.address}{path_of(project)}")
    expect(words.first).to_be_editable()
    page.goto(quick.address)
    expect(cards).to_contain_text(re.compile(re.escape(project["name"])))
    person.close()


def _presses(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
