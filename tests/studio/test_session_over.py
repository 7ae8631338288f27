"""A session that ends while the studio is open costs nothing that was written: whoever signs in again goes on."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.server.served import Served
from tests.studio.people import Person, button, key_for, key_of, path_of, said


@pytest.mark.timeout(200)
@pytest.mark.parametrize("language", ["ar"], indirect=True)
@pytest.mark.usefixtures("language")
def test_who_signs_in_again_goes_on_where_the_session_ended(quick: Served, browser: Browser) -> None:
    key, tenant = key_of(quick, "over")
    person = Person(browser, quick, key)
    project = person.has_project("A red ball bounces, 1 s")
    board, shot = person.goes_to(f"{path_of(project)}/board"), person.goes_to(path_of(project, 0))
    prompt = shot.get_by_label(said("film.prompt"), exact=True)
    expect(prompt).to_be_visible()
    expect(button(board, "board.note.new")).to_be_visible()

    revoke_all(quick, tenant)
    expect(over(board)).to_be_visible()  # nothing had to be asked for
    expect(over(shot)).to_be_visible()
    for page in (board, shot):
        page.keyboard.press("Escape")  # what is there can be read, and written on
        expect(over(page)).to_be_hidden()
    board.keyboard.press("n")
    board.keyboard.type("written when it was over")
    board.keyboard.press("Escape")
    prompt.fill("A red ball bounces twice")

    new = key_for(quick, tenant)
    button(board, "signin.title").click()
    signs_in(board, "mnz_nobodys")
    expect(over(board).get_by_text(said("signin.key.wrong"))).to_be_visible()
    signs_in(board, new)
    expect(over(board)).to_be_hidden()
    shot.evaluate("dispatchEvent(new Event('focus'))")  # as whoever comes back to a tab
    expect(button(shot, "signin.title")).to_be_hidden()
    expect(shot.get_by_text(said("composer.kept"), exact=True)).to_be_visible()
    shot.reload()
    expect(prompt).to_have_value("A red ball bounces twice")
    board.reload()
    expect(board.locator("[data-item]")).to_have_text("written when it was over")
    person.close()


def revoke_all(served: Served, tenant: str) -> None:
    for key in served.ask("GET", "/api/v1/keys").json()["items"]:
        if key["tenant_id"] == tenant:
            assert served.ask("DELETE", f"/api/v1/keys/{key['id']}").is_success


def over(page: Page) -> Locator:
    return page.get_by_role("dialog", name=said("errors.no_key"))


def signs_in(page: Page, key: str) -> None:
    over(page).get_by_label(said("signin.key"), exact=True).fill(key)
    page.keyboard.press("Enter")
