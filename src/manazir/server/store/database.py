"""A connection to the record: SQLite in the home unless MANAZIR_DATABASE_URL names a Postgres."""

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from manazir.core.errors import StoreError
from manazir.core.home import database_url, home

LOG = logging.getLogger(__name__)
BUSY_SECONDS = 10
"""How long a writer waits for another."""
GONE_SECONDS = 15
"""How long Postgres lets a client be silent within a transaction: one that is stopped, or cut off, keeps its locks."""


class Database:
    """The record, by transactions: what one says is kept when it ends, or none of it is."""

    def __init__(self, url: str | None = None) -> None:
        """Connects to nothing yet.

        Args:
            url: `sqlite:///path` or `postgresql://…`; None: the operator's, else SQLite in the home.

        Raises:
            StoreError: no such engine, or its driver is not installed.
        """
        self.url = _parse(url or database_url() or f"sqlite:///{home() / 'manazir.sqlite3'}")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgres(self.url)
        self._writing = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Lend a connection that may write. On SQLite one writer goes after the other.

        Raises:
            StoreError: the store cannot be reached or written; nothing of this transaction was kept.
        """
        try:
            with self._turn(), self.engine.begin() as connection:
                yield connection
        except (DBAPIError, NoConnectionError) as error:
            if (told := _unavailable(error)) is None:
                raise
            raise told from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection that only reads, and waits for no writer.

        Raises:
            StoreError: the store cannot be reached.
        """
        try:
            with self.engine.connect() as connection:
                yield connection.execution_options(manazir_reads=True)
        except (DBAPIError, NoConnectionError) as error:
            if (told := _unavailable(error)) is None:
                raise
            raise told from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite, wait until no other thread writes: one waits for its turn, and does not play for it."""
        if not self.is_sqlite:
            yield
            return
        if not self._writing.acquire(timeout=BUSY_SECONDS):
            raise StoreError("the store is too busy now; try again")
        try:
            yield
        finally:
            self._writing.release()

    def check_reachable(self) -> None:
        """Connect once, for whoever set the address: to them it is told; to clients it never is.

        Raises:
            StoreError: Postgres cannot be used; names the setting, its value without the password, and why.
        """
        if self.is_sqlite:
            return
        try:
            with self.engine.connect():
                return
        except DBAPIError as error:
            why = str(error.orig).partition("\n")[0].strip()
            raise StoreError(
                f"MANAZIR_DATABASE_URL is {_shown(self.url)}, and Postgres cannot be used there: "
                f"{_without(self.url.password, why)}; start it, or set the variable to where it is"
            ) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def now(connection: Connection) -> float:
    """The time, by the database's clock: workers' own may differ. SQLite runs within us, and reads the same clock."""
    if connection.dialect.name == "sqlite":
        return time.time()  # SQLite's own word for it knows milliseconds only, and two jobs may share one
    return float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())


def one_at_a_time(connection: Connection, what: str) -> None:
    """Wait until nobody else does this, and keep others waiting until the transaction ends. On SQLite it is so anyway.

    Locks of Postgres are taken in one order, so that nobody waits in a circle: this one; a row of projects; rows of
    jobs; rows of tenants, by id if there are several; rows of workers.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def _parse(text_: str) -> URL:
    try:
        url = make_url(text_)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        told = "the address of the database is none; give sqlite:///PATH or postgresql://USER@HOST/NAME"
        raise StoreError(told) from error
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"no store on {backend}; give sqlite:///PATH or postgresql://USER@HOST/NAME")
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _shown(url: URL) -> str:
    """An address without what only its owner may know."""
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def _without(secret: object, text_: str) -> str:
    return text_.replace(str(secret), "***") if secret else text_


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError("a store in memory would be lost; give sqlite:///PATH")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)  # it knows secrets of webhooks, and what everyone asked for
    except OSError as error:
        told = f"the store {path} cannot be made: {error.strerror}; mend that, or set MANAZIR_HOME to another folder"
        raise StoreError(told) from error
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("manazir_reads", False):
        connection.exec_driver_sql("BEGIN")
        return
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("PRAGMA busy_timeout=0")
    until = time.monotonic() + BUSY_SECONDS
    try:
        while not _has_begun(raw) and time.monotonic() < until:
            time.sleep(random.uniform(0.0005, 0.003))
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    if not raw.in_transaction:
        raise StoreError("the store cannot be used now: it is kept locked by another program; try again")


def _has_begun(raw: Any) -> bool:
    """Try once to become the writer.

    SQLite itself would ask ever more seldom, ten times a second at last, and who asks less often than others may never
    get its turn.
    """
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise StoreError(f"the store cannot be used now: {error}; try again when that is mended") from error
        return False
    return True


def _postgres(url: URL) -> Engine:
    alive = {"keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 3}
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            isolation_level="READ COMMITTED",  # whatever is the server's own: who waited for a lock sees what is new
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            pool_timeout=BUSY_SECONDS,
            connect_args={"connect_timeout": BUSY_SECONDS} | alive,
        )
    except ModuleNotFoundError as error:
        told = "a store on Postgres needs its driver; install it with `pip install manazir[postgres]`"
        raise StoreError(told) from error
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set lock_timeout = '{BUSY_SECONDS}s'")
        cursor.execute(f"set idle_in_transaction_session_timeout = '{GONE_SECONDS}s'")
    connection.commit()


def _unavailable(error: DBAPIError | NoConnectionError) -> StoreError | None:
    """What anybody may know of a store that cannot be used; None: the statement itself was wrong.

    A driver's words may name hosts and users: they are logged, and not told.
    """
    if isinstance(error, NoConnectionError):
        return StoreError("the store is too busy now; try again")
    is_no_store = type(error) is DatabaseError  # SQLite's word for a file that is damaged, or something else
    if not (error.connection_invalidated or isinstance(error, OperationalError) or is_no_store):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return StoreError(f"the store cannot be used now: {error.orig}; try again when that is mended")
    LOG.warning("Postgres: %s", " ".join(str(error.orig).split()))
    return StoreError("the store cannot be used now: Postgres is away, or too busy; try again")


def check(database: Database) -> None:
    """Raise unless the store answers.

    Raises:
        StoreError: why it does not.
    """
    with database.reading() as connection:
        connection.execute(text("select 1"))
