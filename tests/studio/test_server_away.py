"""The server is killed in the middle of the work, or the line to it is cut: the page says so, waits, and goes on."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect
from sqlalchemy import select
from tests.server.served import Served, until
from tests.studio.conftest import server_of
from tests.studio.people import Person, button, form_of, key_of, path_of, said, speaking, states

from manazir.server.store.database import Database
from manazir.server.store.tables import workers

BRIEF = "1. A red ball bounces, 6 s\n2. A blue cube slides, 1 s"
BRIEFS = {"en": BRIEF, "ar": "١. كرة حمراء ترتد، ٦ ثوانٍ\n٢. مكعب أزرق ينزلق، ثانية"}
TYPED_AWAY = {
    "en": ["A red ball bounces at night", "A blue cube slides away", "A green cone falls"],
    "ar": ["كرة حمراء ترتد ليلًا", "مكعب أزرق ينزلق بعيدًا", "مخروط أخضر يسقط"],
}
MADE_MILLISECONDS = 300_000
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('manazir.typed'))"
SLOW = {"kind": "master", "count": 2, "settings": {"steps": 60}}


@pytest.fixture
def own(tiny_home: Path, tmp_path: Path) -> Iterator[Served]:
    """A server that nobody else uses."""
    server = server_of(tiny_home, tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.mark.timeout(400)
def test_a_killed_server_costs_nothing_that_was_typed_and_makes_what_was_asked_for_once(
    own: Served, browser: Browser
) -> None:
    desks = [Desk(browser, own, language) for language in BRIEFS]  # it is killed once, for all
    for desk in desks:
        with desk.language():
            desk.begins()
    steps = desks[0].works.get_by_role("status").filter(has_text=said("film.steps", done="1", total="60")[:5])
    steps.first.wait_for()

    kill_all(own)
    for desk in desks:
        with desk.language():
            desk.types_on()
    own.start()
    for desk in desks:
        with desk.language():
            desk.finds_it_all()


class Desk:
    """Three tabs of a person: one makes takes, one writes a shot, one writes the brief."""

    def __init__(self, browser: Browser, own: Served, language: str) -> None:
        self.language = partial(speaking, language)
        self.brief, self.typed = BRIEFS[language], TYPED_AWAY[language]
        with self.language():
            self.person = Person(browser, own)
        self.project = self.person.has_project(self.brief)
        first = self.project["shots"][0]
        self.person.asks("PATCH", f"/shots/{first['id']}", json={"composer": SLOW})
        self.works, self.writes, self.plans = self.tabs = [self._opens(shot) for shot in (0, 1, None)]

    def begins(self) -> None:
        words(self.writes).wait_for()
        brief(self.plans).wait_for()
        self.works.get_by_role("button", name=form_of("composer.make.master", "other", 2)).click()
        expect(takes(self.works)).to_have_count(2)

    def types_on(self) -> None:
        for page in self.tabs:
            expect(notice(page)).to_be_visible()
        words(self.works).fill(self.typed[0])
        words(self.writes).fill(self.typed[1])
        brief(self.plans).fill(self._whole)
        for page in self.tabs:
            expect(page.get_by_text(said("composer.away"))).to_be_visible()
        for page in (self.writes, self.plans):
            with suppress(Error):  # nobody is there to load it from
                page.reload()

    def finds_it_all(self) -> None:
        for page, shot in ((self.writes, 1), (self.plans, None)):
            page.goto(f"{self.person.served.address}{path_of(self.project, shot)}")
        expect(words(self.writes)).to_have_value(self.typed[1])
        expect(brief(self.plans)).to_have_value(self._whole)
        expect(notice(self.works)).to_be_hidden()
        expect(self.works.get_by_text(said("composer.kept"), exact=True)).to_be_visible()
        expect(button(self.works, "shot.choose")).to_be_enabled()
        expect(self.works.get_by_text(said("film.job.running"))).to_have_count(0)
        expect(takes(self.works)).to_have_count(2)
        expect(self.plans.get_by_text(said("composer.away"))).to_have_count(0)
        kept = self.person.project(self.project)
        assert kept["brief"]["text"] == self._whole
        assert [shot["prompt"] for shot in kept["shots"]] == self.typed[:2]

    @property
    def _whole(self) -> str:
        return f"{self.brief}\n3. {self.typed[2]}"

    def _opens(self, shot: int | None) -> Page:
        return self.person.goes_to(path_of(self.project, shot))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_drafts_of_the_embedded_model_are_made_though_the_server_was_killed_over_them(
    tmp_path: Path, browser: Browser
) -> None:
    server = Served(tmp_path, f"sqlite:///{tmp_path}/manazir.db", workers=1)
    server.start()
    person = Person(browser, server)
    project = person.has_project("1. A red ball bounces, 2 s\n2. A blue cube slides, 2 s")
    page = person.goes_to(path_of(project))
    page.get_by_role("button", name=form_of("project.draft.all", "other", 2)).click()
    expect(page.get_by_role("progressbar").first).to_be_visible(timeout=MADE_MILLISECONDS)
    kill_all(server)
    expect(notice(page)).to_be_visible()
    server.start()
    expect(notice(page)).to_be_hidden()
    rows = page.locator("main li[data-row]")
    for place in (0, 1):
        expect(rows.nth(place).locator("[data-running]")).to_have_count(0, timeout=MADE_MILLISECONDS)
        expect(rows.nth(place)).to_contain_text(form_of("film.takes", "one", 1))
    made = person.project(project)
    assert [states(made, shot) for shot in (0, 1)] == [["succeeded"], ["succeeded"]]
    server.kill()


@pytest.mark.parametrize("language", ["ar"], indirect=True)
@pytest.mark.usefixtures("language")
@pytest.mark.timeout(200)
def test_a_line_that_is_cut_costs_nothing_either(quick: Served, browser: Browser) -> None:
    person = Person(browser, quick, key_of(quick, "line")[0])
    project = person.has_project("1. A red ball bounces, 1 s")
    page = person.goes_to(path_of(project, 0))
    words(page).wait_for()
    expect(page.get_by_text(said("composer.kept"), exact=True)).to_be_visible()

    person.context.set_offline(True)
    expect(notice(page)).to_be_visible()
    words(page).fill("A red ball bounces at night")
    expect(page.get_by_text(said("composer.away"))).to_be_visible()
    page.get_by_role("link", name=said("shell.queue")).click()  # a place that this page has not loaded yet
    expect(page).to_have_url(re.compile("/queue$"))
    person.context.set_offline(False)
    expect(notice(page)).to_be_hidden()
    expect(page.get_by_text(said("queue.empty"))).to_be_visible()
    page.go_back()
    expect(page.get_by_text(said("composer.kept"), exact=True)).to_be_visible()
    page.get_by_role("button", name=form_of("composer.make.draft", "other", 2)).click()
    expect(button(page, "shot.choose")).to_be_enabled()
    kept = person.project(project)
    assert kept["shots"][0]["prompt"] == "A red ball bounces at night"
    assert len(states(kept)) == 2


@pytest.mark.timeout(600)
def test_what_a_closed_tab_could_not_send_is_back_in_the_next(quick: Served, browser: Browser) -> None:
    person = Person(browser, quick, key_of(quick, "closed")[0])
    project = person.has_project(BRIEF)
    page = person.goes_to(path_of(project, 0))
    words(page).wait_for()
    plans = person.goes_to(path_of(project))
    brief(plans).wait_for()
    person.context.set_offline(True)
    words(page).fill("A red ball bounces at night")
    expect(page.get_by_text(said("composer.away"))).to_be_visible()
    brief(plans).fill("Only balls")
    line = plans.get_by_label(said("film.prompt"), exact=True).nth(1)
    line.fill("A blue cube slides aw")  # and is not even done
    for tab in (page, plans):
        tab.on("dialog", lambda asks: asks.accept())
        with tab.expect_event("close"):
            tab.close(run_before_unload=True)

    person.context.set_offline(False)
    back = person.goes_to(path_of(project))
    expect(back.get_by_text(said("shell.unsent"), exact=True)).to_be_visible()
    expect(brief(back)).to_have_value("Only balls")
    again = person.goes_to(path_of(project, 0))
    expect(again.get_by_text(said("shell.unsent"), exact=True)).to_be_visible()
    expect(words(again)).to_have_value("A red ball bounces at night")
    expect(again.get_by_text(said("composer.kept"), exact=True)).to_be_visible()
    expect(back.get_by_label(said("film.prompt"), exact=True).nth(1)).to_have_value("A blue cube slides aw")
    kept = person.project(project)
    assert kept["brief"]["text"] == "Only balls"
    assert [shot["prompt"] for shot in kept["shots"]] == ["A red ball bounces at night", "A blue cube slides aw"]
    person.close()


@pytest.mark.parametrize("language", ["ar"], indirect=True)
@pytest.mark.usefixtures("language")
@pytest.mark.timeout(300)
def test_what_was_typed_in_a_tab_that_crashed_is_back_in_the_next(quick: Served, browser: Browser) -> None:
    person = Person(browser, quick, key_of(quick, "crashed")[0])
    project = person.has_project(BRIEF)
    laid = {"kind": "note", "text": "", "x": 0, "y": 0, "width": 220, "height": 120}
    note = person.asks("POST", f"/projects/{project['id']}/board", json=laid)
    paths = (path_of(project, 0), path_of(project), f"{path_of(project)}/board")
    page, plans, board = (person.goes_to(path) for path in paths)
    lying = board.locator(f"[data-item='{note['id']}']")
    for shown in (words(page), brief(plans), lying):
        shown.wait_for()
    person.context.set_offline(True)
    words(page).fill("A red ball bounces at night")
    brief(plans).fill("Only balls")
    line = plans.get_by_label(said("film.prompt"), exact=True).nth(1)
    line.press_sequentially("Then ")  # and is not even done
    lying.dblclick()
    board.keyboard.type("The light comes")
    for part in ("at night", "Only balls", "Then ", "The light comes"):
        board.wait_for_function("(part) => Object.values(localStorage).some((one) => one.includes(part))", arg=part)
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=1_000)
    for tab in (plans, board):
        with suppress(Error):  # where one process shows all tabs, they are gone with the first
            tab.goto("chrome://crash", timeout=1_000)
    for tab in (page, plans, board):
        tab.close()

    person.context.set_offline(False)
    back = person.goes_to(path_of(project))
    expect(back.get_by_text(said("shell.unsent"), exact=True)).to_be_visible()
    expect(brief(back)).to_have_value("Only balls")
    again = person.goes_to(path_of(project, 0))
    expect(words(again)).to_have_value("A red ball bounces at night")
    expect(again.get_by_text(said("composer.kept"), exact=True)).to_be_visible()
    expect(person.goes_to(paths[2]).get_by_text("The light comes")).to_be_visible()
    expect(back.get_by_label(said("film.prompt"), exact=True).nth(1)).to_have_value(re.compile("Then "))
    until(lambda: person.project(project)["brief"]["text"] == "Only balls")
    until(lambda: back.evaluate(KEPT) == [])  # all has been sent
    person.close()


def notice(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text=said("shell.reconnecting.more"))


def words(page: Page) -> Locator:
    return page.get_by_label(said("film.prompt"), exact=True).first


def takes(page: Page) -> Locator:
    return page.get_by_role("region", name=said("shot.takes")).get_by_role("listitem")


def brief(page: Page) -> Locator:
    return page.get_by_role("textbox", name=said("project.brief"))


def kill_all(served: Served) -> None:
    """The server and its worker, of whose death nobody learns."""
    with Database(served.database_url).reading() as connection:
        worker = connection.execute(select(workers.c.process_id)).scalar_one()
    served.kill_with(worker)
