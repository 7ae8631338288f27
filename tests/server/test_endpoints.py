"""Webhook endpoints in the record."""

import pytest

from manazir.server.endpoints import (
    MOST,
    Endpoint,
    add_endpoint,
    change_endpoint,
    find_endpoint,
    list_endpoints,
    rotate_secret,
)
from manazir.server.errors import ApiError
from manazir.server.store.database import Database
from manazir.server.store.tables import endpoints
from manazir.server.tenants import first_tenant, make_tenant


def add(database: Database, tenant_id: str) -> Endpoint:
    with database.transaction() as connection:
        return add_endpoint(
            connection, tenant_id, dialect="api", name="a", url="https://example.com/", types=["job.failed"]
        )


def test_an_endpoint_is_its_tenants_and_its_dialects(database: Database) -> None:
    with database.transaction() as connection:
        mine, others = first_tenant(connection).id, make_tenant(connection, "other").id
    one = add(database, mine)
    with database.reading() as connection:
        assert find_endpoint(connection, mine, one.id, dialect="api") == one
        assert list_endpoints(connection, others, dialect="api") == ([], False)
        for tenant, dialect in ((others, "api"), (mine, "sora")):
            with pytest.raises(ApiError):
                find_endpoint(connection, tenant, one.id, dialect=dialect)


def test_the_secret_is_not_shown_by_accident_and_is_new_each_time(database: Database) -> None:
    with database.transaction() as connection:
        mine = first_tenant(connection).id
    one = add(database, mine)
    assert one.secret not in repr(one)
    with database.transaction() as connection:
        assert rotate_secret(connection, one, keeps_old=False).secret != one.secret


def test_one_that_was_switched_off_is_tried_again_once_it_is_changed(database: Database) -> None:
    with database.transaction() as connection:
        mine = first_tenant(connection).id
    one = add(database, mine)
    with database.transaction() as connection:
        connection.execute(endpoints.update().values(disabled_at=1.0, disabled_reason="410"))
        assert change_endpoint(connection, one, {"url": "https://example.com/new"}).disabled_at is None


def test_there_are_only_so_many(database: Database) -> None:
    with database.transaction() as connection:
        mine = first_tenant(connection).id
    for _ in range(MOST):
        add(database, mine)
    with pytest.raises(ApiError, match=f"{MOST} webhook endpoints"):
        add(database, mine)
