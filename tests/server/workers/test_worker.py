"""A worker with a real engine's process: jobs are made, fail with reasons, are cancelled, survive kills."""

import logging
import os
import queue
import resource
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, update
from tests.server.assets.test_full_disk import fill, needs_mount, small_disk

from manazir.core.canvas import Canvas, Keyframe
from manazir.core.errors import StorageError
from manazir.media.decode import read_clip, read_picture
from manazir.media.encode import write_picture
from manazir.server.asks import Ask
from manazir.server.assets.storage import FolderStorage
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.jobs.request import Kind
from manazir.server.jobs.why import Named
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.store.tables import events, jobs
from manazir.server.workers.engine_process import Able, EngineProcess, _read
from manazir.server.workers.worker import Worker

ASK = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt="a red ball", width=96, height=64, seed=1))


@pytest.fixture
def worker(service: Service, engine: EngineProcess) -> Worker:
    made = Worker(service, runner=engine)
    made._register()
    return made


@pytest.fixture
def caller(service: Service, key: str) -> Caller:
    return service.caller(key, Scope.ADMIN)


def until(service: Service, caller: Caller, job: Job, is_so: Callable[[Job], bool]) -> Job:
    for _ in range(600):
        job = service.job(caller, job.id)
        if is_so(job):
            return job
        time.sleep(0.05)
    raise AssertionError(f"the job stayed {job.state} ({job.reason})")


def test_an_engine_says_that_it_has_its_device_and_makes_jobs_afterwards(
    service: Service, caller: Caller, worker: Worker, engine: EngineProcess
) -> None:
    engine.check_device()
    assert engine.hear(120.0) == Able()
    job = service.submit(caller, ASK)
    assert worker.run_one()
    assert service.job(caller, job.id).state is State.SUCCEEDED


def test_a_job_is_made_and_delivered_in_exactly_the_size_asked(
    service: Service, caller: Caller, worker: Worker
) -> None:
    job = service.submit(caller, ASK)
    assert worker.run_one()
    job = service.job(caller, job.id)
    assert job.state is State.SUCCEEDED, job.reason
    assert job.take is not None
    assert (job.take["native_width"], job.take["width"], job.take["seed"]) == (64, 96, 1)
    made = service.outputs(job)
    assert set(made) == {"video", "thumbnail", "spritesheet"}
    assert made["video"].sha256 is not None
    clip = read_clip(service.storage.path(made["video"].sha256))
    assert (clip.width, clip.height) == (96, 64)
    assert made["video"].facts["duration_seconds"] == clip.duration_seconds == 1.0


def test_a_picture_is_one_frame(service: Service, caller: Caller, worker: Worker) -> None:
    job = service.submit(caller, replace(ASK, kind=Kind.IMAGE, image_format="jpeg"))
    assert worker.run_one()
    made = service.outputs(job)["image"]
    assert made.mime_type == "image/jpeg"
    assert made.sha256 is not None
    assert read_picture(service.storage.path(made.sha256)).shape == (64, 96, 3)


def test_a_url_that_may_not_be_fetched_fails_the_job_with_a_reason(
    service: Service, caller: Caller, worker: Worker
) -> None:
    canvas = Canvas(prompt="x", keyframes=(Keyframe(image="http://169.254.169.254/latest", at_seconds=0.0),))
    job = service.submit(caller, replace(ASK, canvas=canvas))
    assert worker.run_one()
    job = service.job(caller, job.id)
    assert (job.state, job.reason_code) == (State.FAILED, Reason.BAD_INPUT)
    assert "169.254.169.254" in (job.reason or "")
    assert job.reason_name == Named("fetch_refused")


def test_a_file_that_was_lost_is_told_as_one_and_by_name(
    service: Service, caller: Caller, worker: Worker, tmp_path: Path
) -> None:
    path = tmp_path / "picture.png"
    write_picture(np.zeros((16, 16, 3), np.uint8), path)
    picture = service.bring(caller, [path.read_bytes()])
    canvas = Canvas(prompt="x", keyframes=(Keyframe(image=f"asset:{picture.id}", at_seconds=0.0),))
    job = service.submit(caller, replace(ASK, canvas=canvas))
    service.storage.path(picture.sha256 or "").unlink()
    assert worker.run_one()
    job = service.job(caller, job.id)
    assert (job.state, job.reason_code, job.reason_name) == (State.FAILED, Reason.BAD_INPUT, Named("file_lost"))
    assert "upload it again" in (job.reason or "")
    with service.database.reading() as connection:
        told = connection.execute(select(events.c.data).where(events.c.type == "job.failed")).scalar_one()
    assert told["reason"] == job.reason, "those who listen hear the words alone"


def test_a_running_job_is_cancelled(service: Service, caller: Caller, worker: Worker) -> None:
    job = service.submit(
        caller, replace(ASK, canvas=Canvas(prompt="long", duration_seconds=6.0), settings={"steps": 200})
    )
    thread = threading.Thread(target=worker.run_one)
    thread.start()
    job = until(service, caller, job, lambda one: one.state is State.RUNNING and one.preview_hash is not None)
    assert 0 < job.progress < 1
    assert read_picture(service.storage.path(str(job.preview_hash))).shape == (32, 32, 3)
    service.cancel(caller, job.id)
    job = until(service, caller, job, lambda one: one.has_ended)
    thread.join()
    assert (job.state, job.reason_code) == (State.CANCELLED, Reason.CANCELLED)


def test_an_engine_that_is_killed_is_replaced_and_the_job_made_after_all(
    service: Service, caller: Caller, worker: Worker, engine: EngineProcess
) -> None:
    job = service.submit(
        caller, replace(ASK, canvas=Canvas(prompt="long", duration_seconds=6.0), settings={"steps": 8})
    )
    thread = threading.Thread(target=worker.run_one)
    thread.start()
    until(service, caller, job, lambda one: one.state is State.RUNNING and bool(one.steps_done))
    assert engine._process is not None
    os.kill(engine._process.pid, signal.SIGKILL)
    thread.join()
    assert service.job(caller, job.id).reason_code == Reason.ENGINE_LOST
    assert worker.run_one()
    done = service.job(caller, job.id)
    assert (done.state, done.attempt) == (State.SUCCEEDED, 2)


def test_upscaling_runs_no_model(service: Service, caller: Caller, worker: Worker, tmp_path: Path) -> None:
    first = service.submit(caller, ASK)
    assert worker.run_one()
    from manazir.core.canvas import Modification

    clip = Modification(clip=f"asset:{service.outputs(service.job(caller, first.id))['video'].id}")
    job = service.submit(
        caller, replace(ASK, kind=Kind.UPSCALE, canvas=Canvas(modification=clip, width=192, height=128))
    )
    assert worker.run_one()
    done = service.job(caller, job.id)
    assert done.state is State.SUCCEEDED, done.reason
    assert service.outputs(done)["video"].facts["width"] == 192


def test_a_job_that_needs_too_much_memory_fails_and_the_next_one_is_made(
    service: Service, caller: Caller, worker: Worker, engine: EngineProcess
) -> None:
    assert worker.run_one() is False
    small = service.submit(caller, ASK)
    assert worker.run_one()
    assert engine._process is not None
    first = engine._process.pid
    used = int(Path(f"/proc/{first}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(first, resource.RLIMIT_AS, (used + 200_000_000, used + 200_000_000))
    large = service.submit(
        caller, replace(ASK, canvas=Canvas(prompt="x", width=4096, height=4096, duration_seconds=6.0, seed=1))
    )
    after = service.submit(caller, ASK)
    assert worker.run_one()
    assert worker.run_one()
    failed = service.job(caller, large.id)
    assert (failed.state, failed.reason_code) == (State.FAILED, Reason.OUT_OF_MEMORY), failed.reason
    assert failed.reason_name == Named("no_memory")
    assert service.job(caller, small.id).state is State.SUCCEEDED
    assert service.job(caller, after.id).state is State.SUCCEEDED
    assert engine._process is not None
    assert engine._process.pid != first


def test_a_picture_is_changed_and_a_clip_keeps_its_size(
    service: Service, caller: Caller, worker: Worker, tmp_path: Path
) -> None:
    from manazir.core.canvas import Modification

    first = service.submit(caller, replace(ASK, kind=Kind.IMAGE))
    assert worker.run_one()
    second = service.submit(caller, ASK)
    assert worker.run_one()
    for source, kind, role in ((first, Kind.IMAGE, "image"), (second, Kind.VIDEO, "video")):
        asset = service.outputs(service.job(caller, source.id))[role]
        canvas = Canvas(prompt="blue", modification=Modification(clip=f"asset:{asset.id}", strength=0.5))
        job = service.submit(caller, replace(ASK, kind=kind, canvas=canvas))
        assert worker.run_one()
        done = service.job(caller, job.id)
        assert done.state is State.SUCCEEDED, done.reason
        made = service.outputs(done)[role]
        assert (made.facts["width"], made.facts["height"]) == (96, 64)


def test_a_keyframe_just_before_the_end_is_the_last_frame(service: Service, caller: Caller, worker: Worker) -> None:
    first = service.submit(caller, replace(ASK, kind=Kind.IMAGE))
    assert worker.run_one()
    image = service.outputs(service.job(caller, first.id))["image"]
    key = Keyframe(image=f"asset:{image.id}", at_seconds=0.99)
    job = service.submit(caller, replace(ASK, canvas=replace(ASK.canvas, duration_seconds=1.0, keyframes=(key,))))
    assert worker.run_one()
    assert service.job(caller, job.id).state is State.SUCCEEDED, service.job(caller, job.id).reason


@needs_mount
def test_a_full_disk_fails_the_job_by_name_and_the_next_is_made_when_there_is_room(
    service: Service, caller: Caller, worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the engine writes, with room for nothing, for a page, and so on."""
    found = []
    with small_disk(tmp_path / "disk", "size=2m") as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        for pages in (0, 1, 2, 6, 400):
            fill(disk / "filler", pages * 4096)
            job = service.submit(caller, ASK)
            worker.run_one()
            worker._scratch.close()
            found.append(service.job(caller, job.id))
            (disk / "filler").unlink()
        left = list(disk.iterdir())
    assert left == []
    codes = [job.reason_code for job in found]
    assert codes[:3] == [Reason.NO_SPACE] * 3
    assert codes[-1] is None
    assert set(codes) == {Reason.NO_SPACE, None}
    assert not any(str(tmp_path) in (job.reason or "") for job in found)


@needs_mount
def test_a_full_storage_fails_the_job_by_name_and_the_next_is_kept_when_there_is_room(
    service: Service, caller: Caller, engine: EngineProcess, tmp_path: Path
) -> None:
    """Where outputs are kept; jobs that are sent meanwhile are refused, and none is lost."""
    with small_disk(tmp_path / "disk", "size=2m") as disk:
        storage = FolderStorage(folder=disk / "storage", floor_bytes=40_000)
        service = replace(service, storage=storage)
        worker = Worker(service, runner=engine)
        jobs_ = [service.submit(caller, ASK) for _ in range(7)]
        for pages in (0, 1, 2, 4, 6, 8, 400):
            fill(disk / "filler", pages * 4096)
            if pages < 9:
                with pytest.raises(StorageError, match="free"):
                    service.submit(caller, ASK)
            assert worker.run_one()
            for kept in storage.iter_all():
                storage.verify(kept.blob.sha256)
            assert list(storage.folder.glob("drafts/*")) == []
            (disk / "filler").unlink()
        found = [service.job(caller, job.id) for job in jobs_]
    assert found[0].reason_code == Reason.NO_SPACE
    assert {job.reason_code for job in found} == {Reason.NO_SPACE, None}
    assert found[-1].state is State.SUCCEEDED


def test_words_that_are_no_utf8_fail_their_own_job_alone(service: Service, caller: Caller, worker: Worker) -> None:
    bad = service.submit(caller, replace(ASK, settings={"steps": float("nan")}))
    good = service.submit(caller, ASK)
    assert worker.run_one()
    assert worker.run_one()
    assert service.job(caller, bad.id).state is State.FAILED
    assert service.job(caller, good.id).state is State.SUCCEEDED


def test_a_row_that_cannot_be_read_ends_and_keeps_nobody_waiting(
    service: Service, caller: Caller, worker: Worker
) -> None:
    bad, good = service.submit(caller, ASK), service.submit(caller, ASK)
    with service.database.transaction() as connection:
        connection.execute(update(jobs).where(jobs.c.id == bad.id).values(request={"from": "another version"}))
    assert not worker.run_one()
    assert worker.run_one()
    assert service.job(caller, good.id).state is State.SUCCEEDED
    with service.database.transaction() as connection:
        row = connection.execute(jobs.select().where(jobs.c.id == bad.id)).mappings().one()
    assert (row["state"], row["reason_code"]) == (State.FAILED, Reason.UNSUPPORTED)


def test_an_engine_that_is_silent_for_too_long_is_taken_for_lost(
    service: Service, caller: Caller, engine: EngineProcess
) -> None:
    impatient = Worker(service, runner=engine, longest_silence_seconds=0.0)
    engine.warm()
    assert engine._process is not None
    os.kill(engine._process.pid, signal.SIGSTOP)
    canvas = Canvas(prompt="long", duration_seconds=6.0)
    job = service.submit(caller, replace(ASK, canvas=canvas, settings={"steps": 200}))
    assert impatient.run_one()
    assert service.job(caller, job.id).reason_code == Reason.ENGINE_LOST
    assert impatient.run_one()  # another engine, which says nothing while it starts
    ended = service.job(caller, job.id)
    assert (ended.state, ended.reason_code) == (State.FAILED, Reason.ENGINE_LOST)


def test_half_a_line_of_a_killed_engine_is_its_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b'{"step": [1, 2]}\n{"made": {"ta')
    os.close(writing)
    words: queue.Queue[dict[str, object] | None] = queue.Queue()
    _read(os.fdopen(reading), words)
    assert [words.get_nowait(), words.get_nowait()] == [{"step": [1, 2]}, None]


def test_a_worker_says_that_it_is_there_and_whose_jobs_it_takes(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(service, models=("noor-nano",))
    worker.stopping.set()
    with caplog.at_level(logging.INFO, "manazir.server.workers.worker"):
        worker.run()
    assert f"worker {worker.id} takes jobs for noor-nano" in caplog.text
