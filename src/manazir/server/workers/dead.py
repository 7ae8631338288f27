"""Workers that certainly are dead: what they had goes to others at once, and no lease need run out.

A supervisor knows it of the workers that it started. When it dies with them, whoever comes next on the same machine
sees that their processes are gone. Of workers on other machines, or in other containers, nobody here knows anything.
"""

from sqlalchemy import Connection, select

from manazir.server.jobs.job import State, is_in
from manazir.server.jobs.lease import give_back, take_back
from manazir.server.store.database import Database, now
from manazir.server.store.tables import jobs, workers
from manazir.server.workers.processes import Process, is_gone, this_space

SILENT_SECONDS = 2.0
"""How long a worker must not have been heard of as well: copies of one virtual machine take themselves for the same."""


def release_dead(database: Database) -> int:
    """Give back what workers of this machine had that are dead. Returns how many they were.

    Raises:
        StoreError: the store is away.
    """
    space = this_space()
    if space is None:
        return 0
    with database.reading() as connection:
        dead = [worker_id for worker_id, process in _at_work(connection, space) if is_gone(process)]
    for worker_id in dead:
        release(database, worker_id)
    return len(dead)


def release(database: Database, worker_id: str) -> None:
    """Give back what a worker had that is known to be dead."""
    with database.transaction() as connection:
        give_back(connection, worker_id)
    with database.transaction() as connection:
        take_back(connection)


def _at_work(connection: Connection, space: str) -> list[tuple[str, Process]]:
    """Workers of a space that have jobs, and say nothing of it."""
    time = now(connection)
    is_heard = workers.c.seen_at.between(time - SILENT_SECONDS, time + SILENT_SECONDS)
    here = (workers.c.process_space == space) & ~is_heard
    told = select(workers.c.id, workers.c.process_id, workers.c.process_began).distinct()
    rows = connection.execute(told.join(jobs, jobs.c.worker_id == workers.c.id).where(here & is_in(State.RUNNING)))
    return [(row.id, Process(space, row.process_id, row.process_began)) for row in rows]
