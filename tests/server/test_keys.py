"""Keys: shown once, stored hashed, ended at once."""

import pytest
from sqlalchemy import select

from manazir.core.errors import UnsupportedError
from manazir.server.errors import ApiError, Problem
from manazir.server.keys import Scope, find_caller, list_keys, make_key, revoke_key
from manazir.server.rates import Rates
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.tables import keys
from manazir.server.tenants import find_or_make_tenant, find_tenant, first_tenant, make_tenant


def test_a_key_opens_and_its_secret_is_nowhere(database: Database) -> None:
    with database.transaction() as connection:
        key, whole = make_key(connection, first_tenant(connection).id, "laptop", [Scope.GENERATE])
        caller = find_caller(connection, whole)
        assert caller is not None
        assert (caller.key_id, caller.tenant_name) == (key.id, "default")
        assert whole.startswith(key.prefix)
        stored = connection.execute(select(keys)).one()
    assert whole not in repr(stored)
    assert whole.split("_", 2)[2] not in repr(stored)


@pytest.mark.parametrize(
    "change", [lambda whole: whole[:-1], lambda whole: whole + "x", lambda _: "", lambda _: "a_b_c"]
)
def test_anything_else_opens_nothing(database: Database, change: object) -> None:
    assert callable(change)
    with database.transaction() as connection:
        _, whole = make_key(connection, first_tenant(connection).id, "laptop", [Scope.READ])
        assert find_caller(connection, change(whole)) is None


@pytest.mark.parametrize(("name", "scopes"), [(" ", [Scope.READ]), ("laptop", [])])
def test_a_key_has_a_name_and_something_that_it_may_do(database: Database, name: str, scopes: list[Scope]) -> None:
    with database.transaction() as connection, pytest.raises(UnsupportedError, match="a key without"):
        make_key(connection, first_tenant(connection).id, name, scopes)


def test_a_revoked_key_opens_nothing_any_more(database: Database) -> None:
    with database.transaction() as connection:
        key, whole = make_key(connection, first_tenant(connection).id, "laptop", [Scope.READ])
        revoke_key(connection, key.prefix)
        assert find_caller(connection, whole) is None
        with pytest.raises(UnsupportedError, match=r"no key .* that could be revoked"):
            revoke_key(connection, key.prefix)
        assert [one.revoked_at is not None for one in list_keys(connection)] == [True]


def test_a_key_does_what_its_scopes_say(service: Service) -> None:
    with service.database.transaction() as connection:
        _, whole = make_key(connection, first_tenant(connection).id, "gallery", [Scope.READ])
    assert service.caller(whole, Scope.READ).tenant_name == "default"
    with pytest.raises(ApiError, match="use one with the scope 'generate'") as refused:
        service.caller(whole, Scope.GENERATE)
    assert refused.value.problem is Problem.NO_SCOPE
    with service.database.transaction() as connection, pytest.raises(UnsupportedError, match="may do nothing"):
        make_key(connection, first_tenant(connection).id, "nothing", [])


def test_tenants_have_names_of_their_own(database: Database) -> None:
    with database.transaction() as connection:
        made = make_tenant(connection, "agency")
        assert find_or_make_tenant(connection, "agency") == made
        with pytest.raises(UnsupportedError, match="there is a tenant 'agency' already"):
            make_tenant(connection, "agency")
        with pytest.raises(UnsupportedError, match="there is no tenant 'x'; have agency"):
            find_tenant(connection, "x")


def test_one_request_too_many_is_told_when_to_come_again() -> None:
    rates = Rates()
    assert [rates.count("a", 3).remaining for _ in range(3)] == [2, 1, 0]
    with pytest.raises(ApiError, match="more than 3 requests in a minute") as refused:
        rates.count("a", 3)
    assert 1 <= (refused.value.retry_after_seconds or 0) <= 60
    assert rates.count("b", 3).remaining == 2


def test_it_is_known_when_a_key_was_used_last(service: Service, key: str) -> None:
    service.caller(key, Scope.READ)
    with service.database.reading() as connection:
        first = list_keys(connection)[0].last_used_at
    assert first is not None
    service.caller(key, Scope.READ)
    with service.database.reading() as connection:
        assert list_keys(connection)[0].last_used_at == first
