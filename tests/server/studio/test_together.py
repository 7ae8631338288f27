"""Several at once in one project, on both engines: nobody waits in a circle, nothing is counted twice or lost."""

import random
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from tests.server.jobs.queueing import ENGINES, finish, new_tenant, submission
from tests.server.jobs.queueing import take as take_job

from manazir.server.errors import ApiError
from manazir.server.store.database import Database
from manazir.server.store.tables import events, jobs, shots, takes
from manazir.server.studio import board
from manazir.server.studio.projects import Project, add_project, change_project, delete_project, find_project
from manazir.server.studio.shots import Shot, add_shots, change_shot, delete_shot, hold_shot, list_shots, move_shot
from manazir.server.studio.takes import Asked, Made, add_takes, put_job_away, takes_of_project, with_key

on_both = pytest.mark.parametrize("database", ENGINES, indirect=True)
WORDS = {"prompt": "a red ball"}


def begun(database: Database, tenant_id: str, shot_count: int = 4) -> tuple[Project, list[Shot]]:
    with database.transaction() as connection:
        project = add_project(connection, tenant_id, "A film", {})
        return project, add_shots(connection, project, [WORDS] * shot_count)


def ask(database: Database, tenant_id: str, shot_id: str, count: int = 2, key: str | None = None) -> list[Made]:
    asked = Asked(kind="draft", submissions=with_key([submission(tenant_id) for _ in range(count)], key, "h"))
    with database.transaction() as connection:
        project, shot = hold_shot(connection, tenant_id, shot_id)
        return add_takes(connection, project, [(shot, asked)])


def together(*works: Callable[[], None]) -> None:
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@on_both
def test_many_who_change_one_project_leave_it_whole(database: Database) -> None:
    tenant = new_tenant(database)
    project, first = begun(database, tenant)

    def ordering(rng: random.Random) -> None:
        for _ in range(6):
            with database.transaction() as connection:
                held, shot = hold_shot(connection, tenant, rng.choice(first).id)
                move_shot(connection, held, shot, rng.choice([None, *(one.id for one in first)]))
            with database.transaction() as connection:
                held = find_project(connection, tenant, project.id, is_for_change=True)
                (new,) = add_shots(connection, held, [WORDS])
            with database.transaction() as connection:
                delete_shot(connection, *hold_shot(connection, tenant, new.id))

    def taking(rng: random.Random) -> None:
        for _ in range(6):
            made = ask(database, tenant, rng.choice(first).id)
            with database.transaction() as connection:
                put_job_away(connection, tenant, made[0].job.id)

    def working() -> None:
        for _ in range(12):
            if (job := take_job(database)) is not None:
                finish(database, job)

    rngs = [random.Random(seed) for seed in range(4)]
    together(
        lambda: ordering(rngs[0]), lambda: ordering(rngs[1]), lambda: taking(rngs[2]), lambda: taking(rngs[3]), working
    )
    with database.reading() as connection:
        assert [shot.number for shot in list_shots(connection, project)] == [1, 2, 3, 4]
        made = takes_of_project(connection, project)
        told = select(events.c.sequence, events.c.created_at).where(events.c.tenant_id == tenant)
        assert connection.execute(select(func.count()).select_from(takes)).scalar() == 12
        assert connection.execute(select(func.sum(shots.c.takes_made))).scalar() == 24
        assert len(connection.execute(told).all()) > 100
    numbers = [(one.take.shot_id, one.take.number) for of_shot in made.values() for one in of_shot]
    assert len(set(numbers)) == 12


@on_both
def test_one_key_is_one_effect_however_many_send_it(database: Database) -> None:
    tenant = new_tenant(database)
    _, (shot, *_) = begun(database, tenant)
    found: list[tuple[str, ...]] = []
    together(*[lambda: found.append(tuple(one.take.id for one in ask(database, tenant, shot.id, 3, "key")))] * 5)
    assert len(set(found)) == 1
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(jobs)).scalar() == 3


@on_both
def test_of_two_who_change_the_same_the_second_is_told(database: Database) -> None:
    tenant = new_tenant(database)
    _, (shot, *_) = begun(database, tenant)
    outcomes: list[str] = []

    def change(words: str) -> None:
        try:
            with database.transaction() as connection:
                held, now = hold_shot(connection, tenant, shot.id)
                change_shot(connection, held, now, {"prompt": words}, version=1)
            outcomes.append("changed")
        except ApiError as error:
            outcomes.append(error.problem.name)

    together(*(lambda words=words: change(words) for words in ("a", "b", "c")))  # type: ignore[misc]
    assert sorted(outcomes) == ["CONFLICT", "CONFLICT", "changed"]


@on_both
def test_a_project_that_goes_while_its_jobs_are_made_leaves_none_behind(database: Database) -> None:
    tenant = new_tenant(database)
    project, first = begun(database, tenant)
    for shot in first:
        ask(database, tenant, shot.id, 4)
    with database.transaction() as connection:
        held = find_project(connection, tenant, project.id, is_for_change=True)
        change_project(connection, held, {"name": "Another"})
        place = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
        board.add_item(connection, held, {"kind": "shot", "shot_id": first[0].id, **place})

    def working() -> None:
        for _ in range(8):
            if (job := take_job(database)) is not None:
                finish(database, job)

    def deleting() -> None:
        with database.transaction() as connection:
            delete_project(connection, find_project(connection, tenant, project.id, is_for_change=True))

    together(working, working, deleting)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).where(jobs.c.deleted_at.is_(None))).scalar() == 0
        live = jobs.c.state.in_(["queued"])
        assert connection.execute(select(func.count()).where(live)).scalar() == 0
        for table in (takes, shots):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
