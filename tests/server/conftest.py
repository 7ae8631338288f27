"""A service with its own store, and keys of two tenants.

`@pytest.mark.parametrize("database", ENGINES, indirect=True)` runs a test on both engines; others have SQLite.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.postgres import Postgres, temporary_folder

from manazir.server.assets.storage import FolderStorage
from manazir.server.keys import Scope, make_key
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.migrate import upgrade
from manazir.server.tenants import first_tenant, make_tenant

TEMPLATE = "tests_1"
"""The first database of a cluster has the tables, and others are copied from it."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A cluster for all tests of this process; not to be stopped."""
    made = Postgres(temporary_folder())
    made.prepare()
    made.start()
    with_tables = Database(made.new_database())
    upgrade(with_tables)
    with_tables.close()
    yield made
    made.stop(at_once=True)
    shutil.rmtree(made.folder)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store without tables."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    cluster: Postgres = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A store with tables, and nothing in them."""
    if getattr(request, "param", "sqlite") == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
        upgrade(made)
    else:
        cluster: Postgres = request.getfixturevalue("postgres")
        made = Database(cluster.new_database(TEMPLATE))
    yield made
    made.close()


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
