"""What is told to a request's webhook: Gemini's envelope, once all of an operation has ended."""

from dataclasses import replace
from typing import Any

import pytest

from manazir.core.canvas import Canvas
from manazir.server.files import Asset
from manazir.server.jobs.job import Job, State
from manazir.server.keys import Scope
from manazir.server.service import Ask, Service
from manazir.server.wire.veo.callbacks import callback_body

HERE = "https://films.example.org/google"
VIDEO = Asset(
    id="0190163d-8694-739b-aea6-966c26f8ad91", tenant_id="t", job_id="j", role="video", state="ready", reason=None,
    sha256="0" * 64, size_bytes=1, mime_type="video/mp4", filename=None, facts={}, wire={}, created_at=0.0,
    expires_at=None, deleted_at=None,
)  # fmt: skip


@pytest.fixture
def job(service: Service, key: str) -> Job:
    wire: dict[str, Any] = {"as": "operation", "resource": "models/m", "user_metadata": {"n": 1}}
    ask = Ask(dialect="veo", model="veo-3.1-generate-001", canvas=Canvas(prompt="a"), wire=wire)
    return replace(service.submit(service.caller(key, Scope.GENERATE), ask), created_at=0.0, ended_at=5.0)


def ended(job: Job, state: State, **how: Any) -> Job:
    return replace(job, state=state, **how)


def test_a_video_that_was_made(job: Job) -> None:
    assert callback_body(ended(job, State.SUCCEEDED), [], VIDEO, HERE) == {
        "type": "video.generated",
        "version": "v1",
        "timestamp": "1970-01-01T00:00:05Z",
        "data": {
            "id": f"models/m/operations/{job.id.replace('-', '')}",
            "file_name": "files/0190163d8694739baea6966c26f8ad91",
            "output_file_uri": f"{HERE}/v1beta/files/0190163d8694739baea6966c26f8ad91:download?alt=media",
            "user_metadata": {"n": 1},
        },
    }


def test_nothing_is_told_before_all_samples_have_ended(job: Job) -> None:
    running = ended(job, State.RUNNING)
    assert callback_body(running, [], None, HERE) is None
    assert callback_body(ended(job, State.SUCCEEDED), [running], VIDEO, HERE) is None


def test_a_failure(job: Job) -> None:
    failed = ended(job, State.FAILED, reason_code="bad_input", reason="no picture")
    told = callback_body(failed, [], None, HERE)
    assert told is not None
    assert told["type"] == "video.failed"
    assert (told["data"]["error_code"], told["data"]["error_message"]) == ("INVALID_ARGUMENT", "no picture")


@pytest.mark.parametrize(
    ("state", "type_"),
    [
        (State.SUCCEEDED, "interaction.completed"),
        (State.FAILED, "interaction.failed"),
        (State.CANCELLED, "interaction.cancelled"),
    ],
)
def test_interactions(job: Job, state: State, type_: str) -> None:
    told = callback_body(replace(ended(job, state), wire={"as": "interaction"}), [], VIDEO, HERE)
    assert told is not None
    assert (told["type"], told["data"]["id"]) == (type_, job.id.replace("-", ""))
    assert "output_file_uri" not in told["data"]
