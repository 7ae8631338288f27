"""From a brief to a chosen take, as a person goes: in English and in Arabic."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.studio.conftest import words

BRIEFS = {
    "en": "1. A red ball bounces on the ground, wide, 2 s\n2. A blue cube slides to the left, 2 s",
    "ar": "١. كرة حمراء ترتد على الأرض، ثانيتان\n٢. مكعب أزرق ينزلق نحو اليسار، ثانيتان",
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_brief_becomes_shots_drafts_a_master_and_a_choice(language: str, enter: Callable[[str], Page]) -> None:
    page, say = enter(language), words(language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    page.get_by_role("button", name=say["projects.new"]).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(say["projects.brief"]).fill(BRIEFS[language])
    dialog.get_by_role("button", name=say["projects.make"]).click()
    shots = page.get_by_role("link", name=re.compile(re.escape(say["project.shot.open.named"].split("{")[0])))
    plan = page.get_by_role("button", name=say["project.plan"], exact=True)
    plan.or_(shots.first).first.wait_for()
    if plan.count():
        plan.click()
    expect(shots).to_have_count(2)

    shots.first.click()
    drafts = re.compile(say["composer.make.draft"].split("one {")[1].split()[0] + r".*")
    page.get_by_role("button", name=drafts).last.click()
    master = page.get_by_role("button", name=say["shot.master"])
    expect(master).to_be_enabled(timeout=120_000)
    page.reload()
    master.click()
    state = page.get_by_text(say["film.state.master"]).first
    expect(state).to_be_visible(timeout=120_000)
    page.get_by_role("button", name=say["shot.choose"], exact=True).click()
    expect(page.get_by_text(say["film.state.chosen"]).first).to_be_visible()
    video = page.locator("video").first
    assert video.evaluate("one => one.videoWidth > 0 && one.duration > 1.9")
