"""Whoever comes to a wrong address is told so by the studio, and finds the way on; so is who signs in there first."""

import pytest
from playwright.sync_api import Browser, expect
from tests.server.served import Served
from tests.studio.conftest import words
from tests.studio.people import Person, key_of


@pytest.mark.timeout(120)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_mistyped_address_says_so_and_leads_on(quick: Served, browser: Browser, language: str) -> None:
    say = words(language)
    person = Person(browser, quick, key_of(quick, "lost")[0])
    page = person.context.new_page()
    kept = f"localStorage.setItem('manazir.preferences', JSON.stringify({{language: '{language}'}}))"
    page.add_init_script(kept)
    answer = page.goto(f"{quick.address}/porjects/1")
    assert answer is not None
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    expect(page.get_by_role("heading", name=say["shell.nowhere"])).to_be_visible()
    expect(page.locator("main bdi")).to_have_text("/porjects/1")
    page.get_by_role("button", name=say["shell.nowhere.queue"]).click()
    expect(page.get_by_role("heading", name=say["queue.title"])).to_be_visible()
    page.go_back()
    page.get_by_role("button", name=say["shell.nowhere.projects"]).click()
    expect(page).to_have_url(f"{quick.address}/")
    person.close()
