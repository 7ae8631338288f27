"""Servers and workers on several machines, whose files lie in a bucket, and a bucket that goes away in between."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from tests.server.assets.faulty import Proxy, answers, proxy_to
from tests.server.postgres import Postgres
from tests.server.s3_server import S3Server

from manazir.core.canvas import Canvas
from manazir.core.errors import StorageError
from manazir.media.decode import read_clip
from manazir.server.asks import Ask
from manazir.server.assets.bucket import Bucket, Patience
from manazir.server.assets.folder import FolderStorage
from manazir.server.assets.place import place_of
from manazir.server.assets.s3 import S3Storage
from manazir.server.jobs.job import Reason, State
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

ASK = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt="a red ball", seed=1))
Start = Callable[..., dict[str, Any]]


@pytest.fixture
def start(home: Path, tmp_path: Path, postgres: Postgres, s3_url: str) -> Iterator[Start]:
    """Runs a command as on a machine of its own: with a home that nobody else sees. What it tells first is returned."""
    database, running = postgres.new_database(), []

    def started(machine: str, *command: str) -> dict[str, Any]:
        own = tmp_path / machine
        own.mkdir()
        (own / "models").symlink_to(home / "models")
        around = {"MANAZIR_HOME": str(own), "MANAZIR_DATABASE_URL": database, "MANAZIR_STORAGE_URL": s3_url}
        run = [sys.executable, "-m", "manazir.cli", *command, "--json"]
        running.append(subprocess.Popen(run, env=os.environ | around, stdout=subprocess.PIPE, text=True))
        told: dict[str, Any] = json.loads(running[-1].stdout.readline())
        return told

    yield started
    for process in running:
        process.terminate()
    for process in running:
        process.wait()
        process.stdout.close()


def test_machines_that_share_no_folder_make_a_job_together(start: Start, tmp_path: Path) -> None:
    told = start("server", "serve", "--port", "0", "--workers", "0")
    start("worker", "worker", "--join")
    picture = io.BytesIO()
    Image.fromarray(np.full((32, 32, 3), 200, np.uint8)).save(picture, "PNG")
    key = Path(told["key_file"]).read_text().strip()
    with httpx.Client(
        base_url=f"{told['address']}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=60
    ) as client:
        asset = client.post("/assets", files={"file": ("first.png", picture.getvalue(), "image/png")}).json()
        canvas = {"prompt": "a red ball", "keyframes": [{"image": f"asset:{asset['id']}", "at_seconds": 0}]}
        job = client.post("/jobs", json={"model": "sora-2", "canvas": canvas}).json()
        for _ in range(1200):
            job = client.get(f"/jobs/{job['id']}").json()
            if job["state"] in ("succeeded", "failed"):
                break
            time.sleep(0.1)
        assert job["state"] == "succeeded", job["reason"]
        video = job["outputs"]["video"]
        assert list((tmp_path / "server").rglob(video["sha256"])) == []
        whole = client.get(f"/assets/{video['id']}/content")
        part = client.get(f"/assets/{video['id']}/content", headers={"Range": "bytes=4-99"})
        assert (whole.status_code, len(whole.content)) == (200, video["size_bytes"])
        assert (part.status_code, part.content) == (206, whole.content[4:100])
        assert list((tmp_path / "server").rglob(video["sha256"])) == []
        assert len(list((tmp_path / "worker").rglob(asset["sha256"]))) == 1
    (tmp_path / "made.mp4").write_bytes(whole.content)
    assert len(read_clip(tmp_path / "made.mp4").frames) == 8


@pytest.fixture
def proxy(s3_server: S3Server) -> Iterator[Proxy]:
    with proxy_to(s3_server.endpoint) as made:
        yield made


@pytest.fixture
def far(service: Service, s3_url: str, proxy: Proxy, tmp_path: Path) -> Service:
    place = replace(place_of(s3_url), endpoint=proxy.url)
    near = FolderStorage(folder=tmp_path / "near", floor_bytes=0)
    return replace(service, storage=S3Storage(bucket=Bucket(place, Patience(tries=1)), near=near))


def test_what_was_made_waits_for_a_bucket_that_is_away(
    far: Service, key: str, engine: EngineProcess, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    caller = far.caller(key, Scope.ADMIN)
    job = far.submit(caller, ASK)
    fault = proxy.add(lambda asked: asked.method == "PUT", before=answers(503, "SlowDown"), times=5)
    worker = Worker(far, runner=engine)
    worker._register()
    assert worker.run_one()
    done = far.job(caller, job.id)
    assert (done.state, done.attempt, fault.hits) == (State.SUCCEEDED, 1, 5)
    made = far.outputs(done)["video"]
    assert made.sha256 is not None
    far.storage.verify(made.sha256)
    assert "SlowDown" in caplog.text


def test_a_job_that_waits_for_a_bucket_can_be_cancelled(
    far: Service, key: str, engine: EngineProcess, proxy: Proxy
) -> None:
    caller = far.caller(key, Scope.ADMIN)
    job = far.submit(caller, ASK)
    fault = proxy.add(lambda asked: asked.method == "PUT", before=answers(503, "SlowDown"), times=10_000)
    worker = Worker(far, runner=engine)
    worker._register()

    def cancel() -> None:
        while fault.hits < 4:
            time.sleep(0.02)
        far.cancel(caller, job.id)

    thread = threading.Thread(target=cancel)
    thread.start()
    assert worker.run_one()
    thread.join()
    assert far.job(caller, job.id).state is State.CANCELLED
    with pytest.raises(StorageError, match="cannot be reached now"):
        far.submit(caller, ASK)


def test_what_a_bucket_says_is_for_the_operator(
    far: Service, key: str, engine: EngineProcess, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    caller = far.caller(key, Scope.ADMIN)
    job = far.submit(caller, ASK)
    proxy.add(lambda asked: asked.method == "PUT", before=answers(403, "AccessDenied"), times=10_000)
    worker = Worker(far, runner=engine)
    worker._register()
    assert worker.run_one()
    done = far.job(caller, job.id)
    assert (done.state, done.reason_code) == (State.FAILED, Reason.ENGINE_FAILED)
    assert done.reason == "a file could not be read or kept; the worker's log has it"
    assert "AccessDenied; let its key read" in caplog.text
