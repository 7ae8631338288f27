"""Every place of the studio, in both languages, by daylight and in the dark: nothing is wrong with it.

With STUDIO_PICTURES=FOLDER each is also pictured there, in a film that is further on (`make studio-pictures`).
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from tests.studio.film import Film, Studio, make_film
from tests.studio.watching import AXE, FOREIGN, WIDER, Watch, settle, violations

NOBODYS = "0190163d-8694-739b-aea6-966c26f8ad91"
LANGUAGES = ("en", "ar")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PICTURES = os.environ.get("STUDIO_PICTURES")
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
"""Of what axe-core checks, all that another theme can change."""

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where it is, and what is seen once it is there."""

    path: str
    """With parts of a film."""
    shows: str
    """A selector."""
    comes: str = "nav"
    """What is there before anything can be done."""
    act: Callable[[Page], None] | None = None
    """What is done there first."""
    who: str = "operator"
    allowed: int | None = None
    """An answer of the server that belongs to this place."""


def _press(key: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.keyboard.press(key)

    return press


def _begin_with_a_take(page: Page) -> None:
    page.locator("[role=combobox]").click()
    page.locator("[role=option]").nth(2).click()  # after the words, and beginning anew


def _have_one_run(page: Page) -> None:
    """For its picture only: what runs is another thing at every look."""
    if PICTURES is None:
        return
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    studio = Studio(page.url.removesuffix("/queue"), cookies)
    shot = studio.ask("GET", "/queue")["items"][0]["take"]["shot_id"]
    words = studio.ask("GET", "/queue")["items"][0]["job"]["canvas"]["prompt"]
    canvas = {"prompt": words, "duration_seconds": 12, "width": 224, "height": 128}
    studio.ask("POST", f"/shots/{shot}/takes", kind="master", canvas=canvas)
    page.locator("[role=progressbar]").first.wait_for()


PLACES = {
    "signin": Place(path="/", comes="main", shows="input[type=password]", who="nobody", allowed=401),
    "begin": Place(path="/", shows="textarea", who="newcomer"),
    "projects": Place(path="/", shows="a[href^='/projects/'] img"),
    "new-project": Place(path="/", shows="[role=dialog]", act=_press("n")),
    "project": Place(path="{project}", shows="a[href*='/shots/']"),
    "shot": Place(path="{shot}", shows="video"),
    "compare": Place(path="{compare}", shows="video"),
    "composer": Place(path="{composer}", shows="section[dir=ltr] img"),
    "keys": Place(path="{shot}", shows="[role=dialog]", act=_press("?")),
    "board": Place(path="{project}/board", shows=":nth-match([data-kind] img, 3)"),
    "queue": Place(path="/queue", act=_have_one_run, shows="ol li"),
    "settings": Place(path="/settings", shows="h2"),
    "play": Place(path="{shot}/play", act=_begin_with_a_take, shows="video"),
    "gone": Place(path=f"/projects/{NOBODYS}", shows="h2", allowed=404),
    "nowhere": Place(path="/projects/no/such/place", shows="h2"),
}


@dataclass(frozen=True, kw_only=True)
class House:
    """The studio with something in it, and who comes to see it."""

    address: str
    cookies: dict[str, dict[str, str]]
    films: dict[str, Film]


@pytest.fixture(scope="session")
def house(served: dict[str, str]) -> House:
    """Once for all that a worker of the tests is given, in however many stretches."""
    command = [sys.executable, "-m", "manazir.cli", "studio", "--json"]
    told = json.loads(subprocess.run(command, env=served, capture_output=True, text=True, check=True).stdout)
    operator, newcomer = Studio(served["ADDRESS"]), Studio(served["ADDRESS"])
    operator.ask("POST", "/session", token=told["studio"].partition("#open=")[2])
    tenant = operator.ask("POST", "/tenants", name="newcomer")
    newcomer.ask("POST", "/session", key=operator.ask("POST", "/keys", name="laptop", tenant_id=tenant["id"])["key"])
    films = {language: make_film(operator, language, whole=PICTURES is not None) for language in LANGUAGES}
    cookies = {"nobody": {}, "operator": operator.cookies, "newcomer": newcomer.cookies}
    return House(address=served["ADDRESS"], cookies=cookies, films=films)


@pytest.fixture(scope="module")
def contexts(house: House, browser: Browser) -> Iterator[Callable[[str, str], BrowserContext]]:
    """A browser's profile for each language and visitor, with axe-core in every page of it, where that is installed."""
    opened: dict[tuple[str, str], BrowserContext] = {}

    def context(language: str, who: str) -> BrowserContext:
        if (language, who) not in opened:
            opened[language, who] = made = browser.new_context(
                locale=language, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
            )
            cookies = house.cookies[who].items()
            made.add_cookies([{"name": name, "value": value, "url": house.address} for name, value in cookies])
            made.set_default_timeout(60_000)
            made.new_page().goto(f"{house.address}/readyz")  # stays: while a tab is open, what was parsed is kept
            if AXE.exists():
                made.add_init_script(path=AXE)  # by the debugger: the pages' own policy lets nothing in
        return opened[language, who]

    yield context
    for one in opened.values():
        one.close()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there; npm ci, in studio/, fetches it")
def test_axe_core_finds_what_is_wrong(house: House, contexts: Callable[[str, str], BrowserContext]) -> None:
    page = contexts("en", "nobody").new_page()
    page.goto(house.address)
    page.locator("input").wait_for()
    page.evaluate("document.querySelector('label').remove()")
    assert [one.partition(":")[0] for one in violations(page)] == ["label"]
    page.close()


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_is_well(
    language: str, name: str, house: House, contexts: Callable[[str, str], BrowserContext]
) -> None:
    place = PLACES[name]
    page = contexts(language, place.who).new_page()
    watch = Watch(page, house.address)
    page.goto(house.address + place.path.format(**asdict(house.films[language])))
    page.locator(place.comes).first.wait_for()
    if place.act is not None:
        place.act(page)
    page.locator(place.shows).first.wait_for()
    wrong = [one for theme in THEMES for one in _wrong(page, theme, f"{name}-{language}")]
    wrong += page.evaluate(FOREIGN) if language == "ar" else []
    root = page.locator("html")
    spoken = (root.get_attribute("lang"), root.get_attribute("dir"))
    page.close()
    assert wrong + watch.seen(place.allowed) == []
    assert spoken == (language, "rtl" if language == "ar" else "ltr")


def _wrong(page: Page, theme: Literal["light", "dark"], name: str) -> list[str]:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    settle(page)
    if PICTURES is not None:
        _picture(page, Path(PICTURES) / f"{name}-{theme}.webp")
    wrong: list[str] = page.evaluate(WIDER)
    if AXE.exists():
        wrong += violations(page) if theme == THEMES[0] else violations(page, CONTRAST)
    return wrong


def _picture(page: Page, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(page.screenshot())).save(path, quality=82, method=6)
