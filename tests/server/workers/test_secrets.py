"""Words that nobody but their owner may see are put wherever a request has room for them, and looked for everywhere."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from manazir.core.canvas import Canvas, Keyframe
from manazir.server.asks import Ask
from manazir.server.jobs.job import State
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

PROMPT, PASSWORD, TOKEN = "canary-of-a-prompt", "canary-of-a-password", "canary-of-a-token"
ASK = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt=PROMPT, seed=1), settings={"steps": 1})


def test_logs_and_reasons_have_neither_prompts_nor_secrets(
    service: Service,
    key: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
):
    caplog.set_level(logging.DEBUG, logger="manazir")
    caller = service.caller(key, Scope.GENERATE)
    image = f"http://me:{PASSWORD}@localhost:1/{TOKEN}?token={TOKEN}"
    beyond = replace(ASK, canvas=Canvas(prompt=PROMPT, keyframes=(Keyframe(image=image, at_seconds=0.0),)))
    broken = replace(ASK, settings={"steps": -1})
    asked = [service.submit(caller, ask) for ask in (ASK, beyond, broken)]
    worker = Worker(service, runner=EngineProcess())
    while worker.run_one():
        pass
    worker.runner.close(at_once=True)
    found = [service.job(caller, job.id) for job in asked]
    assert [job.state for job in found] == [State.SUCCEEDED, State.FAILED, State.FAILED]
    told = caplog.text + "".join(capfd.readouterr()) + "".join(job.reason or "" for job in found)
    assert asked[0].id in told
    for secret in (PROMPT, PASSWORD, TOKEN, key, key.rsplit("_", 1)[1]):
        assert secret not in told


def test_a_key_is_nowhere_in_the_store(service: Service, key: str, tmp_path: Path):
    service.submit(service.caller(key, Scope.GENERATE), ASK)
    service.database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PROMPT.encode() in kept
    assert key.encode() not in kept
    assert key.split("_", 2)[2].encode() not in kept


def test_what_only_the_owner_of_the_store_may_read(service: Service, tmp_path: Path):
    assert (tmp_path / "store.sqlite3").stat().st_mode & 0o077 == 0
