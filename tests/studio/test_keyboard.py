"""From the sign-in to a chosen take without a mouse: the focus is always somewhere, can be seen, and can go on."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.server.served import Served
from tests.studio.people import LONGEST_WAIT_MILLISECONDS, button, form_of, key_of, said

STOPS = 120
FOCUS = """() => {
  const one = document.activeElement
  const style = getComputedStyle(one)
  const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
  const box = one.getBoundingClientRect()
  return {
    isNone: one === document.body || one === document.documentElement,
    isSeen: one.matches(':focus-visible') && (isOutlined || style.boxShadow !== 'none') && box.width > 0,
    what: `${one.tagName} ${one.getAttribute('role') ?? ''} ${one.getAttribute('aria-label') ?? one.innerText ?? ''}`,
    place: [...document.querySelectorAll('*')].indexOf(one),
  }
}"""


@pytest.mark.timeout(400)
def test_from_the_key_to_a_chosen_take_without_a_mouse(quick: Served, browser: Browser) -> None:
    page = browser.new_context(locale="en", viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(LONGEST_WAIT_MILLISECONDS)
    page.goto(quick.address)
    expect(page.get_by_label(said("signin.key"), exact=True)).to_be_focused()
    page.keyboard.type(key_of(quick, "keyboard")[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=said("projects.empty"))).to_be_visible()

    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label(said("projects.name"))).to_be_focused()
    goes_round(page, dialog)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    tabs_to(page, page.get_by_label(said("projects.brief")))
    page.keyboard.type("1. A red ball bounces, 1 s\n2. A blue cube slides, 1 s\n3. A green cone falls, 1 s")
    tabs_to(page, button(page, "projects.begin"))
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(3)

    has_focus(page)
    page.keyboard.press("?")
    expect(dialog.get_by_text(said("project.keys.next"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(0)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(prompt(rows(page).nth(1))).to_have_value("A red ball bounces")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("A red ball bounces twice")
    page.keyboard.press("Control+Enter")
    tabs_to(page, rows(page).nth(2))
    page.keyboard.press("Delete")
    page.keyboard.press("F6")  # the notice waits for who is at it
    expect(rows(page)).to_have_count(2)
    has_focus(page)
    tabs_to(page, page.get_by_text(said("common.undo"), exact=True))
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(3)
    has_focus(page)

    tabs_to(page, rows(page).nth(1), by="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name=said("composer.title"))).to_be_visible()
    has_focus(page)
    goes_round(page, page.locator("main"))
    page.keyboard.press("p")
    expect(prompt(page)).to_be_focused()
    camera = page.get_by_role("button", name=re.compile(f"^{said('film.move')}:"))
    tabs_to(page, camera)
    page.keyboard.press("Enter")
    tabs_to(page, page.get_by_role("radio", name=said("film.move.pan_left")))
    page.keyboard.press("Enter")
    expect(camera).to_have_accessible_name(f"{said('film.move')}: {said('film.move.pan_left')}")
    expect(camera).to_be_focused()
    tabs_to(page, page.get_by_role("spinbutton", name=said("composer.count")))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    master = button(page, "shot.master")
    expect(master).to_be_enabled()
    has_focus(page)

    tabs_to(page, master, by="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(form_of("film.takes", "other", 2))).to_be_visible()
    has_focus(page)
    expect(page.get_by_text(said("film.state.master"), exact=True).first).to_be_visible()
    expect(button(page, "shot.choose")).to_be_enabled()
    page.keyboard.press("c")
    expect(button(page, "film.state.chosen")).to_be_visible()
    page.keyboard.press("Escape")  # closes the tip of what has the focus, where there is one
    page.keyboard.press("Escape")
    expect(rows(page).nth(1)).to_contain_text(said("film.state.chosen"))
    has_focus(page)
    page.context.close()


def rows(page: Page) -> Locator:
    return page.locator("main li[data-row]")


def prompt(where: Page | Locator) -> Locator:
    return where.get_by_label(said("film.prompt"), exact=True).first


def has_focus(page: Page) -> None:
    page.wait_for_function("() => document.activeElement !== document.body")


def tabs_to(page: Page, wanted: Locator, by: str = "Tab") -> None:
    """Goes on until it is there; wherever it is meanwhile, it can be seen."""
    wanted.first.wait_for()
    for _ in range(STOPS):
        page.keyboard.press(by)
        stop = page.evaluate(FOCUS)
        assert stop["isNone"] or stop["isSeen"], f"the focus cannot be seen on {stop['what']}"
        if wanted.first.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not to be reached by {by}")


def goes_round(page: Page, place: Locator) -> None:
    """Tab leads through a place, and either out of it or round in it: nothing in it keeps the focus for itself."""
    stops: list[int] = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        assert stop["isNone"] or stop["isSeen"], f"the focus cannot be seen on {stop['what']}"
        if stop["place"] in stops:
            assert stops.index(stop["place"]) == 0 or stop["isNone"], f"the focus is caught at {stop['what']}"
            assert len(stops) > 2
            return
        stops.append(stop["place"])
    raise AssertionError("there is no end to it")
