"""What stands at `/`."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from manazir.server.app import DIALECTS, make_app
from manazir.server.front import PLACES, front_routes
from manazir.server.service import Service


@pytest.fixture
def client(service: Service) -> TestClient:
    return TestClient(make_app(service))


@pytest.fixture
def unbuilt(tmp_path: Path) -> TestClient:
    """Of a checkout in which nobody has built the studio's pages."""
    app = FastAPI()
    app.include_router(front_routes(tmp_path))
    return TestClient(app)


def test_a_program_is_told_every_base_url_without_a_key(client: TestClient) -> None:
    told = client.get("/")
    assert told.status_code == 200
    assert told.headers["vary"] == "Accept"
    assert set(told.json()["base_urls"].values()) == {f"http://testserver{path}" for path in DIALECTS}
    assert client.head("/").status_code == 200


def test_a_browser_is_shown_the_studio(client: TestClient) -> None:
    page = client.get("/", headers={"Accept": "text/html"})
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "/studio/assets/" in page.text


def test_where_it_is_not_built_a_browser_is_shown_the_same_and_where_to_go_on(
    client: TestClient, unbuilt: TestClient
) -> None:
    page = unbuilt.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert all(f"http://testserver{path}<" in page.text for path in DIALECTS)
    for path in PLACES:
        assert f"href='{path}'" in page.text
        assert client.get(path).status_code not in (404, 500), path


def test_an_address_that_a_client_makes_up_is_shown_and_not_run(unbuilt: TestClient) -> None:
    page = unbuilt.get("/", headers={"Accept": "text/html", "Host": "<script>alert(1)</script>"})
    assert "<script>" not in page.text
