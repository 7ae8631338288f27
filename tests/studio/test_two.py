"""Two tabs and two people: each sees what the other does without a reload, and no words are lost to the other's."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.server.served import Served, until
from tests.studio.people import Person, button, form_of, key_for, key_of, path_of, said

BRIEF = "1. A red ball bounces, 1 s\n2. A blue cube slides, 1 s\n3. A green cone falls, 1 s"


@pytest.fixture
def person(quick: Served, browser: Browser) -> Iterator[Person]:
    person = Person(browser, quick, key_for(quick))
    yield person
    person.close()


@pytest.mark.timeout(300)
def test_what_one_tab_does_the_other_sees(person: Person) -> None:
    project = person.has_project(BRIEF)
    one, other = person.goes_to(path_of(project)), person.goes_to(path_of(project))
    expect(prompts(other)).to_have_count(3)

    rows(one).nth(0).focus()
    one.keyboard.press("Alt+ArrowDown")
    expect(prompts(other).nth(0)).to_have_value("A blue cube slides")
    expect(prompts(other).nth(1)).to_have_value("A red ball bounces")

    rows(one).nth(0).focus()
    one.keyboard.press("d")
    expect(rows(other).nth(0)).to_contain_text(form_of("film.takes", "one", 1))
    expect(rows(other).nth(0)).to_contain_text(said("film.state.drafts"))

    one.goto(f"{person.served.address}{path_of(project, 1)}")
    expect(button(one, "shot.choose")).to_be_enabled()
    one.keyboard.press("c")
    expect(rows(other).nth(0)).to_contain_text(said("film.state.chosen"))
    expect(other.get_by_text(said("film.chosen", count=1, all=3))).to_be_visible()


@pytest.mark.timeout(300)
def test_nobody_writes_over_what_somebody_else_wrote_meanwhile(person: Person) -> None:
    project = person.has_project(BRIEF)
    one, other = person.goes_to(path_of(project)), person.goes_to(path_of(project))
    prompts(other).nth(1).fill("A blue cube of mine")
    prompts(one).nth(1).fill("A blue cube of theirs")
    prompts(one).nth(1).press("Control+Enter")
    written(person, project, "A blue cube of theirs")
    prompts(one).nth(2).fill("A green cone rolls")
    prompts(one).nth(2).press("Control+Enter")
    expect(prompts(other).nth(2)).to_have_value("A green cone rolls")  # so it has heard of the other, too
    prompts(other).nth(1).press("Control+Enter")
    expect(other.get_by_role("region").get_by_text(said("errors.conflict.mine"))).to_be_visible()
    expect(prompts(other).nth(1)).to_have_value("A blue cube of theirs")
    other.get_by_text(said("errors.conflict.keep")).click()  # those who hear it come to it by F6
    written(person, project, "A blue cube of mine")
    expect(prompts(one).nth(1)).to_have_value("A blue cube of mine")

    cut(other, project)
    brief(other).fill("A brief of mine")
    expect(other.get_by_text(said("composer.away"))).to_be_visible()
    brief(one).fill("A brief of theirs")
    until(lambda: person.project(project)["brief"]["text"] == "A brief of theirs")
    expect(brief(other)).to_have_value("A brief of mine")
    mend(other, project)
    expect(other.get_by_text(said("composer.contested", fields=said("project.brief")))).to_be_visible()
    expect(button(other, "project.plan.more")).to_be_disabled()
    button(other, "composer.theirs").click()
    expect(brief(other)).to_have_value("A brief of theirs")


@pytest.mark.timeout(300)
def test_two_composers_of_one_shot_ask_whose_words_stand(person: Person) -> None:
    project = person.has_project(BRIEF)
    one, other = person.goes_to(path_of(project, 0)), person.goes_to(path_of(project, 0))
    words(one).fill("A red ball rolls")
    expect(words(other)).to_have_value("A red ball rolls")

    cut(other, project)
    words(other).fill("A red ball of mine")
    expect(other.get_by_text(said("composer.away"))).to_be_visible()
    words(one).fill("A red ball of theirs")
    written(person, project, "A red ball of theirs", 0)
    mend(other, project)
    expect(other.get_by_text(said("composer.contested", fields=said("composer.field.prompt")))).to_be_visible()
    button(other, "composer.mine").click()
    expect(words(one)).to_have_value("A red ball of mine")


@pytest.mark.timeout(300)
def test_people_share_what_is_their_tenants_and_see_nothing_of_others(
    quick: Served, browser: Browser, person: Person
) -> None:
    project = person.has_project(BRIEF, name="A film of two")
    colleague = Person(browser, quick, key_for(quick))
    stranger = Person(browser, quick, key_of(quick, "strangers")[0])
    mine, theirs = person.goes_to(path_of(project)), colleague.goes_to("/")
    theirs.get_by_role("link", name="A film of two").first.click()
    prompts(theirs).nth(0).fill("A red ball of ours")
    prompts(theirs).nth(0).press("Control+Enter")
    expect(prompts(mine).nth(0)).to_have_value("A red ball of ours")

    outside = stranger.goes_to("/")
    expect(outside.get_by_role("heading", name=said("projects.empty"))).to_be_visible()
    for path in (path_of(project), path_of(project, 0), f"{path_of(project)}/board"):
        outside.goto(f"{quick.address}{path}")
        expect(outside.get_by_text(said("shell.nowhere"), exact=True)).to_be_visible()
    colleague.close()
    stranger.close()


def rows(page: Page) -> Locator:
    return page.locator("main li[data-row]")


def prompts(page: Page) -> Locator:
    return rows(page).get_by_label(said("film.prompt"), exact=True)


def words(page: Page) -> Locator:
    return page.get_by_role("region", name=said("composer.title")).get_by_label(said("film.prompt"), exact=True)


def brief(page: Page) -> Locator:
    return page.get_by_role("textbox", name=said("project.brief"))


def written(person: Person, project: dict[str, str], prompt: str, shot: int = 1) -> None:
    """Waits until the server has a shot's words."""
    until(lambda: person.project(project)["shots"][shot]["prompt"] == prompt)


def cut(page: Page, project: dict[str, str]) -> None:
    """Nothing that one tab changes reaches the server; what it hears, it hears."""
    page.route("**/api/v1/**", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_())


def mend(page: Page, project: dict[str, str]) -> None:
    page.unroute("**/api/v1/**")
