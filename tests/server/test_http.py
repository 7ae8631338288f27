"""What all dialects do alike: a key's calls are counted, and headers are said with every answer."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from manazir.core.errors import StorageError
from manazir.server.app import make_app
from manazir.server.errors import ApiError
from manazir.server.http import AlsoSaying, admit, answer_errors, as_api_error, bearer, rate_of
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.store.tables import tenants


@pytest.fixture
def web(service: Service) -> Iterator[TestClient]:
    inner = FastAPI()

    @inner.get("/look")
    def look(request: Request) -> dict[str, str]:
        return {"tenant": admit(service, request, bearer(request), Scope.READ).tenant_name}

    def refused(_request: Request, error: ApiError) -> JSONResponse:
        return JSONResponse({"told": error.message}, error.problem.status)

    def headers(request: Request) -> dict[str, str]:
        rate = rate_of(request)
        return {"left": "not counted" if rate is None else str(rate.remaining)}

    answer_errors(inner, refused)
    inner.add_middleware(AlsoSaying, headers=headers)
    outer = FastAPI()
    outer.mount("/inner", inner)
    with TestClient(outer) as client:
        yield client


def test_calls_are_counted_and_told_also_when_refused(web: TestClient, service: Service, key: str) -> None:
    with service.database.transaction() as connection:
        connection.execute(tenants.update().values(requests_per_minute=2))
    answers = [web.get("/inner/look", headers={"Authorization": f"Bearer {key}"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["left"] for answer in answers] == ["1", "0", "0"]


def test_who_has_no_key_is_not_counted(web: TestClient) -> None:
    answer = web.get("/inner/look")
    assert (answer.status_code, answer.headers["left"]) == (401, "not counted")


def test_a_bucket_that_is_away_is_no_fault_of_ours_and_is_not_named() -> None:
    told = as_api_error(StorageError("the bucket 'films' cannot be reached", "unavailable"))
    assert (told.problem.status, told.retry_after_seconds) == (503, 10)
    assert "films" not in told.message


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/openai/v1/videos", {"prompt": "a ball"}, "there is no video"),
        ("/dream-machine/v1/generations", {"prompt": "a ball", "model": "ray-2"}, "there is no generation"),
    ],
)
def test_who_is_too_late_to_delete_is_told_by_the_id_that_was_sent(
    service: Service, key: str, path: str, body: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = Service.delete

    def after_somebody_else(to: Service, caller: Caller, job_id: str) -> None:
        delete(to, caller, job_id)
        delete(to, caller, job_id)

    monkeypatch.setattr(Service, "delete", after_somebody_else)
    client = TestClient(make_app(service), headers={"Authorization": f"Bearer {key}"})
    made = client.post(path, json=body).json()["id"]
    answer = client.delete(f"{path}/{made}")
    assert answer.status_code == 404
    assert told in answer.text
    assert made in answer.text
