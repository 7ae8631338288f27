"""People at the studio: whoever comes with a key, in a browser of their own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from tests.server.served import Served
from tests.studio.conftest import words

ARABIC_FORMS = ((0, 0, "zero"), (1, 1, "one"), (2, 2, "two"), (3, 10, "few"), (11, 99, "many"))
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
LONGEST_WAIT_MILLISECONDS = 90_000
expect.set_options(timeout=LONGEST_WAIT_MILLISECONDS)
_spoken = "en"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, people read that language, and what is said is said in it."""
    global _spoken
    before, _spoken = _spoken, language
    yield
    _spoken = before


class Person:
    """Signed in with a key; each page is a tab."""

    def __init__(self, browser: Browser, served: Served, key: str | None = None) -> None:
        self.served = served
        self.key = key or served.key
        self.context: BrowserContext = browser.new_context(locale=_spoken, viewport={"width": 1440, "height": 900})
        self.context.set_default_timeout(LONGEST_WAIT_MILLISECONDS)
        answer = self.context.request.post(f"{served.address}/api/v1/session", data={"key": self.key})
        assert answer.ok, answer.text()

    def close(self) -> None:
        self.context.close()

    def goes_to(self, path: str) -> Page:
        """In a new tab."""
        page = self.context.new_page()
        page.goto(f"{self.served.address}{path}")
        return page

    def asks(self, method: str, path: str, **how: Any) -> Any:
        """The API, as a program with the same key does."""
        answer = self.served.ask(method, f"/api/v1{path}", headers={"Authorization": f"Bearer {self.key}"}, **how)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def has_project(self, brief: str, **values: Any) -> dict[str, Any]:
        """A new one, planned."""
        given = {"name": "A film", "brief": {"text": brief, "language": "en"}} | values
        project = self.asks("POST", "/projects", json=given)
        told: dict[str, Any] = self.asks("POST", f"/projects/{project['id']}/plan", json={})
        return told

    def has_takes(self, shot: Mapping[str, Any], **given: Any) -> list[dict[str, Any]]:
        """Asked for; they are under way."""
        told = self.asks("POST", f"/shots/{shot['id']}/takes", json={"kind": "draft"} | given)
        items: list[dict[str, Any]] = told["items"]
        return items

    def project(self, project: Mapping[str, Any]) -> dict[str, Any]:
        """As the server has it now."""
        told: dict[str, Any] = self.asks("GET", f"/projects/{project['id']}")
        return told


def path_of(project: Mapping[str, Any], shot: int | None = None) -> str:
    path = f"/projects/{project['id']}"
    return path if shot is None else f"{path}/shots/{project['shots'][shot]['id']}"


def said(key: str, **values: object) -> str:
    """What the studio says under a key, with values in their places."""
    text = words(_spoken)[key]
    for name, value in values.items():
        text = re.sub(rf"\{{{name}(, \w+)?\}}", numeral(value) if isinstance(value, int) else str(value), text)
    return text


def numeral(count: int) -> str:
    """As the language writes it."""
    return str(count).translate(ARABIC_DIGITS) if _spoken == "ar" else str(count)


def form_of(key: str, which: str, count: int | None = None) -> str:
    """One form of a plural: `one`, `other`, `=0`; in Arabic, which has more, the one of the count."""
    if _spoken == "ar" and count is not None and not which.startswith("="):
        which = next((form for least, most, form in ARABIC_FORMS if least <= count <= most), which)
    found = re.search(rf"{re.escape(which)} \{{([^}}]*)\}}", words(_spoken)[key])
    assert found is not None, f"{key} has no form {which}"
    return found[1].replace("#", "" if count is None else numeral(count))


def any_of(key: str) -> re.Pattern[str]:
    """All forms of a plural, with any number."""
    forms = re.findall(r"[\w=]+ \{([^}]*)\}", words(_spoken)[key])
    return re.compile("|".join(re.escape(form).replace(r"\#", "[\\d٠-٩.٫]+") for form in forms))


def button(page: Page | Locator, key: str, **values: object) -> Locator:
    return page.get_by_role("button", name=said(key, **values), exact=True)


def states(project: Mapping[str, Any], shot: int = 0) -> Sequence[str]:
    """Of a shot's takes."""
    return [take["job"]["state"] for take in project["shots"][shot]["takes"]]


def key_of(served: Served, tenant: str, **limits: float) -> tuple[str, str]:
    """A key for a new tenant, and the tenant's id."""
    named = {"name": f"{tenant} {uuid4().hex[:8]}"}
    told = served.ask("POST", "/api/v1/tenants", json=named | limits).json()
    return key_for(served, told["id"]), told["id"]


def key_for(served: Served, tenant_id: str | None = None) -> str:
    """One more for a tenant; None: for that of the admin."""
    answer = served.ask("POST", "/api/v1/keys", json={"name": "a person", "tenant_id": tenant_id})
    assert answer.is_success, answer.text
    return str(answer.json()["key"])
