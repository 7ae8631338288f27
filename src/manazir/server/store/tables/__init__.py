"""The tables, for both engines. Times are seconds since 1970 by the database's clock; money is in credits.

Migrations (`store/migrations/`) make them; a test holds that they make these.
"""

from manazir.server.store.tables.access import facts, keys, sessions, tenants
from manazir.server.store.tables.columns import METADATA
from manazir.server.store.tables.files import assets, uploads
from manazir.server.store.tables.studio import board_items, projects, shots, takes
from manazir.server.store.tables.webhooks import deliveries, endpoints
from manazir.server.store.tables.work import events, jobs, ledger, workers

__all__ = [
    "METADATA",
    "assets",
    "board_items",
    "deliveries",
    "endpoints",
    "events",
    "facts",
    "jobs",
    "keys",
    "ledger",
    "projects",
    "sessions",
    "shots",
    "takes",
    "tenants",
    "uploads",
    "workers",
]
