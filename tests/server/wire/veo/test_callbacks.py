"""What is told to a request's webhook: Gemini's envelope, once a job has ended."""

from dataclasses import replace
from typing import Any

import pytest

from manazir.core.canvas import Canvas
from manazir.server.asks import Ask
from manazir.server.files import Asset
from manazir.server.jobs.events import Event
from manazir.server.jobs.job import Job, State
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.webhooks.bodies import WRITERS

HERE = "https://films.example.org"
VIDEO = Asset(
    id="0190163d-8694-739b-aea6-966c26f8ad91", tenant_id="t", job_id="j", role="video", state="ready", reason=None,
    sha256="0" * 64, size_bytes=1, mime_type="video/mp4", filename=None, facts={}, wire={}, created_at=0.0,
    expires_at=None, deleted_at=None,
)  # fmt: skip


WIRE: dict[str, Any] = {"as": "operation", "resource": "models/m", "user_metadata": {"n": 1}}
ASK = Ask(dialect="veo", model="veo-3.1-generate-001", canvas=Canvas(prompt="a"), wire=WIRE)


@pytest.fixture
def job(service: Service, key: str) -> Job:
    return service.submit(service.caller(key, Scope.GENERATE), ASK)


def told(job: Job, state: State, **how: Any) -> dict[str, Any] | None:
    event = Event(1, job.id, f"job.{state}", {}, 5.0)
    written = WRITERS["veo"](
        replace(job, state=state, **how), {"video": VIDEO}, event, lambda asset: f"{HERE}/{asset.id}"
    )
    return None if written is None else dict(written[0])


def test_a_video_that_was_made(job: Job) -> None:
    assert told(job, State.SUCCEEDED) == {
        "type": "video.generated",
        "version": "v1",
        "timestamp": "1970-01-01T00:00:05Z",
        "data": {
            "id": f"models/m/operations/{job.id.replace('-', '')}",
            "file_name": "files/0190163d8694739baea6966c26f8ad91",
            "output_file_uri": f"{HERE}/{VIDEO.id}",
            "user_metadata": {"n": 1},
        },
    }


def test_a_sample_beside_the_first_names_the_operation(service: Service, key: str) -> None:
    caller = service.caller(key, Scope.GENERATE)
    first = service.submit_all(caller, [ASK, ASK])
    other = service.job(caller, first.wire["others"][0])
    for job in (first, other):
        event = told(job, State.SUCCEEDED)
        assert event is not None
        assert event["data"]["id"] == f"models/m/operations/{first.id.replace('-', '')}"


def test_nothing_is_told_before_the_end(job: Job) -> None:
    assert told(job, State.RUNNING) is None


def test_a_failure(job: Job) -> None:
    event = told(job, State.FAILED, reason_code="bad_input", reason="no picture")
    assert event is not None
    assert event["type"] == "video.failed"
    assert (event["data"]["error_code"], event["data"]["error_message"]) == ("INVALID_ARGUMENT", "no picture")


@pytest.mark.parametrize(
    ("state", "type_"),
    [
        (State.SUCCEEDED, "interaction.completed"),
        (State.FAILED, "interaction.failed"),
        (State.CANCELLED, "interaction.cancelled"),
    ],
)
def test_interactions(job: Job, state: State, type_: str) -> None:
    event = told(job, state, wire={"as": "interaction"})
    assert event is not None
    assert (event["type"], event["data"]["id"]) == (type_, job.id.replace("-", ""))
    assert "output_file_uri" not in event["data"]
