"""Anything in any order, against a model of a few lines: no illegal transition, no credit lost, at most one winner."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, event, func, select, update
from tests.server.jobs.queueing import ENGINES, submission

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import Output, end, requeue, succeed
from manazir.server.jobs.job import ENDED, NEXT, Job, Reason, State
from manazir.server.jobs.lease import MOST_LOSSES, Progress, beat, expire_waiting, give_back, take_back
from manazir.server.jobs.listing import ahead_of
from manazir.server.jobs.steering import cancel, find, hold, move, prioritise, put_away, retry
from manazir.server.jobs.submit import submit
from manazir.server.store.database import Database
from manazir.server.store.tables import assets, events, jobs, ledger, tenants
from manazir.server.tenants import Limits, change_tenant, make_tenant

MOST_QUEUED, MOST_RUNNING, CREDITS = 6, 3, 40.0
KEYS = st.sampled_from([None, None, "a", "b"])
COSTS = st.sampled_from([0.0, 1.0, 5.0])
TENANTS = st.integers(0, 1)


@dataclass
class Model:
    """What a job should be."""

    tenant_id: str
    cost: float
    state: State = State.QUEUED
    attempt: int = 0
    tries: int = 1
    losses: int = 0
    is_held: bool = False
    is_cancel_asked: bool = False
    is_given_up: bool = False
    """Whether its worker was lost, and may come back."""
    is_deleted: bool = False
    told: list[State] = field(default_factory=lambda: [State.QUEUED])

    def come_to(self, state: State) -> None:
        assert state in NEXT[self.state], f"{self.state} to {state}"
        self.state = state
        self.told.append(state)
        self.is_given_up = False
        if state in ENDED:
            self.is_held = False


class LifeCycle(RuleBasedStateMachine):
    """Two tenants, workers that live, die and come back, and people who change their minds."""

    jobs_ = Bundle("jobs")
    tokens = Bundle("tokens")

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.jobs: dict[str, Model] = {}
        self.keys: dict[tuple[str, str], str] = {}
        self.is_paused: dict[str, bool] = {}
        self.workers: dict[tuple[str, int], str] = {}
        self.tenants: list[str] = []

    @initialize()
    def begin(self) -> None:
        with self.database.transaction() as connection:
            for table in (events, ledger, assets, jobs, tenants):
                connection.execute(delete(table))
            limits = Limits(max_queued=MOST_QUEUED, max_running=MOST_RUNNING, credits=CREDITS)
            self.tenants = [make_tenant(connection, name, limits).id for name in ("one", "two")]
        self.is_paused = dict.fromkeys(self.tenants, False)

    def count(self, tenant: str, state: State) -> int:
        return sum(job.tenant_id == tenant and job.state is state for job in self.jobs.values())

    def credits(self, tenant: str) -> float:
        mine = [job for job in self.jobs.values() if job.tenant_id == tenant]
        return CREDITS - sum(job.cost for job in mine if job.state not in (State.FAILED, State.CANCELLED))

    def ask(self, what: Any, job_id: str, *more: Any, **how: Any) -> Job | Problem:
        """What a tenant asks; a refusal leaves all as it was."""
        try:
            with self.database.transaction() as connection:
                done: Job = what(connection, self.jobs[job_id].tenant_id, job_id, *more, **how)
                return done
        except ApiError as refused:
            return refused.problem

    # --- people

    @rule(target=jobs_, who=TENANTS, cost=COSTS, key=KEYS, priority=st.integers(-1, 1))
    def submit(self, who: int, cost: float, key: str | None, priority: int) -> Any:
        tenant = self.tenants[who]
        asked = submission(tenant, cost=cost, priority=priority, idempotency_key=key, body_hash="body")
        known = None if key is None else self.keys.get((tenant, key))
        is_full = self.count(tenant, State.QUEUED) >= MOST_QUEUED
        if known is None and (is_full or self.credits(tenant) < cost):
            with pytest.raises(ApiError) as refused, self.database.transaction() as connection:
                submit(connection, asked)
            assert refused.value.problem is (Problem.QUEUE_FULL if is_full else Problem.NO_CREDITS)
            return multiple()
        with self.database.transaction() as connection:
            job = submit(connection, asked)
        if known is not None:
            assert job.id == known
            return multiple()
        self.jobs[job.id] = Model(tenant, cost)
        if key is not None:
            self.keys[tenant, key] = job.id
        return job.id

    @rule(job_id=jobs_)
    def cancel(self, job_id: str) -> None:
        model, done = self.jobs[job_id], self.ask(cancel, job_id)
        if model.is_deleted:
            assert done is Problem.NOT_FOUND
        elif model.state is State.QUEUED:
            model.come_to(State.CANCELLED)
        elif model.state is State.RUNNING:
            model.is_cancel_asked = True

    @rule(job_id=jobs_)
    def delete(self, job_id: str) -> None:
        model = self.jobs[job_id]
        if self.ask(put_away, job_id) is Problem.NOT_FOUND:
            assert model.is_deleted
            return
        model.is_deleted = True
        self.keys = {key: kept for key, kept in self.keys.items() if kept != job_id}
        if model.state is State.QUEUED:
            model.come_to(State.CANCELLED)
        elif model.state is State.RUNNING:
            model.is_cancel_asked = True

    @rule(job_id=jobs_)
    def retry(self, job_id: str) -> None:
        model, done = self.jobs[job_id], self.ask(retry, job_id)
        if model.is_deleted:
            assert done is Problem.NOT_FOUND
        elif model.state not in (State.FAILED, State.CANCELLED):
            assert done is Problem.CONFLICT
        elif self.count(model.tenant_id, State.QUEUED) >= MOST_QUEUED:
            assert done is Problem.QUEUE_FULL
        elif self.credits(model.tenant_id) < model.cost:
            assert done is Problem.NO_CREDITS
        else:
            assert isinstance(done, Job)
            model.come_to(State.QUEUED)
            model.tries, model.attempt, model.losses = model.tries + 1, model.attempt + 1, 0
            model.is_cancel_asked = False

    @rule(job_id=jobs_, is_held=st.booleans())
    def hold(self, job_id: str, is_held: bool) -> None:
        if isinstance(self.ask(hold, job_id, is_held=is_held), Job):
            assert self.jobs[job_id].state is State.QUEUED
            self.jobs[job_id].is_held = is_held

    @rule(job_id=jobs_, priority=st.integers(-2, 2))
    def prioritise(self, job_id: str, priority: int) -> None:
        done = self.ask(prioritise, job_id, priority)
        assert isinstance(done, Job) == (self.jobs[job_id].state is State.QUEUED and not self.jobs[job_id].is_deleted)

    @rule(job_id=jobs_, before_id=jobs_)
    def move_before(self, job_id: str, before_id: str) -> None:
        done = self.ask(move, job_id, before_id)
        is_any_held = self.jobs[job_id].is_held or self.jobs[before_id].is_held
        if isinstance(done, Job) and job_id != before_id and not is_any_held:
            with self.database.reading() as connection:
                other = find(connection, done.tenant_id, before_id)
                assert other.priority == done.priority
                held_between = (jobs.c.position > done.position) & (jobs.c.position < other.position)
                same = (jobs.c.tenant_id == done.tenant_id) & (jobs.c.priority == done.priority)
                waits = same & (jobs.c.state == State.QUEUED) & held_between
                assert connection.execute(select(func.count()).where(waits)).scalar() == 0
                assert ahead_of(connection, other) == ahead_of(connection, done) + 1

    @rule(job_id=jobs_)
    def move_to_the_end(self, job_id: str) -> None:
        if isinstance(done := self.ask(move, job_id, None), Job):
            others = self.waiting(done.tenant_id)
            assert max((-one.priority, one.position) for one in others) == (-done.priority, done.position)

    @rule(who=TENANTS, is_paused=st.booleans())
    def pause(self, who: int, is_paused: bool) -> None:
        with self.database.transaction() as connection:
            change_tenant(connection, self.tenants[who], is_paused=is_paused)
        self.is_paused[self.tenants[who]] = is_paused

    # --- workers

    @rule(target=tokens)
    def claim(self) -> Any:
        free = [one for one in self.tenants if not self.is_paused[one]]
        free = [one for one in free if self.count(one, State.RUNNING) < MOST_RUNNING]
        waiting = [key for key, job in self.jobs.items() if job.state is State.QUEUED and not job.is_held]
        may = {key for key in waiting if self.jobs[key].tenant_id in free}
        before = {tenant: [one for one in self.waiting(tenant) if one.id in may] for tenant in free}
        with self.database.transaction() as connection:
            job = claim(connection, worker_id := f"worker {len(self.workers)}", 60.0)
        if job is None:
            assert not may
            return multiple()
        assert job.id in may
        first = min(before[job.tenant_id], key=lambda one: (-one.priority, one.position))
        assert job.id == first.id
        model = self.jobs[job.id]
        model.attempt += 1
        model.come_to(State.RUNNING)
        self.workers[job.id, job.attempt] = worker_id
        return job.id, job.attempt

    @rule(token=tokens)
    def beat(self, token: tuple[str, int]) -> None:
        model = self.jobs[token[0]]
        is_mine = model.attempt == token[1] and model.state is State.RUNNING
        comes_back = model.attempt == token[1] and model.is_given_up and not model.is_held
        with self.database.transaction() as connection:
            told = beat(connection, self.workers[token], *token, 60.0, Progress("making", 1, 3))
        assert told.is_mine == (is_mine or comes_back)
        if comes_back:
            model.come_to(State.RUNNING)
        assert told.is_cancel_asked == (told.is_mine and model.is_cancel_asked)

    @rule(token=tokens, state=st.sampled_from([State.SUCCEEDED, State.FAILED, State.CANCELLED]))
    def end(self, token: tuple[str, int], state: State) -> None:
        model, (job_id, attempt) = self.jobs[token[0]], token
        counts = model.attempt == attempt and model.state not in ENDED
        with self.database.transaction() as connection:
            if state is State.SUCCEEDED:
                film = Output(role="video", sha256="0" * 64, size_bytes=1, mime_type="video/mp4")
                assert succeed(connection, job_id, attempt, {}, [film]) == counts
            else:
                assert end(connection, job_id, attempt, state, Reason.ENGINE_FAILED, "it cannot") == counts
        if counts:
            model.come_to(state)

    @rule(token=tokens)
    def lose_the_engine(self, token: tuple[str, int]) -> None:
        model, (job_id, attempt) = self.jobs[token[0]], token
        counts = model.attempt == attempt and model.state is State.RUNNING
        with self.database.transaction() as connection:
            assert requeue(connection, job_id, attempt, Reason.ENGINE_LOST, "lost", crashes=1) == counts
        if counts:
            model.come_to(State.CANCELLED if model.is_cancel_asked else State.QUEUED)

    @rule(token=tokens)
    def jump_the_clock(self, token: tuple[str, int]) -> None:
        its = (jobs.c.id == token[0]) & (jobs.c.state == State.RUNNING)
        with self.database.transaction() as connection:
            connection.execute(update(jobs).where(its).values(lease_until=1.0, is_late=False))
            assert take_back(connection) == 0

    @rule(token=tokens, is_certain=st.booleans())
    def lose_the_worker(self, token: tuple[str, int], is_certain: bool) -> None:
        model = self.jobs[token[0]]
        is_lost = model.attempt == token[1] and model.state is State.RUNNING
        with self.database.transaction() as connection:
            if is_certain:
                give_back(connection, self.workers[token])
            else:
                its = (jobs.c.id == token[0]) & (jobs.c.attempt == token[1]) & (jobs.c.state == State.RUNNING)
                connection.execute(update(jobs).where(its).values(lease_until=1.0, is_late=True))
            assert take_back(connection) == is_lost
        if not is_lost:
            return
        model.losses += 1
        if model.is_cancel_asked:
            model.come_to(State.CANCELLED)
        elif model.losses >= MOST_LOSSES:
            model.come_to(State.FAILED)
        else:
            model.come_to(State.QUEUED)
            model.is_given_up = True

    @rule(job_id=jobs_)
    def wait_too_long(self, job_id: str) -> None:
        waits = (jobs.c.id == job_id) & (jobs.c.state == State.QUEUED)
        with self.database.transaction() as connection:
            is_late = connection.execute(update(jobs).where(waits).values(expires_at=1.0)).rowcount == 1
            assert expire_waiting(connection) == is_late
        if is_late:
            self.jobs[job_id].come_to(State.FAILED)

    # --- what holds all the time

    def waiting(self, tenant: str) -> list[Any]:
        mine = (jobs.c.tenant_id == tenant) & (jobs.c.state == State.QUEUED)
        with self.database.reading() as connection:
            return list(connection.execute(select(jobs.c.id, jobs.c.priority, jobs.c.position).where(mine)).all())

    @invariant()
    def all_jobs_are_as_they_should_be(self) -> None:
        if not self.tenants:
            return
        with self.database.reading() as connection:
            rows = {row["id"]: row for row in connection.execute(select(jobs)).mappings()}
            told = connection.execute(select(events.c.job_id, events.c.type).order_by(events.c.sequence)).all()
            films = dict(connection.execute(select(assets.c.job_id, func.count()).group_by(assets.c.job_id)).all())
        assert set(rows) == set(self.jobs)
        for job_id, model in self.jobs.items():
            row = rows[job_id]
            has = (row["state"], row["attempt"], row["tries"], bool(row["is_held"]), row["deleted_at"] is not None)
            assert has == (model.state, model.attempt, model.tries, model.is_held, model.is_deleted)
            assert [type_ for one, type_ in told if one == job_id] == [f"job.{state}" for state in model.told]
            assert films.get(job_id, 0) == (model.state is State.SUCCEEDED)
            assert (row["reason_code"] is None) == (row["reason"] is None)
            assert row["reason_code"] is None or model.state not in (State.SUCCEEDED, State.RUNNING)
            assert row["reason_code"] is not None or model.state not in (State.FAILED, State.CANCELLED)
        for tenant in self.tenants:
            assert len({one.position for one in self.waiting(tenant)}) == len(self.waiting(tenant))

    @invariant()
    def no_credit_is_lost_or_made(self) -> None:
        with self.database.reading() as connection:
            for row in connection.execute(select(tenants)).mappings():
                assert row["credits"] == self.credits(row["id"])
            entered = connection.execute(
                select(ledger.c.job_id, ledger.c.entry, func.count()).group_by(ledger.c.job_id, ledger.c.entry)
            ).all()
        counts = {(job_id, entry): count for job_id, entry, count in entered}
        for job_id, model in self.jobs.items():
            assert counts[job_id, "charge"] == model.tries
            kept = model.state not in (State.FAILED, State.CANCELLED)
            assert counts.get((job_id, "refund"), 0) == model.tries - kept


def run(database: Database, runs: int, steps: int) -> None:
    if database.is_sqlite:  # it is the order of things that is tried here, not the disk
        event.listen(database.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF"))
        database.engine.dispose()
    how = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: LifeCycle(database), settings=how)


@pytest.mark.parametrize("database", ENGINES, indirect=True)
def test_a_few_hundred_steps(database: Database):
    run(database, runs=12, steps=30)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("database", ENGINES, indirect=True)
def test_ten_thousand_steps(database: Database):
    run(database, runs=200, steps=50)
