"""R14: whatever the OpenAPI allows or forbids, the API does as it says. R20: what is somebody else's is not there.

By default a few tries of each route, which are the same ones every time; `SCHEMA_SEED` has others, `-m slow` many more,
and the boundaries of each body, and of all that is in it, at each route that takes it.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from tests.server.api.talk import ROOT, created

from manazir.server.app import make_app
from manazir.server.service import Service
from manazir.server.store.tables import tenants

SEED = int(os.environ.get("SCHEMA_SEED", "14"))
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "2"))
MANY_EXAMPLES = 10
STREAM = "listen"
"""Has no end; `test_events.py` holds what it says."""
LOCKS_OUT = ["delete_key", "change_limits"]
"""What would keep the key of the others from being heard; they have a run to themselves."""
AS_ANOTHERS = {
    "estimate": "create_job",
    "estimate_takes": "create_takes",
    "estimate_takes_of_shots": "create_takes_of_shots",
}
"""Routes with the body of another, whose boundaries are gone through there."""
WHOLE_AT = "create_job"
FEW_FIELDS = {"CanvasGiven": ["prompt", "width"], "SettingsGiven": ["steps"]}
"""What bodies of many routes have in them: all its fields are gone through at `WHOLE_AT`, and these at the others."""
ANYBODYS_HEADERS = "in header - object with unexpected properties"
"""What is on the way to a server may add headers; HTTP has them ignored."""
REFUSED = ["401", "402", "403", "404", "409", "413", "422", "429"]
CONFIG: dict[str, Any] = {
    "seed": SEED,
    "workers": 1,
    "continue-on-failure": True,
    "checks": {
        # A canvas may contradict itself in ways that no schema tells; what is refused so names why.
        "positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSED]},
        "negative_data_rejection": {"expected-statuses": ["400", "405", "415", *REFUSED]},
    },
}


@schemathesis.serializer("application/offset+octet-stream")
def as_it_is(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def run(
    app: FastAPI, key: str, examples: int = EXAMPLES, *, only: list[str] | None = None, without: list[str] | None = None
) -> list[str]:
    """What was found, as schemathesis tells it."""
    headers = {"headers": {"Authorization": f"Bearer {key}"}}
    told: dict[str, Any] = CONFIG | headers | {"generation": {"max-examples": examples}}
    is_short = examples < MANY_EXAMPLES
    if is_short and only is None:  # with both, schemathesis takes all operations
        told["operations"] = [{"include-operation-id": [*AS_ANOTHERS], "phases": {"coverage": {"enabled": False}}}]
    config = SchemathesisConfig.from_dict(told)
    schema = schemathesis.openapi.from_asgi(f"{ROOT}/openapi.json", app, config=config)
    schema = schema.exclude(operation_id=[STREAM, *(without or [])])
    if is_short:
        _leave_few_fields(schema.raw_schema)
    if only is not None:
        schema = schema.include(operation_id=only)
        assert len(list(schema.get_all_operations())) == len(only)
    statuses: Counter[int] = Counter()
    found = [told for event in from_schema(schema).execute() for told in _found(event, statuses)]
    print(f"seed {SEED}: {sum(statuses.values())} requests", dict(sorted(statuses.items())))
    return found


def _leave_few_fields(spec: dict[str, Any]) -> None:
    shapes = spec["components"]["schemas"]
    for path in spec["paths"].values():
        for operation in path.values():
            if "requestBody" in operation and operation["operationId"] != WHOLE_AT:
                operation["requestBody"] = _with_few_fields(operation["requestBody"], shapes)


def _with_few_fields(part: Any, shapes: dict[str, Any]) -> Any:
    """A part of the schema with what it refers to in its place. What answers refer to stays as it is."""
    if isinstance(part, list):
        return [_with_few_fields(one, shapes) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" not in part:
        return {name: _with_few_fields(one, shapes) for name, one in part.items()}
    name = part["$ref"].rpartition("/")[2]
    shape = shapes[name]
    if name in FEW_FIELDS:
        shape = shape | {"properties": {field: shape["properties"][field] for field in FEW_FIELDS[name]}}
    return _with_few_fields(shape, shapes)


def _found(event: Any, statuses: Counter[int]) -> Iterator[str]:
    if isinstance(event, events.NonFatalError | events.FatalError):
        yield f"error: {getattr(event, 'value', event)}"
    if isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
        statuses.update(one.response.status_code for one in event.recorder.interactions.values() if one.response)
        for checks in event.recorder.checks.values():
            for check in checks:
                if check.status is Status.FAILURE and ANYBODYS_HEADERS not in str(check.failure_info):
                    yield f"{event.recorder.label}: {check.name}: {check.failure_info}"


@pytest.fixture
def app(service: Service) -> FastAPI:
    """With a tenant that may send as much as it can."""
    with service.database.transaction() as connection:
        connection.execute(tenants.update().values(requests_per_minute=2**31 - 1))
    return make_app(service)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(MANY_EXAMPLES, marks=pytest.mark.slow)])
def test_the_api_does_as_its_schema_says(key: str, app: FastAPI, examples: int) -> None:
    found = run(app, key, examples, without=LOCKS_OUT)
    assert not found, "\n\n".join(found)


def test_so_do_the_routes_that_may_lock_out(key: str, app: FastAPI) -> None:
    found = run(app, key, only=[*LOCKS_OUT, "create_key", "create_tenant"])
    assert not found, "\n\n".join(found)


def test_what_is_gone_through_at_another_route_is_the_same_body(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"].values()
    bodies = {route["operationId"]: route.get("requestBody") for path in paths for route in path.values()}
    for name, other in AS_ANOTHERS.items():
        assert bodies[name] == bodies[other] is not None


@pytest.fixture
def things(client: TestClient, picture_bytes: bytes) -> dict[str, str]:
    """One of each kind that a tenant has, by the beginning of its path."""
    job = created(client)
    webhook = client.post("/webhooks", json={"url": "https://example.com/"}).json()
    client.post(f"/jobs/{created(client)['id']}/cancel")
    delivery = client.get(f"/webhooks/{webhook['id']}/deliveries").json()["items"][0]
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "4"}
    project = client.post("/projects", json={"name": "mine"}).json()["id"]
    shot = client.post(f"/projects/{project}/shots", json={"prompt": "a red ball"}).json()["id"]
    take = client.post(f"/shots/{shot}/takes", json={"kind": "draft"}).json()["items"][0]["id"]
    return {
        "/jobs": job["id"],
        "/projects": project,
        "/shots": shot,
        "/takes": take,
        "/board": client.post(f"/projects/{project}/board", json=NOTE).json()["id"],
        "/assets": client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"],
        "/uploads": client.post("/uploads", headers=tus).json()["id"],
        "/webhooks": webhook["id"],
        "/webhooks/deliveries": delivery["id"],
        "/keys": client.get("/me").json()["key_id"],
        "/tenants": client.get("/me").json()["tenant"]["id"],
    }


NOTE = {"kind": "note", "text": "look", "x": 0.0, "y": 0.0, "width": 10.0, "height": 10.0}
DRAFTS = {"shots": [{"shot_id": "0190163d-8694-739b-aea6-966c26f8ad91", "kind": "draft"}]}
BODIES: dict[str, dict[str, Any]] = {
    "change_project": {"json": {"name": "mine now"}},
    "plan_project": {"json": {"text": "a ball"}},
    "create_shot": {"json": {"prompt": "a ball"}},
    "change_shot": {"json": {"prompt": "mine now"}},
    "move_shot": {"json": {"before": None}},
    "create_frame": {"json": {"at_seconds": 0.0}},
    "create_takes": {"json": {"kind": "draft"}},
    "estimate_takes": {"json": {"kind": "draft"}},
    "create_takes_of_shots": {"json": DRAFTS},
    "estimate_takes_of_shots": {"json": DRAFTS},
    "create_board_item": {"json": NOTE},
    "change_board_item": {"json": {"text": "mine now"}},
    "place_board_items": {"json": {"items": []}},
    "act_on_board": {"json": {"put": []}},
    "move_job": {"json": {"before": None}},
    "change_job": {"json": {"priority": 1}},
    "change_webhook": {"json": {"name": "mine now"}},
    "rotate_webhook": {"json": {}},
    "change_limits": {"json": {"weight": 2.0}},
    "send_part": {
        "content": b"none",
        "headers": {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    },
}
NOBODYS = {"/models/{name}"}
"""Named by all tenants alike."""
ADMINS = {"/keys", "/tenants"}
"""Whoever is no admin learns nothing there, whether it exists or not."""


def test_nobody_reaches_what_is_somebody_elses(
    client: TestClient, other_client: TestClient, things: dict[str, str]
) -> None:
    spec = client.get("/openapi.json").json()
    asked = 0
    for template, operations in spec["paths"].items():
        if "{" not in template or template in NOBODYS:
            continue
        begins = template.partition("/{")[0]
        for method, operation in operations.items():
            more = BODIES.get(operation["operationId"], {})
            assert ("requestBody" in operation) == bool(more), f"give {operation['operationId']} a body in BODIES"
            answers = [
                other_client.request(method, template.format(id=one), **more) for one in (things[begins], str(uuid4()))
            ]
            told = [answer.text.replace(things[begins], "ID") for answer in answers]
            assert {answer.status_code for answer in answers} == {403 if begins in ADMINS else 404}, template
            assert begins in ADMINS or things[begins] not in told[0]
            asked += 1
    assert asked >= 20
    assert client.get(f"/jobs/{things['/jobs']}").json()["state"] == "queued"
    assert client.get(f"/webhooks/{things['/webhooks']}").json()["name"] == "webhook"
    project = client.get(f"/projects/{things['/projects']}").json()
    assert (project["name"], len(project["shots"]), project["shots"][0]["prompt"]) == ("mine", 1, "a red ball")
    assert len(project["shots"][0]["takes"]) == 1


@pytest.mark.parametrize(
    "canvas",
    [
        {"extension": {"clip": "job:{/jobs}"}},
        {"keyframes": [{"image": "asset:{/assets}", "at_seconds": 0.0}]},
        {"sound": "asset:{/assets}"},
    ],
)
def test_nobody_starts_from_what_is_somebody_elses(
    other_client: TestClient, things: dict[str, str], canvas: dict[str, Any]
) -> None:
    text = json.dumps(canvas)
    for name, one in things.items():
        text = text.replace("{" + name + "}", one)
    body = {"canvas": json.loads(text)}
    assert other_client.post("/jobs", json=body).status_code == 404
    assert not other_client.post("/estimate", json=body).json()["is_possible"]


def test_nobody_sees_what_is_somebody_elses_in_lists_or_queues(
    client: TestClient, other_client: TestClient, things: dict[str, str]
) -> None:
    for path in ("/jobs", "/assets", "/webhooks"):
        assert other_client.get(path).json()["items"] == []
    mine = created(other_client)
    assert mine["ahead"] == 0
    assert other_client.post(f"/jobs/{mine['id']}/move", json={"before": things["/jobs"]}).status_code == 404
    assert other_client.get(f"/events?job={things['/jobs']}").status_code == 404
    usage = other_client.get("/usage").json()
    assert (usage["stored_bytes"], usage["jobs"]["queued"]) == (0, 1)
