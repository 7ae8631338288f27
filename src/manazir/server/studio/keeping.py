"""Files that projects use: they are kept for as long as that, however soon others of their kind would expire."""

import json
import re
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, select

from manazir.server.store.tables import assets, board_items, jobs, shots, takes

REFERENCE = re.compile(r'"(asset|job):([0-9a-fA-F-]{32,36})"')
AT_ONCE = 200


def used_by_projects(connection: Connection, tenant_ids: Collection[str]) -> set[str]:
    """Ids of files that some tenants' shots and boards show, that their takes made, or that these were made from."""
    found: set[str] = set()
    for asset_ids in connection.execute(select(shots.c.asset_ids).where(shots.c.tenant_id.in_(tenant_ids))).scalars():
        found |= set(asset_ids)
    shown = board_items.c.tenant_id.in_(tenant_ids) & board_items.c.asset_id.is_not(None)
    found |= set(connection.execute(select(board_items.c.asset_id).where(shown)).scalars())
    made = select(assets.c.id).join(takes, takes.c.id == assets.c.job_id).where(takes.c.tenant_id.in_(tenant_ids))
    found |= set(connection.execute(made).scalars())
    makers: set[str] = set()
    for kind, row_id in _references(connection, tenant_ids):
        (found if kind == "asset" else makers).add(row_id.lower())
    return found | set(connection.execute(select(assets.c.id).where(assets.c.job_id.in_(makers))).scalars())


def _references(connection: Connection, tenant_ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """What composers, requests of takes and what was drawn for them point to."""
    left = select(shots.c.composer).where(shots.c.tenant_id.in_(tenant_ids))
    asked = select(jobs.c.request).join(takes, takes.c.id == jobs.c.id).where(takes.c.tenant_id.in_(tenant_ids))
    drawn = select(takes.c.drawing).where(takes.c.tenant_id.in_(tenant_ids) & takes.c.drawing.is_not(None))
    for query in (left, asked, drawn):
        for told in connection.execute(query).scalars().yield_per(AT_ONCE):
            yield from REFERENCE.findall(json.dumps(told))
