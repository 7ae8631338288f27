"""Endpoints: made, changed, rotated, tested, and what was sent to them."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.server.api.talk import created, refusal

from manazir.server.service import Service
from manazir.server.store.tables import endpoints

URL = "https://example.com/hook"


def test_an_endpoint_hears_of_jobs_and_is_told_again(client: TestClient) -> None:
    made = client.post("/webhooks", json={"url": URL, "types": ["job.cancelled"]}).json()
    assert made["secret"].startswith("whsec_")
    path = f"/webhooks/{made['id']}"
    assert refusal(client.post(f"{path}/test"), 409)
    assert "secret" not in client.get(path).json()
    job = created(client)
    client.post(f"/jobs/{job['id']}/cancel")
    (delivery,) = client.get(f"{path}/deliveries").json()["items"]
    assert (delivery["job_id"], delivery["state"], delivery["attempt"]) == (job["id"], "waiting", 0)
    tested = client.post(f"{path}/test")
    assert (tested.status_code, tested.json()["event"]) == (202, delivery["event"])
    assert len(client.get(f"{path}/deliveries?state=waiting").json()["items"]) == 2
    assert client.get(f"{path}/deliveries?state=delivered").json()["items"] == []
    replayed = client.post(f"/webhooks/deliveries/{delivery['id']}/replay")
    assert (replayed.status_code, replayed.json()["state"]) == (202, "waiting")


def test_a_secret_is_changed_and_the_old_one_signs_for_a_day(client: TestClient, service: Service) -> None:
    made = client.post("/webhooks", json={"url": URL}).json()
    rotated = client.post(f"/webhooks/{made['id']}/rotate", json={}).json()
    with service.database.reading() as connection:
        row = connection.execute(select(endpoints)).mappings().one()
    assert (row["old_secret"], row["secret"]) == (made["secret"], rotated["secret"])
    assert made["secret"] != rotated["secret"]
    client.post(f"/webhooks/{made['id']}/rotate", json={"keeps_old": False})
    with service.database.reading() as connection:
        assert connection.execute(select(endpoints.c.old_secret)).scalar() is None


def test_an_endpoint_is_changed_switched_off_and_deleted(client: TestClient) -> None:
    path = f"/webhooks/{client.post('/webhooks', json={'url': URL}).json()['id']}"
    off = client.patch(path, json={"name": "films", "is_disabled": True}).json()
    assert (off["name"], off["is_disabled"], off["types"], off["url"]) == ("films", True, ["*"], URL)
    created(client)
    assert not client.patch(path, json={"is_disabled": False}).json()["is_disabled"]
    assert client.get("/webhooks").json()["items"][0]["name"] == "films"
    assert client.delete(path).status_code == 204
    assert refusal(client.get(path), 404)


@pytest.mark.parametrize("url", ["http://example.com/", "https://10.0.0.1/", "file:///etc/passwd", "https://[::1]/"])
def test_an_address_inside_is_refused(client: TestClient, url: str) -> None:
    assert refusal(client.post("/webhooks", json={"url": url}), 422)["field"] == "url"
