"""Jobs of all kinds, one after the other, leave nothing behind (R26): no thread, no open file, no memory that grows."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification
from manazir.media.clip import Clip, Sound
from manazir.media.encode import write_clip, write_picture
from manazir.server.asks import Ask
from manazir.server.jobs.job import Job, State
from manazir.server.jobs.request import Kind
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

ASK = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt="a red ball", seed=1), settings={"steps": 1})
GROWTH = 0.01
"""Of the memory that is always taken, over the second half of a soak."""


SPARE_FILES = 4
"""Two more connections to the record, which a pool opens when two threads want one at once; it keeps them."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process has at a moment."""

    files: int
    threads: int
    memory_bytes: int

    @classmethod
    def by(cls, process_id: int) -> "Taken":
        process = psutil.Process(process_id)
        return cls(process.num_fds(), process.num_threads(), process.memory_info().rss)


@pytest.fixture
def engine(home: Path) -> Iterator[EngineProcess]:
    """One of its own: what others have left in theirs is not looked at."""
    made = EngineProcess()
    yield made
    made.close(at_once=True)


@pytest.fixture
def caller(service: Service, key: str) -> Caller:
    return service.caller(key, Scope.ADMIN)


@pytest.fixture
def mixed(service: Service, caller: Caller, tmp_path: Path) -> list[tuple[Ask, State]]:
    """A round of jobs, and how each ends."""
    frames = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    tone = np.sin(np.arange(16_000) / 20).astype(np.float32)[:, None]
    write_clip(Clip(frames, 8.0, Sound(tone, 16_000)), tmp_path / "film.mp4")
    write_picture(frames[0], tmp_path / "picture.png")
    film, picture = (
        f"asset:{service.bring(caller, [(tmp_path / name).read_bytes()]).id}" for name in ("film.mp4", "picture.png")
    )
    canvases = [
        ASK.canvas,
        replace(ASK.canvas, width=96, height=64, duration_seconds=0.5),
        replace(ASK.canvas, keyframes=(Keyframe(image=picture, at_seconds=0.0),), is_loop=True, duration_seconds=1.0),
        Canvas(extension=Extension(clip=film), duration_seconds=1.0, seed=1),
        Canvas(prompt="blue", modification=Modification(clip=film), seed=1),
        Canvas(sound_for=film, seed=1),
        Canvas(sound=film, seed=1),
        replace(ASK.canvas, duration_seconds=7.0),
    ]
    good = [replace(ASK, canvas=canvas) for canvas in canvases]
    larger = Canvas(modification=Modification(clip=film), width=64, height=64)
    good += [replace(ASK, kind=Kind.IMAGE), replace(ASK, kind=Kind.UPSCALE, canvas=larger, settings={})]
    nowhere = Canvas(prompt="x", keyframes=(Keyframe(image="http://localhost:9/x.png", at_seconds=0.0),))
    return [*((ask, State.SUCCEEDED) for ask in good), (replace(ASK, canvas=nowhere), State.FAILED)]


@pytest.mark.parametrize(
    "rounds", [2, pytest.param(18, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])], ids=["some", "200 jobs"]
)
def test_nothing_grows(
    service: Service, caller: Caller, engine: EngineProcess, mixed: list[tuple[Ask, State]], rounds: int
) -> None:
    worker = Worker(service, runner=engine)
    worker._register()

    def round_of_jobs() -> list[Taken]:
        for ask, state in mixed:
            job: Job = service.submit(caller, ask)
            assert worker.run_one()
            assert (done := service.job(caller, job.id)).state is state, done.reason
        assert engine._process is not None
        return [Taken.by(engine._process.pid), Taken.by(os.getpid())]

    first = round_of_jobs()
    assert engine._process is not None
    process_id = engine._process.pid
    every = [round_of_jobs() for _ in range(rounds)]
    assert engine._process.pid == process_id
    for whose, (before, after) in enumerate(zip(first, every[-1], strict=True)):
        assert after.files <= before.files + SPARE_FILES, "each file that was opened is closed"
        assert after.threads <= before.threads + (4 if whose else 0), "the worker's pool has four"
    if rounds > 10:
        _check_memory([of_engine.memory_bytes for of_engine, _ in every])


def _check_memory(by_round: list[int]) -> None:
    """What stays taken, of the second half: its first third beside its last."""
    late = by_round[len(by_round) // 2 :]
    few = len(late) // 3
    print("memory of the engine by rounds, in MB:", [round(taken / 1e6, 1) for taken in by_round])
    assert min(late[-few:]) <= min(late[:few]) * (1 + GROWTH)
