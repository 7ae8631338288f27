"""A service with its own store, and keys of two tenants."""

from pathlib import Path

import pytest

from manazir.server.assets.storage import FolderStorage
from manazir.server.keys import Scope, make_key
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.migrate import upgrade
from manazir.server.tenants import first_tenant, make_tenant


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty store on SQLite."""
    made = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    upgrade(made)
    return made


@pytest.fixture
def service(database: Database, home: Path, tmp_path: Path) -> Service:
    """A service with the tiny models of `home`, whose files may point to this machine's own servers."""
    storage = FolderStorage(folder=tmp_path / "storage", floor_bytes=0)
    return Service(database, Operator(allowed_hosts=("localhost",)), storage)


@pytest.fixture
def key(service: Service) -> str:
    """An admin's key."""
    with service.database.transaction() as connection:
        return make_key(connection, first_tenant(connection).id, "tests", [Scope.ADMIN])[1]


@pytest.fixture
def other_key(service: Service) -> str:
    """A key of another tenant."""
    with service.database.transaction() as connection:
        return make_key(connection, make_tenant(connection, "other").id, "tests", [Scope.GENERATE])[1]
