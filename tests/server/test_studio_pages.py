"""The studio's built files: what is there is given out safely, compressed, and kept by browsers; nothing else is."""

import gzip
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from manazir.server import front, studio_pages
from manazir.server.api.errors import render
from manazir.server.app import make_app
from manazir.server.edge.headers import Guarded
from manazir.server.http import answer_errors
from manazir.server.service import Service
from manazir.server.studio_pages import answer_lost, index_page, studio_routes

SCRIPT = "console.log('مناظر');" * 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "pages"
    (built / "assets").mkdir(parents=True)
    (built / "moves").mkdir()
    (built / "index.html").write_text("<!doctype html><title>Manazir</title>")
    (built / "assets" / "index-BVQ7NqCq.js").write_text(SCRIPT)
    (built / "moves" / "pan_left.webp").write_bytes(b"RIFF")
    (built / ".hidden.js").write_text("no")
    (built / "tool.py").write_text("no")
    (tmp_path / "secret.txt").write_text("no")
    (built / "link.txt").symlink_to(tmp_path / "secret.txt")
    return built


@pytest.fixture
def client(folder: Path) -> TestClient:
    app = FastAPI()
    app.include_router(studio_routes(folder))
    answer_errors(app, render)
    answer_lost(app, render, folder)
    app.add_middleware(Guarded)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/projects", "/projects/0190163d/shots/7", "/queue", "/settings"])
def test_every_place_is_the_one_page(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Manazir" in page.text
    assert page.headers["cache-control"] == "no-cache"
    assert client.head(path).status_code == 200


PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/porjects", "/queue/here", "/no/such/place.html"])
def test_people_who_are_lost_see_the_page_and_programs_hear_it(client: TestClient, path: str) -> None:
    page = client.get(path, headers=PERSON)
    assert (page.status_code, page.headers["vary"]) == (404, "Accept")
    assert "<title>Manazir" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert client.head(path, headers=PERSON).status_code == 404
    for answer in (client.get(path), client.post(path, headers=PERSON)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_what_is_missing_of_the_studio_itself_is_no_page(client: TestClient) -> None:
    gone = client.get("/studio/assets/index-old.js", headers=PERSON)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")
    assert client.post("/queue", headers=PERSON).status_code == 405


def test_apis_tell_people_what_is_not_there_in_their_own_shapes(service: Service) -> None:
    everything = TestClient(make_app(service))
    for path in ("/api/v1/nothing", "/openai/v1/nothing", "/google/v1beta/nothing", "/dream-machine/v1/nothing"):
        told = everything.get(path, headers=PERSON | {"Authorization": "Bearer none"})
        assert told.status_code in (401, 404)
        assert told.headers["content-type"].startswith("application/json")


def test_a_page_loads_its_own_and_nothing_else(client: TestClient) -> None:
    headers = client.get("/projects").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["font-src"] == "'self'"
    assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'",) * 3
    assert not re.search(r"unsafe|https?:|\*", headers["content-security-policy"])
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


def test_what_never_changes_is_kept_for_ever(client: TestClient) -> None:
    script = client.get("/studio/assets/index-BVQ7NqCq.js")
    assert script.text == SCRIPT
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/studio/moves/pan_left.webp").headers["cache-control"] == "max-age=3600"


def test_text_is_compressed_for_who_takes_that(client: TestClient) -> None:
    path = "/studio/assets/index-BVQ7NqCq.js"
    with client.stream("GET", path, headers={"Accept-Encoding": "br, gzip;q=0.5"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).decode() == SCRIPT
    assert "Accept-Encoding" in answer.headers["vary"]
    for refused in ("identity", "gzip;q=0", "br"):
        assert "content-encoding" not in client.get(path, headers={"Accept-Encoding": refused}).headers
    assert "content-encoding" not in client.get("/studio/moves/pan_left.webp").headers


def test_who_has_it_is_sent_nothing(client: TestClient, folder: Path) -> None:
    tag = client.get("/projects").headers["etag"]
    again = client.get("/projects", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    (folder / "index.html").write_text("<!doctype html><title>Manazir, newer</title>")
    newer = client.get("/projects", headers={"If-None-Match": tag})
    assert (newer.status_code, "newer" in newer.text) == (200, True)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "assets/../../secret.txt",
        "assets%5c..%5csecret.txt",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "link.txt",
        ".hidden.js",
        "tool.py",
        "assets",
        "assets/",
        "index.html",
        "a\x00.js",
        "x" * 5000 + ".js",
        "",
    ],
)
def test_nothing_else_is_given_out(client: TestClient, name: str) -> None:
    answer = client.get(f"/studio/{name.replace(chr(0), '%00')}")
    assert answer.status_code == 404
    assert answer.text != "no"


def test_where_it_is_not_built_that_is_said(
    service: Service, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = FastAPI()
    app.include_router(studio_routes(tmp_path / "nothing"))
    answer_errors(app, render)
    answer_lost(app, render, folder)
    told = TestClient(app).get("/projects")
    assert told.status_code == 404
    assert "npm run build" in told.json()["error"]["message"]
    html = {"Accept": "text/html"}
    monkeypatch.setattr(front, "index_page", lambda request, _pages: index_page(request, tmp_path / "nothing"))
    assert "<code>npm run build</code>" in TestClient(make_app(service)).get("/", headers=html).text
    monkeypatch.setattr(front, "index_page", lambda request, _pages: index_page(request, folder))
    client = TestClient(make_app(service))
    shown = client.get("/", headers=html)
    assert (shown.text, "script-src 'self'" in shown.headers["content-security-policy"]) == (
        (folder / "index.html").read_text(),
        True,
    )
    assert client.get("/").json()["name"] == "Manazir"


def test_what_is_built_here_is_what_may_be_given_out() -> None:
    """Whatever a build puts there has a kind that is known, and a name that is taken."""
    files = [path for path in studio_pages.FOLDER.rglob("*") if path.is_file()]
    for path in files:
        name = path.relative_to(studio_pages.FOLDER).as_posix()
        assert studio_pages.page_of(studio_pages.FOLDER, name) is not None, name
