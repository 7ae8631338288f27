"""What a model makes in two stages is asked for where its card says that it can, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.open_ltx import save_tiny_ltx
from tests.studio.conftest import server_of
from tests.studio.people import Person, button, form_of, path_of, said, speaking

from manazir.cli.main import main


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: Browser) -> Iterator[Person]:
    """At a server that has a tiny LTX-2, with what enlarges its drafts."""
    with monkeypatch.context() as known:
        known.setenv("MANAZIR_HOME", str(tmp_path / "library"))
        published = save_tiny_ltx(tmp_path / "published", has_upsampler=True)
        assert main(["models", "import", str(published), "--name", "tiny-ltx"]) == 0
    own = tmp_path / "own"
    own.mkdir()
    server = server_of(tmp_path / "library", own)
    server.start()
    with speaking("ar"):
        yield Person(browser, server)
    server.kill()


@pytest.mark.timeout(300)
def test_two_stages_are_asked_for_where_a_model_has_them(person: Person) -> None:
    project = person.has_project("1. A red ball bounces, 1 s", model="tiny-ltx", width=128, height=128)
    few = {"duration_seconds": 0.3, "composer": {"kind": "draft", "count": 1}}
    person.asks("PATCH", f"/shots/{project['shots'][0]['id']}", json=few)
    page = person.goes_to(path_of(project, 0))
    stages = button(page, "composer.stages")
    stages.click()
    expect(stages).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(said("composer.kept"), exact=True)).to_be_visible()
    page.reload()
    expect(stages).to_have_attribute("aria-pressed", "true")
    composed = page.get_by_role("region", name=said("composer.title"))
    composed.get_by_role("button", name=form_of("composer.make.draft", "one", 1)).click()
    expect(button(page, "shot.choose")).to_be_enabled()
    (take,) = person.project(project)["shots"][0]["takes"]
    assert (take["job"]["state"], take["job"]["settings"]["two_stages"]) == ("succeeded", True)

    composed.get_by_role("button", name="tiny-ltx").click()
    page.get_by_role("radio", name="noor-nano").click()
    page.keyboard.press("Escape")
    expect(stages).to_have_count(0)
    note = composed.get_by_role("listitem").filter(has_text=said("composer.clash.cannot_two_stages"))
    button(note, "composer.fix.leave_out").click()
    expect(note).to_have_count(0)
    cards = {card["name"]: card["in_two_stages"] for card in person.asks("GET", "/models")["items"]}
    assert cards["tiny-ltx"]["size_multiple"] == 64
    assert cards["noor-nano"] is None
    person.close()
