"""Submitting, looking, steering: what every dialect asks of the service."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from manazir.core.canvas import CameraPath, Canvas, Need
from manazir.core.errors import StorageError
from manazir.server.asks import Ask
from manazir.server.assets.storage import FolderStorage
from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.job import State
from manazir.server.keys import Scope
from manazir.server.service import Service

ASK = Ask(dialect="sora", model="sora-2", canvas=Canvas(prompt="a red ball", width=1280, height=720))


def test_no_torch_is_imported_for_requests() -> None:
    code = "import manazir.server.app, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_no_web_application_is_imported_by_a_worker_or_by_verbs_that_look_at_the_record() -> None:
    code = "import manazir.server.opening, manazir.server.workers.worker, sys; sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_request_becomes_a_job_that_waits(service: Service, key: str) -> None:
    caller = service.caller(key, Scope.GENERATE)
    job = service.submit(caller, ASK)
    assert job.state is State.QUEUED
    assert (job.model, job.alias) == ("noor-nano", "sora-2")
    assert job.request.delivery.allows_resampling
    assert service.job(caller, job.id).request.canvas == ASK.canvas


def test_the_same_key_is_the_same_job_and_another_body_is_refused(service: Service, key: str) -> None:
    caller = service.caller(key, Scope.GENERATE)
    first = service.submit(caller, replace(ASK, idempotency_key="k", body={"a": 1}))
    again = service.submit(caller, replace(ASK, idempotency_key="k", body={"a": 1}))
    assert first.id == again.id
    with pytest.raises(ApiError) as refused:
        service.submit(caller, replace(ASK, idempotency_key="k", body={"a": 2}))
    assert refused.value.problem is Problem.KEY_REUSED


def test_what_is_somebody_elses_is_not_there(service: Service, key: str, other_key: str) -> None:
    job = service.submit(service.caller(key, Scope.GENERATE), ASK)
    with pytest.raises(ApiError) as refused:
        service.job(service.caller(other_key, Scope.READ), job.id)
    assert refused.value.problem is Problem.NOT_FOUND


def test_what_the_model_cannot_do_is_refused_by_the_clients_own_field(service: Service, key: str) -> None:
    canvas = Canvas(prompt="a red ball", references=("https://example.com/a.png",))
    ask = replace(ASK, canvas=canvas, fields={Need.REFERENCES: "images"})
    with pytest.raises(ApiError, match="cannot do pictures for reference") as refused:
        service.submit(service.caller(key, Scope.GENERATE), ask)
    assert refused.value.field == "images"


@pytest.mark.parametrize(
    ("canvas", "told"),
    [
        (
            Canvas(prompt="a red ball", camera=CameraPath(move="whirl")),
            "knows no camera move 'whirl'; it knows still, ",
        ),
        (Canvas(prompt="a red ball", camera=CameraPath(move="push in"), is_loop=True), "not in a loop"),
    ],
)
def test_a_camera_that_cannot_go_so_is_refused_before_it_is_paid_for(
    service: Service, key: str, canvas: Canvas, told: str
) -> None:
    ask = replace(ASK, canvas=canvas, fields={Need.CAMERA: "concepts"})
    with pytest.raises(ApiError, match=told) as refused:
        service.submit(service.caller(key, Scope.GENERATE), ask)
    assert refused.value.field == "concepts"


def test_a_models_own_name_does_not_resample(service: Service, key: str) -> None:
    caller = service.caller(key, Scope.GENERATE)
    with pytest.raises(ApiError, match="makes 32x32, 64x32, 32x64, not 1280x720"):
        service.submit(caller, replace(ASK, model="noor-nano"))


def test_a_key_that_is_none_and_a_model_that_is_none(service: Service, key: str) -> None:
    with pytest.raises(ApiError) as refused:
        service.caller("mnz_00000000_nothing", Scope.READ)
    assert refused.value.problem is Problem.NO_KEY
    with pytest.raises(ApiError, match="no model answers to 'gpt'"):
        service.submit(service.caller(key, Scope.GENERATE), replace(ASK, model="gpt"))


def test_the_same_key_and_body_for_another_model_or_by_another_dialect_is_another_request(
    service: Service, key: str
) -> None:
    caller = service.caller(key, Scope.GENERATE)
    ask = replace(ASK, idempotency_key="k", body=b"the same")
    service.submit(caller, ask)
    for other in (replace(ask, model="sora-2-pro"), replace(ask, dialect="veo"), replace(ask, parent_id="another")):
        with pytest.raises(ApiError) as refused:
            service.submit(caller, other)
        assert refused.value.problem is Problem.KEY_REUSED


@pytest.mark.parametrize(
    "url", ["http://example.com/hook", "https://169.254.169.254/latest", "https://a.com/\0", "file:///x"]
)
def test_nobody_is_told_at_an_address_that_is_refused_later(service: Service, key: str, url: str) -> None:
    ask = replace(ASK, callback_url=url, fields={"callback_url": "webhookConfig.uris"})
    with pytest.raises(ApiError, match="is refused") as refused:
        service.submit(service.caller(key, Scope.GENERATE), ask)
    assert (refused.value.problem, refused.value.field) == (Problem.INVALID, "webhookConfig.uris")


def test_a_full_disk_takes_no_more_files(service: Service, key: str, tmp_path: Path) -> None:
    full = replace(service, storage=FolderStorage(folder=tmp_path / "full", floor_bytes=1 << 60))
    with pytest.raises(StorageError) as refused:
        full.bring(full.caller(key, Scope.GENERATE), [b"x"])
    assert refused.value.reason == "no_space"
    assert not list(full.storage.iter_all())
