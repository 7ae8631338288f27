"""What every answer says, whatever made it."""

import pytest
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.testclient import TestClient

from manazir.server.edge.headers import Guarded
from manazir.server.rates import Rate


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/data")
    def data(request: Request) -> dict[str, int]:
        request.state.rate = Rate(60, 59, 12)
        return {}

    @app.get("/own")
    def own(request: Request) -> Response:
        request.state.rate = Rate(60, 59, 12)
        headers = {"x-ratelimit-limit-requests": "60", "Cache-Control": "private, max-age=3600"}
        return Response(b"", headers=headers, media_type="video/mp4")

    @app.get("/page", response_class=HTMLResponse)
    def page() -> str:
        return "<p>"

    return TestClient(Guarded(app))


def test_data_is_neither_framed_run_sniffed_nor_kept(client: TestClient) -> None:
    for path in ("/data", "/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
    assert "content-security-policy" not in client.get("/page").headers, "a page has to say what it needs"


def test_where_a_key_is_in_its_minute_is_said_once(client: TestClient) -> None:
    headers = client.get("/data").headers
    told = [headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset")]
    assert told == ["60", "59", "12"]
    own = client.get("/own").headers
    assert "x-ratelimit-limit" not in own
    assert own["cache-control"] == "private, max-age=3600"
    assert "x-ratelimit-limit" not in client.get("/nowhere").headers
