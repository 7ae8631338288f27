"""A service with its own store, keys of two tenants, an address, and a real worker.

`@pytest.mark.parametrize("database", ENGINES, indirect=True)` runs a test on both engines; others have SQLite.
"""

import secrets
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from tests.server.postgres import Postgres, temporary_folder
from tests.server.s3_server import BUCKET, NAME, SECRET, S3Server

from manazir.server.app import make_app
from manazir.server.assets.storage import FolderStorage
from manazir.server.keys import Scope, make_key
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.migrate import upgrade
from manazir.server.tenants import first_tenant, make_tenant
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

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


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A store with a bucket for all tests of this process, and its keys in the environment; not to be stopped."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {"AWS_ACCESS_KEY_ID": NAME, "AWS_SECRET_ACCESS_KEY": SECRET}.items():
            environment.setenv(name, value)
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
            environment.delenv(name, raising=False)
        made = S3Server(tmp_path_factory.mktemp("s3"))
        made.start()
        yield made
        made.stop()


@pytest.fixture
def s3_url(s3_server: S3Server) -> str:
    """A place in the bucket that nothing was put to yet."""
    return f"s3://{BUCKET}/{secrets.token_hex(8)}?endpoint={s3_server.endpoint}"


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of SQLite with its tables, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("tables") / "store.sqlite3"
    made = Database(f"sqlite:///{path}")
    upgrade(made)
    made.close()
    return path


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
        shutil.copy(request.getfixturevalue("tables"), tmp_path / "store.sqlite3")
        made = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
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


@pytest.fixture(scope="session")
def engine() -> Iterator[EngineProcess]:
    """One process for all: it imports torch once."""
    made = EngineProcess()
    yield made
    made.close(at_once=True)


@pytest.fixture
def work(service: Service, engine: EngineProcess) -> Callable[[], bool]:
    """Has a worker make the next job."""
    worker = Worker(service, runner=engine)
    worker._register()
    return worker.run_one


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """The whole service at an address of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(make_app(service), log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()
