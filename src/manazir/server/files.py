"""Files of tenants: what they brought, and what their jobs made. The bytes lie in the storage, shared by hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.store.database import now, one_at_a_time
from manazir.server.store.ids import new_id
from manazir.server.store.tables import assets, tenants, uploads

MOST_PROMISED = 64
"""Files of a tenant that wait for their bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A row of `assets`; times are seconds since 1970."""

    id: str
    tenant_id: str
    job_id: str | None
    role: str
    state: str
    """`pending` until its bytes are there, then `ready`, or `failed`."""
    reason: str | None
    sha256: str | None
    size_bytes: int
    mime_type: str
    filename: str | None
    facts: Mapping[str, Any]
    """Width, height, frame_rate, duration_seconds: what of these it has."""
    wire: Mapping[str, Any]
    """What the dialect keeps to say again."""
    created_at: float
    expires_at: float | None
    deleted_at: float | None


def add_asset(
    connection: Connection,
    tenant_id: str,
    *,
    mime_type: str,
    size_bytes: int,
    sha256: str | None = None,
    role: str = "input",
    filename: str | None = None,
    facts: Mapping[str, Any] | None = None,
    wire: Mapping[str, Any] | None = None,
    lasts_seconds: float | None = None,
) -> Asset:
    """Write down a file that somebody brings: `ready` if its bytes are there (`sha256`), else `pending`.

    Raises:
        ApiError: the tenant may not store that much.
    """
    _check_quota(connection, tenant_id, size_bytes)
    time = now(connection)
    row = {"id": new_id(), "tenant_id": tenant_id, "role": role, "mime_type": mime_type, "size_bytes": size_bytes}
    row |= {"state": "pending" if sha256 is None else "ready", "sha256": sha256, "filename": filename}
    row |= {"facts": dict(facts or {}), "wire": dict(wire or {}), "created_at": time}
    row |= {"expires_at": None if lasts_seconds is None else time + lasts_seconds}
    connection.execute(insert(assets).values(row))
    return find_asset(connection, tenant_id, str(row["id"]))


def find_pending(connection: Connection, asset_id: str) -> Asset:
    """A file that waits for its bytes, whoever's it is: who has its signed address may send them.

    Raises:
        ApiError: there is none, or it does not wait any more.
    """
    there = (assets.c.id == asset_id) & assets.c.deleted_at.is_(None)
    row = connection.execute(select(assets).where(there)).mappings().one_or_none()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no file {asset_id}", reason="no_such_file")
    if row["state"] != "pending":
        raise ApiError(
            Problem.CONFLICT, "this file is not waiting for its bytes any more; make a new one", reason="no_such_upload"
        )
    return _asset(row)


def receive_bytes(connection: Connection, asset: Asset, sha256: str) -> None:
    """The bytes of a pending file came; what they are is not known yet.

    Raises:
        ApiError: it does not wait for them any more.
    """
    _from_pending(connection, asset, {"sha256": sha256})


def complete_asset(
    connection: Connection, asset: Asset, sha256: str, size_bytes: int, mime_type: str, facts: Mapping[str, Any]
) -> Asset:
    """The bytes of a pending file are there.

    Raises:
        ApiError: they were before, or it failed; or they are more than was said, and than the tenant may store.
    """
    grow_asset(connection, asset, size_bytes, size_bytes)
    values = {
        "state": "ready",
        "sha256": sha256,
        "size_bytes": size_bytes,
        "mime_type": mime_type,
        "facts": dict(facts),
    }
    _from_pending(connection, asset, values)
    return find_asset(connection, asset.tenant_id, asset.id)


def fail_asset(connection: Connection, asset: Asset, reason: str) -> Asset:
    """The bytes of a pending file are not what they should be."""
    _from_pending(connection, asset, {"state": "failed", "reason": reason})
    return find_asset(connection, asset.tenant_id, asset.id)


def find_asset(connection: Connection, tenant_id: str, asset_id: str) -> Asset:
    """A tenant's file.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    mine = (assets.c.id == asset_id) & (assets.c.tenant_id == tenant_id) & assets.c.deleted_at.is_(None)
    row = connection.execute(select(assets).where(mine)).mappings().one_or_none()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no file {asset_id}", reason="no_such_file")
    return _asset(row)


def facts_of(connection: Connection, tenant_id: str, asset_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """What is known of some of a tenant's files, by id; those that are not there, or somebody else's, are left out."""
    mine = assets.c.id.in_(asset_ids) & (assets.c.tenant_id == tenant_id) & assets.c.deleted_at.is_(None)
    return {row.id: row.facts for row in connection.execute(select(assets.c.id, assets.c.facts).where(mine))}


def assets_by_id(connection: Connection, tenant_id: str, asset_ids: Sequence[str]) -> dict[str, Asset]:
    """Some of a tenant's files, by id; those that are not there, or somebody else's, are left out."""
    mine = assets.c.id.in_(asset_ids) & (assets.c.tenant_id == tenant_id) & assets.c.deleted_at.is_(None)
    return {row["id"]: _asset(row) for row in connection.execute(select(assets).where(mine)).mappings()}


def outputs_of(connection: Connection, tenant_id: str, job_id: str) -> dict[str, Asset]:
    """What a job made, by role."""
    mine = (assets.c.job_id == job_id) & (assets.c.tenant_id == tenant_id) & assets.c.deleted_at.is_(None)
    return {row["role"]: _asset(row) for row in connection.execute(select(assets).where(mine)).mappings()}


def ends_of_outputs(connection: Connection, tenant_id: str, job_ids: Sequence[str]) -> dict[str, float]:
    """Until when what jobs made is kept, or was, by job; those whose outputs are kept are left out."""
    mine = assets.c.job_id.in_(job_ids) & (assets.c.tenant_id == tenant_id) & assets.c.expires_at.is_not(None)
    asked = select(assets.c.job_id, func.min(assets.c.expires_at)).where(mine).group_by(assets.c.job_id)
    return {row[0]: row[1] for row in connection.execute(asked)}


def outputs_of_all(connection: Connection, tenant_id: str, job_ids: Sequence[str]) -> dict[str, dict[str, Asset]]:
    """What several jobs made: by job, then by role."""
    mine = assets.c.job_id.in_(job_ids) & (assets.c.tenant_id == tenant_id) & assets.c.deleted_at.is_(None)
    found: dict[str, dict[str, Asset]] = {}
    for row in connection.execute(select(assets).where(mine)).mappings():
        found.setdefault(row["job_id"], {})[row["role"]] = _asset(row)
    return found


def stored_bytes(connection: Connection, tenant_id: str) -> int:
    """How much a tenant has stored, or may still send; what several files share counts for each."""
    mine = (assets.c.tenant_id == tenant_id) & assets.c.deleted_at.is_(None)
    mine &= (assets.c.state != "failed") | assets.c.sha256.is_not(None)
    return int(connection.execute(select(func.coalesce(func.sum(assets.c.size_bytes), 0)).where(mine)).scalar_one())


def list_assets(
    connection: Connection,
    tenant_id: str,
    *,
    roles: Sequence[str] = ("input",),
    states: Sequence[str] = (),
    after_id: str | None = None,
    limit: int = 25,
    is_oldest_first: bool = False,
    wire: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[Asset], bool]:
    """A tenant's files, newest first unless asked otherwise, and whether there are more.

    Args:
        after_id: the last one of the page before.
        wire: what a dialect has kept with them, by name.
    """
    mine = (assets.c.tenant_id == tenant_id) & assets.c.deleted_at.is_(None) & assets.c.role.in_(roles)
    if states:
        mine &= assets.c.state.in_(states)
    for name, value in wire.items():
        mine &= assets.c.wire[name].as_string() == value
    if after_id is not None:
        mine &= assets.c.id > after_id if is_oldest_first else assets.c.id < after_id
    order = assets.c.id.asc() if is_oldest_first else assets.c.id.desc()
    rows = connection.execute(select(assets).where(mine).order_by(order).limit(limit + 1)).mappings()
    found = [_asset(row) for row in rows]
    return found[:limit], len(found) > limit


def delete_asset(connection: Connection, tenant_id: str, asset_id: str) -> Asset:
    """Put a file away; its bytes go when no other file has the same.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    asset = find_asset(connection, tenant_id, asset_id)
    connection.execute(update(assets).where(assets.c.id == asset_id).values(deleted_at=now(connection)))
    return asset


def room_for(connection: Connection, tenant_id: str, least_bytes: int, most_bytes: int) -> int:
    """How many bytes more a tenant may store, up to so many.

    Raises:
        ApiError: they are fewer than the least.
    """
    most = connection.execute(select(tenants.c.max_stored_bytes).where(tenants.c.id == tenant_id)).scalar()
    if most is None:
        return most_bytes
    stored = stored_bytes(connection, tenant_id)
    if stored + least_bytes > most:
        raise ApiError(
            Problem.TOO_LARGE,
            f"{stored} of {most} bytes are used, and this has {least_bytes}; delete some files first",
            reason="storage_full",
            values={"stored": stored, "most": int(most)},
        )
    return min(most_bytes, int(most) - stored)


def promise_asset(connection: Connection, tenant_id: str, waits_seconds: float, **about: Any) -> Asset:
    """Write down a file whose bytes will come all at once, by a signed address; those that did not come are given up.

    Args:
        waits_seconds: how long such an address is good.
        about: see `add_asset`.

    Raises:
        ApiError: the tenant waits for too many already, or may not store that much.
    """
    add_up_alone(connection, tenant_id)
    in_parts = select(uploads.c.id).where(uploads.c.asset_id == assets.c.id).exists()
    mine = (assets.c.tenant_id == tenant_id) & (assets.c.state == "pending") & assets.c.deleted_at.is_(None) & ~in_parts
    late = mine & assets.c.sha256.is_(None) & (assets.c.created_at < now(connection) - waits_seconds)
    connection.execute(update(assets).where(late).values(state="failed", reason="its bytes did not come in time"))
    if len(connection.execute(select(assets.c.id).where(mine).limit(MOST_PROMISED)).all()) == MOST_PROMISED:
        why = f"{MOST_PROMISED} files wait for their bytes, or to be completed; complete or delete some of them first"
        raise ApiError(
            Problem.QUEUE_FULL, why, retry_after_seconds=60, reason="files_wait", values={"most": MOST_PROMISED}
        )
    return add_asset(connection, tenant_id, **about)


def add_up_alone(connection: Connection, tenant_id: str) -> None:
    """Let nobody else count a tenant's files, or add to them, until the transaction ends."""
    one_at_a_time(connection, f"files {tenant_id}")


def grow_asset(connection: Connection, asset: Asset, least_bytes: int, most_bytes: int) -> int:
    """Count a pending file as larger than it was said to be, by what the tenant may still store.

    Returns:
        How large it may now be: from the least to the most that was asked for.

    Raises:
        ApiError: the tenant may not store the least; or the file does not wait for its bytes any more.
    """
    add_up_alone(connection, asset.tenant_id)
    has = int(connection.execute(select(assets.c.size_bytes).where(assets.c.id == asset.id)).scalar_one())
    if least_bytes > has:
        has += room_for(connection, asset.tenant_id, least_bytes - has, most_bytes - has)
        _from_pending(connection, asset, {"size_bytes": has})
    return has


def _check_quota(connection: Connection, tenant_id: str, size_bytes: int) -> None:
    add_up_alone(connection, tenant_id)
    room_for(connection, tenant_id, size_bytes, size_bytes)


def _from_pending(connection: Connection, asset: Asset, values: Mapping[str, Any]) -> None:
    pending = (assets.c.id == asset.id) & (assets.c.state == "pending") & assets.c.deleted_at.is_(None)
    if connection.execute(update(assets).where(pending).values(**values)).rowcount != 1:
        raise ApiError(
            Problem.CONFLICT, "this file is not waiting for its bytes any more; make a new one", reason="no_such_upload"
        )


def _asset(row: RowMapping) -> Asset:
    return Asset(**{name: row[name] for name in Asset.__slots__})
