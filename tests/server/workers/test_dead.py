"""What dead workers had is given back at once, if it is certain that they are dead; whoever may live is left alone."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from tests.server.jobs.queueing import ENGINES, accept, finish, history, new_tenant, row, taken

from manazir.server.jobs.job import Job, Reason, State
from manazir.server.store.database import Database, now
from manazir.server.store.tables import workers
from manazir.server.workers import processes
from manazir.server.workers.dead import release_dead
from manazir.server.workers.processes import Process, is_gone, this_process, this_space

on_both = pytest.mark.parametrize("database", ENGINES, indirect=True)


def told_by(child: "subprocess.Popen[str]") -> Process:
    assert child.stdout is not None
    space, id_, began = child.stdout.readline().strip().rsplit("|", 2)
    return Process(space, int(id_), int(began))


@pytest.fixture
def child() -> Iterator["subprocess.Popen[str]"]:
    """A process that says which it is, and lives."""
    say = "from manazir.server.workers.processes import *; me = this_process(); "
    say += "print(me.space, me.id, me.began, sep='|', flush=True); input()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", say], stdin=pipe, stdout=pipe, text=True) as made:
        yield made
        made.kill()


def killed(child: "subprocess.Popen[str]") -> Process:
    process = told_by(child)
    child.kill()
    child.wait()
    return process


def at_work(database: Database, process: Process, *, seen_at: float = 1.0) -> Job:
    """A job that a worker with this process has."""
    told = {"id": "the worker", "host": "here", "device": "cpu", "started_at": 1.0, "process_id": process.id}
    with database.transaction() as connection:
        its = {"process_space": process.space, "process_began": process.began, "seen_at": seen_at}
        connection.execute(insert(workers).values(told | its))
    accept(database, new_tenant(database))
    job = taken(database, worker_id="the worker")
    with database.transaction() as connection:
        connection.execute(update(workers).values(seen_at=seen_at))
    return job


def test_a_process_is_known_from_all_others(child: "subprocess.Popen[str]") -> None:
    mine, other = this_process(), told_by(child)
    assert mine is not None
    assert (mine.id, mine.space) == (os.getpid(), other.space)
    assert not is_gone(mine)
    assert not is_gone(other)
    os.kill(other.id, signal.SIGSTOP)
    assert not is_gone(other)
    child.kill()
    os.waitid(os.P_PID, other.id, os.WEXITED | os.WNOWAIT)  # dead, and not buried
    assert is_gone(other)
    child.wait()
    assert is_gone(other)


def test_a_number_that_is_used_again_is_another_process() -> None:
    mine = this_process()
    assert mine is not None
    assert is_gone(replace(mine, began=mine.began - 1))


def test_a_process_that_nothing_can_be_read_of_may_live(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = this_process()
    assert mine is not None
    monkeypatch.setattr(processes, "PROC", tmp_path)
    assert not is_gone(replace(mine, began=mine.began - 1))
    assert this_process() is None
    (tmp_path / "self").symlink_to("1")  # of another namespace than the one whose numbers we are given
    assert this_space() is None


@on_both
def test_what_a_dead_worker_had_is_given_back_at_once(database: Database, child: "subprocess.Popen[str]") -> None:
    job = at_work(database, killed(child))
    assert release_dead(database) == 1
    told = row(database, job)
    assert (told["state"], told["reason_code"], told["losses"]) == (State.QUEUED, Reason.WORKER_LOST, 1)
    assert release_dead(database) == 0
    again = taken(database, worker_id="another")
    assert not finish(database, job)
    assert finish(database, again)
    assert history(database, job) == ["queued", "running", "queued", "running", "succeeded"]


@on_both
def test_a_number_that_another_process_has_by_now_is_no_life_sign(database: Database) -> None:
    mine = this_process()
    assert mine is not None
    job = at_work(database, replace(mine, began=mine.began - 1))
    assert release_dead(database) == 1
    assert row(database, job)["state"] == State.QUEUED


@on_both
@pytest.mark.parametrize("why", ["it lives", "of another host", "of another container", "it was heard of"])
def test_a_worker_that_may_live_is_left_alone(database: Database, child: "subprocess.Popen[str]", why: str) -> None:
    process = told_by(child) if why == "it lives" else killed(child)
    host, _, boot = process.space.partition(" ")
    if why == "of another host":
        process = replace(process, space=f"{host} 00000000-0000-0000-0000-000000000000 pid:[1] time:[2]")
    if why == "of another container":  # with the same name
        process = replace(process, space=f"{host} {boot.replace('pid:[', 'pid:[1')}")
    job = at_work(database, process)
    if why == "it was heard of":
        with database.transaction() as connection:
            connection.execute(update(workers).values(seen_at=now(connection)))
    assert release_dead(database) == 0
    assert row(database, job)["state"] == State.RUNNING
    assert finish(database, job)


@on_both
def test_a_worker_of_a_machine_that_tells_nothing_is_left_alone(
    database: Database, child: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job = at_work(database, killed(child))
    monkeypatch.setattr(processes, "PROC", tmp_path)
    assert release_dead(database) == 0
    assert row(database, job)["state"] == State.RUNNING
