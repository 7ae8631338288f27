"""A browser has a session in the place of a key: by a key or an opening, for its own pages alone, until it is over."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from tests.server.jobs.queueing import ENGINES

from manazir.core.errors import UnsupportedError
from manazir.server.app import make_app
from manazir.server.janitor import Janitor
from manazir.server.keys import Scope, make_key
from manazir.server.service import Service
from manazir.server.sessions import make_opening, use_opening
from manazir.server.store.database import Database
from manazir.server.store.tables import sessions
from manazir.server.tenants import first_tenant

STUDIO = {"X-Manazir-Studio": "1"}
ON_BOTH = pytest.mark.parametrize("database", ENGINES, indirect=True)


@pytest.fixture
def browser(service: Service) -> Iterator[TestClient]:
    """Nobody yet."""
    with TestClient(make_app(service), base_url="http://testserver/api/v1") as made:
        yield made


def opening(service: Service) -> str:
    with service.database.transaction() as connection:
        return make_opening(connection)


def come_in(browser: TestClient, **who: str) -> Any:
    answer = browser.post("/session", json=who)
    assert answer.status_code == 200, answer.text
    return answer


@ON_BOTH
def test_a_key_becomes_a_cookie_that_no_script_reads(service: Service, browser: TestClient, key: str) -> None:
    assert browser.get("/me").status_code == 401
    answer = come_in(browser, key=key)
    assert "admin" in answer.json()["scopes"]
    told = answer.headers["set-cookie"]
    assert told.startswith(f"{service.cookie}=")
    for part in ("HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={30 * 86400}"):
        assert part in told
    assert "Secure" not in told
    assert browser.get("/me").json() == answer.json()
    with service.database.reading() as connection:
        kept = connection.execute(select(sessions.c.id)).scalar_one()
    assert browser.cookies[service.cookie] not in kept
    assert key not in browser.cookies[service.cookie]


def test_nobody_is_told_that_nobody_is_there(service: Service, browser: TestClient, key: str) -> None:
    asked = browser.get("/session")
    assert (asked.status_code, asked.json()) == (200, {"me": None})
    me = come_in(browser, key=key).json()
    assert browser.get("/session").json() == {"me": me}
    with service.database.transaction() as connection:
        connection.execute(update(sessions).values(expires_at=0))
    assert browser.get("/session").json() == {"me": None}
    assert browser.get("/session", headers={"Authorization": f"Bearer {key}"}).json() == {"me": None}


def test_two_services_on_one_host_leave_each_others_sessions(
    service: Service, browser: TestClient, key: str, tables: Path, tmp_path: Path
) -> None:
    """A browser has one jar for all ports of a host."""
    shutil.copy(tables, tmp_path / "other.sqlite3")
    other = Service(Database(f"sqlite:///{tmp_path / 'other.sqlite3'}"), storage=service.storage)
    with other.database.transaction() as connection:
        their_key = make_key(connection, first_tenant(connection).id, "tests", [Scope.ADMIN])[1]
    with TestClient(make_app(other), base_url="http://testserver:81/api/v1") as there:
        come_in(browser, key=key)
        there.cookies = browser.cookies
        come_in(there, key=their_key)
        browser.cookies = there.cookies
        assert browser.get("/me").status_code == 200
        assert there.delete("/session", headers=STUDIO).status_code == 204
        browser.cookies = there.cookies
        assert there.get("/me").status_code == 401
        assert browser.get("/me").status_code == 200
    other.database.close()


def test_over_https_the_cookie_stays_there(service: Service, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANAZIR_PUBLIC_URL", "https://films.example.com")
    with TestClient(make_app(service)) as browser:
        headers = {"Origin": "https://films.example.com"}
        answer = browser.post("/api/v1/session", json={"key": key}, headers=headers)
    assert "; Secure" in answer.headers["set-cookie"]


@ON_BOTH
def test_an_opening_is_good_once(service: Service, browser: TestClient, key: str) -> None:
    token = opening(service)
    come_in(browser, token=token)
    assert browser.get("/projects").status_code == 200
    again = browser.post("/session", json={"token": token})
    assert again.status_code == 401
    assert "`manazir studio` tells another" in again.json()["error"]["message"]


@ON_BOTH
def test_of_many_who_open_at_once_one_comes_in(service: Service, key: str) -> None:
    token = opening(service)
    together = threading.Barrier(8)

    def comes_in(_: int) -> bool:
        together.wait()
        with service.database.transaction() as connection:
            return use_opening(connection, token) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(comes_in, range(8))) == 1


@ON_BOTH
def test_an_opening_is_good_for_a_quarter_of_an_hour(service: Service, browser: TestClient, key: str) -> None:
    token = opening(service)
    with service.database.transaction() as connection:
        connection.execute(update(sessions).values(expires_at=sessions.c.expires_at - 15 * 60))
    assert browser.post("/session", json={"token": token}).status_code == 401


def test_an_opening_is_no_session_and_a_session_no_opening(service: Service, browser: TestClient, key: str) -> None:
    token = opening(service)
    assert browser.get("/me", headers={"Cookie": f"{service.cookie}={token}"}).status_code == 401
    come_in(browser, key=key)
    assert browser.post("/session", json={"token": browser.cookies[service.cookie]}).status_code == 401


def test_without_an_admins_key_there_is_no_opening(service: Service) -> None:
    with pytest.raises(UnsupportedError, match="manazir keys create NAME --scope admin"):
        opening(service)


@pytest.mark.parametrize(
    "body", [{}, {"key": "a", "token": "b"}, {"key": "mnz_00000000_x"}, {"token": "x"}, {"key": 1}]
)
def test_nobody_comes_in_with_anything_else(browser: TestClient, body: dict[str, Any]) -> None:
    assert browser.post("/session", json=body).status_code in (401, 422)
    assert not browser.cookies


def test_a_session_may_what_its_key_may(browser: TestClient, other_key: str) -> None:
    come_in(browser, key=other_key)
    assert browser.get("/keys").status_code == 403
    assert browser.post("/projects", json={"name": "mine"}, headers=STUDIO).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Manazir-Studio": "0"},
        STUDIO | {"Origin": "http://evil.example"},
        STUDIO | {"Origin": "null"},
        STUDIO | {"Origin": "http://testserver:81"},
        STUDIO | {"Origin": "http://testserver.evil.example"},
    ],
)
def test_what_changes_anything_comes_from_the_services_own_pages(
    browser: TestClient, key: str, headers: dict[str, str]
) -> None:
    come_in(browser, key=key)
    refused = browser.post("/projects", json={"name": "theirs"}, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "no_scope"
    assert browser.delete("/session", headers=headers).status_code == 403
    assert browser.get("/projects", headers=headers).json()["items"] == []
    own = STUDIO | {"Origin": "http://testserver"}
    assert browser.post("/projects", json={"name": "mine"}, headers=own).status_code == 201
    by_key = {"Authorization": f"Bearer {key}", **headers}
    assert browser.post("/projects", json={"name": "a program's"}, headers=by_key).status_code == 201


def test_nobody_elses_page_has_a_browser_come_in(browser: TestClient, key: str) -> None:
    refused = browser.post("/session", json={"key": key}, headers={"Origin": "http://evil.example"})
    assert refused.status_code == 403
    form = browser.post("/session", content=f'{{"key": "{key}"}}', headers={"Content-Type": "text/plain"})
    assert form.status_code == 422
    assert not browser.cookies


@ON_BOTH
def test_a_session_ends_when_it_is_told_to(service: Service, browser: TestClient, key: str) -> None:
    come_in(browser, key=key)
    kept = browser.cookies[service.cookie]
    answer = browser.delete("/session", headers=STUDIO)
    assert answer.status_code == 204
    assert not browser.cookies
    assert browser.get("/me", headers={"Cookie": f"{service.cookie}={kept}"}).status_code == 401


@ON_BOTH
def test_a_session_ends_with_its_key(browser: TestClient, key: str) -> None:
    made = browser.post("/keys", json={"name": "maker"}, headers={"Authorization": f"Bearer {key}"}).json()
    come_in(browser, key=made["key"])
    assert browser.get("/me").status_code == 200
    browser.delete(f"/keys/{made['id']}", headers={"Authorization": f"Bearer {key}"})
    over = browser.get("/me")
    assert over.status_code == 401
    assert "`manazir studio`" in over.json()["error"]["message"]


@ON_BOTH
def test_a_session_ends_after_thirty_days_and_is_forgotten(service: Service, browser: TestClient, key: str) -> None:
    come_in(browser, key=key)
    come_in(browser, token=opening(service))
    with service.database.transaction() as connection:
        connection.execute(update(sessions).values(expires_at=sessions.c.expires_at - 30 * 86400))
    assert browser.get("/me").status_code == 401
    come_in(browser, key=key)
    Janitor(service).seldom()
    with service.database.reading() as connection:
        assert len(connection.execute(select(sessions)).all()) == 1
    assert browser.get("/me").status_code == 200


def test_no_other_dialect_takes_a_session(browser: TestClient, key: str) -> None:
    come_in(browser, key=key)
    assert browser.get("http://testserver/openai/v1/videos", headers=STUDIO).status_code == 401
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert browser.post("http://testserver/mcp", json=message, headers=STUDIO).status_code == 401
