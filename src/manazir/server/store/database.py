"""A connection to the record: SQLite in the home unless MANAZIR_DATABASE_URL names a Postgres."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from manazir.core.errors import StoreError
from manazir.core.home import database_url, home

BUSY_SECONDS = 10
"""How long a writer of SQLite waits for another."""


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

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Lend a connection that may write. On SQLite one writer goes after the other.

        Raises:
            StoreError: the store cannot be reached or written; nothing of this transaction was kept.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
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
        except DBAPIError as error:
            if (told := _unavailable(error)) is None:
                raise
            raise told from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def now(connection: Connection) -> float:
    """The time, by the database's clock: workers' own may differ."""
    if connection.dialect.name == "sqlite":
        clock: Any = (func.julianday("now") - 2440587.5) * 86400.0
    else:
        clock = func.extract("epoch", func.clock_timestamp())
    return float(connection.execute(select(clock)).scalar_one())


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


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError("a store in memory would be lost; give sqlite:///PATH")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)  # it knows secrets of webhooks, and what everyone asked for
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("manazir_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _postgres(url: URL) -> Engine:
    try:
        return create_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=20, connect_args={"connect_timeout": BUSY_SECONDS}
        )
    except ModuleNotFoundError as error:
        told = "a store on Postgres needs its driver; install it with `pip install manazir[postgres]`"
        raise StoreError(told) from error


def _unavailable(error: DBAPIError) -> StoreError | None:
    """What a person should know of a store that cannot be reached; None: the statement itself was wrong."""
    told = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if error.connection_invalidated or isinstance(error, OperationalError):
        return StoreError(f"the store cannot be used now: {told}; nothing was changed, try again")
    return None


def check(database: Database) -> None:
    """Raise unless the store answers.

    Raises:
        StoreError: why it does not.
    """
    with database.reading() as connection:
        connection.execute(text("select 1"))
