"""The studio as people have it: a real server with the embedded model, and Debian's Chromium."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.server.served import Served

WORDS = Path(__file__).parents[2] / "studio" / "src" / "words"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Its environment, and its address; nobody kills it."""
    environment = os.environ | {"MANAZIR_HOME": str(tmp_path_factory.mktemp("home")), "OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-m", "manazir.cli", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    yield environment | {"ADDRESS": told["address"]}
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = shutil.which("chromium")  # Debian's; else the one that playwright brought
        # Tabs of one person share a process: what one has parsed the next need not, which is two thirds of a page.
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--process-per-site"])
        yield opened
        opened.close()


@pytest.fixture
def enter(served: dict[str, str], browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens the studio in a language, by an address that is good once. No page may say anything on its console."""
    said: list[str] = []

    def entered(language: str) -> Page:
        command = [sys.executable, "-m", "manazir.cli", "studio", "--json"]
        told = subprocess.run(command, env=served, capture_output=True, text=True, check=True).stdout
        page = browser.new_context(locale=language, viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(90_000)
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: said.append(request.url) if _is_elsewhere(request.url, served) else None)
        page.goto(json.loads(told)["studio"])
        return page

    yield entered
    assert said == []


def _is_elsewhere(url: str, served: dict[str, str]) -> bool:
    return not url.startswith((served["ADDRESS"], "blob:", "data:"))


@cache
def words(language: str) -> dict[str, str]:
    """What the studio says."""
    found: dict[str, str] = {}
    for path in (WORDS / language).glob("*.json"):
        found |= json.loads(path.read_text())
    return found


@pytest.fixture(params=["en", "ar"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """That people read."""
    from tests.studio.people import speaking

    with speaking(request.param):
        yield request.param


@pytest.fixture(scope="session")
def quick(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose model is tiny and makes noise in no time: for journeys on which nobody looks at pictures."""
    server = server_of(tiny_home, tmp_path_factory.mktemp("quick"))
    server.start()
    yield server
    server.kill()


def server_of(models_home: Path, own_home: Path) -> Served:
    """Not started yet; with one worker, the models of another home, and prices."""
    (own_home / "models").symlink_to(models_home / "models")
    (own_home / "server.toml").write_text('[prices]\n"*" = {second = 2}\n')
    return Served(own_home, f"sqlite:///{own_home}/manazir.db", workers=1)
