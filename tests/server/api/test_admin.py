"""Keys, tenants, usage, workers, models: what an admin sees and changes, and what others may not."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from tests.server.api.talk import created, refusal

from manazir.core.canvas import Canvas
from manazir.server.api.asking import SettingsGiven
from manazir.server.api.canvas import CanvasGiven
from manazir.server.keys import Scope
from manazir.server.operator import Operator, Prices
from manazir.server.service import Service


def as_(client: TestClient, key: str) -> TestClient:
    return TestClient(client.app, base_url=client.base_url, headers={"Authorization": f"Bearer {key}"})


def test_a_key_is_made_shown_once_and_revoked(client: TestClient) -> None:
    made = client.post("/keys", json={"name": "gallery", "scopes": ["read"]}).json()
    reader = as_(client, made["key"])
    assert reader.get("/me").json()["scopes"] == ["read"]
    assert refusal(reader.post("/jobs", json={"canvas": {"prompt": "x"}}), 403)["code"] == "no_scope"
    listed = next(one for one in client.get("/keys").json()["items"] if one["id"] == made["id"])
    assert "key" not in listed
    assert made["key"].startswith(listed["prefix"])
    assert client.delete(f"/keys/{made['id']}").status_code == 204
    assert refusal(reader.get("/me"), 401)
    assert refusal(client.delete(f"/keys/{made['id']}"), 404)


def test_every_scope_that_there_is_can_be_given_and_told(client: TestClient) -> None:
    made = client.post("/keys", json={"name": "all", "scopes": [scope.value for scope in Scope]}).json()
    assert set(made["scopes"]) == set(as_(client, made["key"]).get("/me").json()["scopes"]) == set(Scope)
    only = client.post("/keys", json={"name": "numbers", "scopes": ["metrics"]}).json()
    assert refusal(as_(client, only["key"]).get("/jobs"), 403)


def test_settings_are_those_of_the_engine() -> None:
    from manazir.inference.engine import Settings
    from manazir.inference.sampler import SOLVERS
    from manazir.inference.wan.rules import GUIDANCE_RULES

    assert set(SettingsGiven.model_fields) - {"is_draft"} == {one.name for one in fields(Settings)}
    told = SettingsGiven.model_json_schema()["properties"]
    for name, all_ in {"solver": SOLVERS, "guidance_rule": GUIDANCE_RULES}.items():
        assert tuple(told[name]["anyOf"][0]["enum"]) == all_


def test_a_canvas_is_written_with_all_its_fields() -> None:
    assert set(CanvasGiven.model_fields) == {one.name for one in fields(Canvas)}


def test_a_tenant_is_made_limited_and_paused(client: TestClient, work: Callable[[], bool]) -> None:
    tenant = client.post("/tenants", json={"name": "agency", "max_queued": 1, "requests_per_minute": 20}).json()
    assert refusal(client.post("/tenants", json={"name": "agency"}), 409)["field"] == "name"
    key = client.post("/keys", json={"name": "k", "tenant_id": tenant["id"]}).json()
    assert client.get("/keys", params={"tenant_id": tenant["id"]}).json()["items"][0]["id"] == key["id"]
    member = as_(client, key["key"])
    created(member)
    full = member.post("/jobs", json={"canvas": {"prompt": "x"}})
    assert refusal(full, 429)["code"] == "queue_full"
    assert full.headers["retry-after"] == "10"
    assert client.post(f"/tenants/{tenant['id']}/pause").json()["is_paused"]
    assert not work()
    assert not client.post(f"/tenants/{tenant['id']}/resume").json()["is_paused"]
    assert work()
    changed = client.patch(f"/tenants/{tenant['id']}", json={"requests_per_minute": 5, "credits": 3.5}).json()
    assert (changed["requests_per_minute"], changed["credits"], changed["max_queued"]) == (5, 3.5, 1)
    answers = [member.get("/me") for _ in range(6)]  # those before may be a minute ago on a busy machine
    assert refusal(answers[-1], 429)["code"] == "rate_limited"
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[0].headers["x-ratelimit-limit"] == "5"


def test_credits_are_spent_come_back_and_run_out(client: TestClient, service: Service) -> None:
    me = client.get("/me").json()["tenant"]["id"]
    client.patch(f"/tenants/{me}", json={"credits": 5.0})
    object.__setattr__(service, "operator", Operator(prices={"*": Prices(second=2.0)}))
    body = {"canvas": {"prompt": "x", "duration_seconds": 2.0}}
    job = client.post("/jobs", json=body).json()
    assert job["cost"] == 4.0
    assert refusal(client.post("/jobs", json=body), 402)["code"] == "no_credits"
    estimate = client.post("/estimate", json=body).json()
    assert (estimate["is_possible"], estimate["cost"], estimate["credits_left"]) == (False, 4.0, 1.0)
    usage = client.get("/usage").json()
    today = datetime.now(UTC).date().isoformat()
    assert usage["days"] == [{"day": today, "credits": 4.0, "jobs": 1}]
    assert (usage["credits_spent"], usage["credits_left"], usage["jobs"]["queued"]) == (4.0, 1.0, 1)
    client.post(f"/jobs/{job['id']}/cancel")
    assert client.get("/usage").json()["credits_left"] == 5.0
    assert client.get("/usage", params={"since": "2020-01-01", "until": "2020-01-31"}).json()["days"] == []
    assert refusal(client.get("/usage", params={"since": "2020-02-01", "until": "2020-01-31"}), 422)["field"] == "since"


@pytest.mark.parametrize("path", ["/keys", "/tenants", "/workers"])
def test_only_an_admin_sees_who_else_is_there(other_client: TestClient, path: str) -> None:
    assert refusal(other_client.get(path), 403)["code"] == "no_scope"


def test_workers_are_listed(client: TestClient, work: Callable[[], bool]) -> None:
    (worker,) = client.get("/workers").json()["items"]
    assert (worker["job_id"], worker["device"]) == (None, "cpu")


def test_models_say_what_they_can(client: TestClient) -> None:
    told = {one["name"]: one for one in client.get("/models").json()["items"]}
    assert told["noor-nano"]["sizes"][0] == {"width": 32, "height": 32}
    assert not told["noor-nano"]["allows_resampling"]
    assert (told["sora-2"]["model"], told["sora-2"]["allows_resampling"]) == ("noor-nano", True)
    assert "first_frame" in told["noor-nano"]["honours"]
    assert client.get("/models/ray-3.2").json()["longest_seconds"] == 6.0
    assert refusal(client.get("/models/gpt"), 404)
