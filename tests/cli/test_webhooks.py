"""`manazir webhooks …`: what an operator sees of messages, and does about them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert

from manazir.cli.main import main
from manazir.server.opening import open_service
from manazir.server.store.tables import deliveries
from manazir.server.tenants import first_tenant, make_tenant
from manazir.server.webhooks.outbox import Outcome, list_deliveries
from manazir.server.webhooks.signatures import callback_secret

ID = "0190163d-8694-739b-aea6-966c26f8ad91"


@pytest.fixture
def given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was given up."""
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    service = open_service()
    with service.database.transaction() as connection:
        row = {"id": ID, "tenant_id": first_tenant(connection).id, "job_id": ID, "event_sequence": 1, "dialect": "api"}
        row |= {"url": "https://me:hush@films.example/secret-path", "state": Outcome.GIVEN_UP, "attempt": 18}
        row |= {"next_at": 0.0, "created_at": 0.0, "last_error": "the receiver answered with status 500"}
        connection.execute(insert(deliveries).values(row))
    service.database.close()


def test_what_was_given_up_is_listed_without_secrets_of_its_url(
    given_up: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webhooks", "list", "--state", "given up"]) == 0
    told = capsys.readouterr().out
    assert ID in told
    assert "https://films.example  the receiver answered with status 500" in told
    assert "hush" not in told
    assert "secret-path" not in told
    assert main(["webhooks", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["url"] == "https://films.example"
    assert main(["webhooks", "list", "--state", "lost"]) == 2
    assert "have waiting, delivered, skipped, given up" in capsys.readouterr().err


def test_it_is_sent_again(given_up: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["webhooks", "replay", ID]) == 0
    assert capsys.readouterr().out == f"{ID} is sent again to https://films.example\n"
    with open_service().database.reading() as connection:
        assert list_deliveries(connection, None)[0][0].state == Outcome.WAITING
    assert main(["webhooks", "replay", "nothing"]) == 2


def test_the_secret_of_callbacks_is_each_tenants_own(given_up: None, capsys: pytest.CaptureFixture[str]) -> None:
    service = open_service()
    with service.database.transaction() as connection:
        agency = make_tenant(connection, "agency")
    assert main(["webhooks", "secret"]) == 0
    first = capsys.readouterr().out
    assert main(["webhooks", "secret", "--tenant", "agency"]) == 0
    assert capsys.readouterr().out.strip() == callback_secret(service.signer, agency.id) != first.strip()
