"""Each request has an id that its answer and its lines of the log say; what it breaks at is answered."""

import logging

import pytest
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from manazir.server.edge.watching import Watching
from manazir.server.errors import ApiError
from manazir.server.http import answer_errors
from manazir.server.metrics import Metrics
from manazir.server.service import Service


@pytest.fixture
def client(service: Service) -> TestClient:
    inner, app = FastAPI(), FastAPI()

    @inner.get("/break")
    def broken() -> None:
        raise ZeroDivisionError

    @app.get("/break")
    def broken_outside() -> None:
        raise ZeroDivisionError

    @inner.get("/break-off")
    def broken_off() -> StreamingResponse:
        return StreamingResponse(iter(lambda: 1 / 0, 1))  # type: ignore[arg-type]

    def render(_request: Request, error: ApiError) -> StreamingResponse:
        return StreamingResponse(iter([error.message]), error.problem.status)

    answer_errors(inner, render)
    app.mount("/openai/v1", inner)
    return TestClient(Watching(app, Metrics(service)))


def test_a_clients_name_for_its_request_is_kept_if_it_is_one(client: TestClient) -> None:
    def named(name: str | None) -> str:
        return client.get("/x", headers={} if name is None else {"X-Request-Id": name}).headers["x-request-id"]

    assert named("run-7.b") == "run-7.b"
    assert named(None).startswith("req_")
    assert named(None) != named(None)
    for odd in ("a b", "x" * 65, "<script>", "-"):
        assert named(odd).startswith("req_")


def test_what_breaks_is_answered_and_logged_once(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    inside = client.get("/openai/v1/break")
    assert (inside.status_code, inside.text) == (500, "an error of ours; the server's log has it")
    assert len([one for one in caplog.records if one.exc_info]) == 1
    outside = client.get("/break")
    assert outside.status_code == 500
    assert len([one for one in caplog.records if one.exc_info]) == 2
    assert len({inside.headers["x-request-id"], outside.headers["x-request-id"]}) == 2


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(client: TestClient) -> None:
    with pytest.raises(ZeroDivisionError):
        client.get("/openai/v1/break-off")


def test_lines_name_the_route_and_probes_have_none(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/openai/v1/break?key=secret")
        client.get("/v1/v1/videos/video_0190163d8694739baea6966c26f8ad91/a%0Ab")
    lines = [one.message for one in caplog.records if one.name.endswith("watching")]
    assert lines[0].startswith("GET /openai/v1/break: 500 in ")
    assert lines[1].startswith("GET /v1/v1/videos/.../a%0Ab: 404 in ")
