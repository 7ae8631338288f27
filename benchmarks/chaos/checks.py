"""What must hold at the end, whatever was killed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from chaos.killer import Struck
from manazir.core.errors import StorageError
from manazir.server.assets.storage import FolderStorage
from manazir.server.jobs.job import ENDED, State
from manazir.server.store.database import Database
from manazir.server.store.tables import assets, events, jobs, ledger

ROLES = {"image": {"image"}, "video": {"video", "thumbnail", "spritesheet"}}


def found_wrong(database: Database, storage: FolderStorage, accepted: Mapping[str, str]) -> tuple[list[str], Any]:
    """All that does not hold, in words; and what there was.

    Args:
        accepted: by Idempotency-Key, the ids that were answered.
    """
    with database.reading() as connection:
        rows = {row["id"]: row for row in connection.execute(select(jobs)).mappings()}
        told = connection.execute(select(events).order_by(events.c.sequence)).mappings().all()
        entries = connection.execute(select(ledger)).mappings().all()
        files = connection.execute(select(assets).where(assets.c.job_id.is_not(None))).mappings().all()
    wrong = [f"{key}: accepted as {id_}, and lost" for key, id_ in accepted.items() if id_ not in rows]
    wrong += [f"{id_}: two jobs of one key" for id_ in rows if id_ not in accepted.values()]
    for row in rows.values():
        wrong += _wrong_with(
            row,
            [one["type"].removeprefix("job.") for one in told if one["job_id"] == row["id"]],
            [(one["entry"], one["tries"]) for one in entries if one["job_id"] == row["id"]],
            [one for one in files if one["job_id"] == row["id"]],
        )
    wrong += _wrong_bytes(storage, {str(one["sha256"]) for one in files})
    wrong += _mixed_up(rows, files)
    reasons = Counter(f"{row['state']} {row['reason_code'] or ''}".strip() for row in rows.values())
    return wrong, {"jobs": len(rows), "ended": dict(reasons), "attempts": sum(row["attempt"] for row in rows.values())}


def _wrong_with(row: Any, told: list[str], entries: list[tuple[str, int]], files: list[Any]) -> list[str]:
    state, name = State(row["state"]), row["id"]
    wrong = []
    if state not in ENDED:
        wrong.append(f"{name}: not ended but {state} ({row['reason']})")
    if sum(one in ENDED for one in told) != 1 or told[-1] != state:
        wrong.append(f"{name}: {state}, and told as {told}")
    paid = [("charge", 1)] if state is State.SUCCEEDED else [("charge", 1), ("refund", 1)]
    if sorted(entries) != paid:
        wrong.append(f"{name}: {state}, and in the ledger {entries}")
    wanted = ROLES[row["kind"]] if state is State.SUCCEEDED else set()
    if len(files) != len(wanted) or {one["role"] for one in files} != wanted:
        wrong.append(f"{name}: {state}, with {[one['role'] for one in files]}")
    return wrong


def _wrong_bytes(storage: FolderStorage, named: Collection[str]) -> list[str]:
    wrong = []
    for sha256 in named:
        try:
            storage.verify(sha256)
        except StorageError as error:
            wrong.append(f"{sha256}: {error}")
    return wrong


def _mixed_up(rows: Mapping[str, Any], files: Sequence[Any]) -> list[str]:
    """The same canvas has the same bytes, whoever made it and however often it was begun; others have others."""
    by_canvas: dict[str, set[str]] = {}
    for one in files:
        if one["role"] in ("image", "video"):
            request = rows[one["job_id"]]["request"]
            by_canvas.setdefault(f"{request['kind']} {request['canvas']}", set()).add(one["sha256"])
    wrong = [f"{canvas} became {len(found)} different files" for canvas, found in by_canvas.items() if len(found) > 1]
    if len({sha256 for found in by_canvas.values() for sha256 in found}) < len(by_canvas):
        wrong.append("different canvases became the same file")
    return wrong


def left_behind(folder: Path) -> list[str]:
    """Files that nobody will need again."""
    return [str(path.relative_to(folder)) for path in folder.glob("tmp/manazir-worker-*/*")]


def waits(database: Database, struck: Sequence[Struck]) -> dict[str, dict[str, list[float]]]:
    """For each worker that was struck in the middle of a job, how many seconds later the job was free, and begun again.

    By what struck it, in order of length. A job that had ended by then was both.
    """
    found: dict[str, dict[str, list[float]]] = {}
    with database.reading() as connection:
        for one in struck:
            if one.job_id is None:
                continue
            of_it = (events.c.job_id == one.job_id) & (events.c.created_at >= one.at)
            asked = select(events.c.type, events.c.created_at).where(of_it).order_by(events.c.sequence)
            told = [(row.type, row.created_at - one.at) for row in connection.execute(asked)]
            begun = [seconds for type_, seconds in told if type_ != "job.queued"]
            if begun:
                mine = found.setdefault(one.kind, {"free": [], "begun again": []})
                mine["free"].append(told[0][1])
                mine["begun again"].append(begun[0])
    return {kind: {what: sorted(all_) for what, all_ in mine.items()} for kind, mine in sorted(found.items())}
