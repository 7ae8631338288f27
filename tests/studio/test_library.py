"""What can be put on the strip: takes, and every file of the project, also of its board, with where it is used."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.server.served import Served
from tests.studio.conftest import words
from tests.studio.people import Person, key_of, path_of
from tests.studio.test_queue import uploaded


@pytest.mark.timeout(300)
def test_files_of_the_board_are_put_on_the_strip(quick: Served, browser: Browser, tmp_path: Path) -> None:
    person = Person(browser, quick, key_of(quick, "library")[0])
    project = person.has_project("1. A red ball bounces, 1 s\n2. A blue cube slides, 1 s")
    picture = uploaded(person, tmp_path)["id"]
    laid = {"kind": "picture", "asset_id": picture, "x": 0, "y": 0, "width": 32, "height": 32}
    person.asks("POST", f"/projects/{project['id']}/board", json=laid)
    person.asks("PATCH", f"/shots/{project['shots'][1]['id']}", json={"references": [picture]})
    page = person.goes_to(path_of(project, 0))
    page.get_by_label(words("en")["film.prompt"], exact=True).first.wait_for()
    page.keyboard.press("Shift+L")
    say = words("ar")
    expect(page.get_by_label(say["film.prompt"], exact=True).first).to_be_visible()
    page.keyboard.press("s")
    tile = page.get_by_role("dialog").get_by_role("option")
    expect(tile).to_contain_text("picture.png")
    expect(tile).to_contain_text(say["composer.file.board"])
    expect(tile).to_contain_text(say["composer.file.reference"].replace("{shot, number}", "٢"))
    tile.click()
    page.get_by_role("button", name=say["composer.way.first"], exact=True).click()
    expect(page.get_by_role("slider", name=say["composer.pin"])).to_be_visible()
    person.close()
