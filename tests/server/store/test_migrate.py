"""Migrations make the tables of `store/tables/`, on both engines; a newer store is left alone."""

import threading

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, inspect, select, text

from manazir.core.errors import StoreError
from manazir.server.store.database import Database
from manazir.server.store.migrate import FOLDER, upgrade
from manazir.server.store.tables import METADATA, events, tenants
from manazir.server.tenants import first_tenant

both = pytest.mark.parametrize("empty_url", ["sqlite", "postgres"], indirect=True)


INDEXES = {
    "sqlite": "select name || ' ' || sql from sqlite_master where type = 'index' and sql is not null",
    "postgresql": "select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'alembic_version'",
}


def described(database: Database) -> dict[str, object]:
    """All that a store says of itself, but the order in which things were made."""
    told: dict[str, object] = {}
    look = inspect(database.engine)
    for name in look.get_table_names():
        if name == "alembic_version":
            continue
        columns = [{**column, "type": repr(column["type"])} for column in look.get_columns(name)]
        told[f"{name} columns"] = sorted(columns, key=lambda one: str(one["name"]))
        told[f"{name} key"] = look.get_pk_constraint(name)
        told[f"{name} checks"] = sorted(str(one["sqltext"]) for one in look.get_check_constraints(name))
        told[f"{name} unique"] = sorted(map(repr, look.get_unique_constraints(name)))
        told[f"{name} foreign"] = sorted(map(repr, look.get_foreign_keys(name)))
    with database.reading() as connection:
        indexes = connection.execute(text(INDEXES[connection.dialect.name])).scalars()
        told["indexes"] = sorted(" ".join(index.lower().split()) for index in indexes)
    return told


@both
def test_migrations_make_exactly_these_tables(empty_url: str):
    database = Database(empty_url)
    upgrade(database)
    migrated = described(database)
    with database.transaction() as connection:
        connection.execute(text("drop table alembic_version"))
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
    assert described(database) == migrated
    database.close()


@both
def test_a_store_that_is_up_to_date_is_left_as_it_is(empty_url: str):
    database = Database(empty_url)
    upgrade(database)
    with database.transaction() as connection:
        tenant = first_tenant(connection)
    upgrade(database)
    with database.reading() as connection:
        assert connection.execute(select(tenants.c.id)).scalars().all() == [tenant.id]
    database.close()


@both
def test_a_newer_store_is_refused_and_nothing_changed(empty_url: str):
    database = Database(empty_url)
    upgrade(database)
    with database.transaction() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(
        StoreError, match=r"newer Manazir: its tables are of version 9999, .* up to \d{4}\. Install the newer"
    ):
        upgrade(database)
    with database.reading() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalar() == "9999"
    database.close()


@both
def test_servers_that_start_at_once_make_the_tables_and_the_first_tenant_once(empty_url: str):
    together, errors = threading.Barrier(6), []

    def begin() -> None:
        database = Database(empty_url)
        together.wait()
        try:
            upgrade(database)
            with database.transaction() as connection:
                first_tenant(connection)
        except Exception as error:
            errors.append(error)
        database.close()

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def upgrade_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@both
def test_numbers_of_events_go_on_though_older_ones_were_forgotten(empty_url: str):
    database = Database(empty_url)
    upgrade_to(database, "0003")
    row = {"job_id": "j", "type": "job.queued", "data": {"kept": True}, "created_at": 1.0}
    with database.transaction() as connection:
        row["tenant_id"] = first_tenant(connection).id
        for _ in range(5):
            connection.execute(insert(events).values(row))
        connection.execute(events.delete().where(events.c.sequence.in_([1, 4, 5])))
    upgrade(database)
    with database.transaction() as connection:
        assert connection.execute(select(events.c.sequence, events.c.data)).all() == [
            (2, {"kept": True}),
            (3, {"kept": True}),
        ]
        row = row | {"job_id": None, "project_id": "p", "type": "project.changed"}
        assert connection.execute(insert(events).values(row).returning(events.c.sequence)).scalar() == 6
    database.close()
