"""The queue: what runs, then what waits as it is taken; an admin sees and steers everybody's."""

from typing import Any

from fastapi.testclient import TestClient
from tests.server.api.talk import created, refusal
from tests.server.api.test_projects import added, begun

from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import end
from manazir.server.jobs.job import Reason, State
from manazir.server.service import Service


def ids(client: TestClient, how: str = "") -> list[str]:
    return [item["job"]["id"] for item in client.get(f"/queue{how}").json()["items"]]


def take(client: TestClient, **shot: Any) -> dict[str, Any]:
    shot = added(client, begun(client, name="A film"), prompt="a red ball", **shot)
    made: dict[str, Any] = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft"}).json()["items"][0]
    return made


def test_it_has_what_runs_and_waits_in_order(client: TestClient, service: Service) -> None:
    first, second = created(client), take(client)
    third = created(client, priority=5)
    with service.database.transaction() as connection:
        running = claim(connection, "w", 60.0)
    assert running is not None
    assert running.id == third["id"]
    told = client.get("/queue").json()
    assert [item["job"]["id"] for item in told["items"]] == [third["id"], first["id"], second["id"]]
    assert [item["job"]["ahead"] for item in told["items"]] == [None, 0, 1]
    assert (told["running"], told["waiting"]) == (1, 2)
    assert [item["take"] for item in told["items"][:2]] == [None, None]
    shown = told["items"][2]["take"]
    assert (shown["project_name"], shown["shot_number"], shown["number"], shown["kind"]) == ("A film", 1, 1, "draft")
    client.post(f"/jobs/{second['id']}/move", json={"before": first["id"]})
    assert ids(client) == [third["id"], second["id"], first["id"]]
    assert ids(client, "?limit=1") == [third["id"]]
    assert client.get("/queue?limit=1").json()["waiting"] == 2
    client.post(f"/jobs/{second['id']}/cancel")
    assert ids(client) == [third["id"], first["id"]]


def test_an_admin_sees_and_steers_everybodys(client: TestClient, other_client: TestClient) -> None:
    mine, theirs, last = created(client), take(other_client), created(other_client)
    assert ids(client) == [mine["id"]]
    everybodys = client.get("/queue?all=true").json()
    assert {item["job"]["id"] for item in everybodys["items"]} == {mine["id"], theirs["id"], last["id"]}
    by_name = {item["tenant_name"]: item for item in everybodys["items"] if item["take"]}
    assert by_name["other"]["take"]["project_name"] == "A film"
    assert by_name["other"]["job"]["ahead"] == 0
    path = f"/jobs/{theirs['id']}"
    refusal(client.post(f"{path}/hold"), 404)
    assert client.post(f"{path}/hold?all=true").json()["is_held"]
    assert not client.post(f"{path}/release?all=true").json()["is_held"]
    assert client.patch(f"{path}?all=true", json={"priority": 3}).json()["priority"] == 3
    assert client.post(f"/jobs/{last['id']}/move?all=true", json={"before": theirs["id"]}).json()["ahead"] == 0
    refusal(client.post(f"{path}/move?all=true", json={"before": mine["id"]}), 404)
    assert client.post(f"{path}/cancel?all=true").json()["state"] == "cancelled"
    assert client.post(f"{path}/retry?all=true").json()["state"] == "queued"


def test_what_has_ended_says_of_which_shot_it_is(
    client: TestClient, other_client: TestClient, service: Service
) -> None:
    first, second, third = created(client), take(client), take(client)
    theirs, waiting = take(other_client), created(client)
    with service.database.transaction() as connection:
        failed = claim(connection, "w", 60.0)
        assert failed is not None
        assert end(connection, failed.id, failed.attempt, State.FAILED, Reason.NO_SPACE, "the disk is full")
    for job, whose in ((second, client), (third, client), (theirs, other_client)):
        whose.post(f"/jobs/{job['id']}/cancel")
    told = client.get("/queue/ended").json()
    assert [item["job"]["id"] for item in told["items"]] == [third["id"], second["id"], first["id"]]
    assert [(item["take"] or {}).get("project_name") for item in told["items"]] == ["A film", "A film", None]
    assert waiting["id"] not in [item["job"]["id"] for item in told["items"]]
    (only,) = client.get("/queue/ended?state=failed").json()["items"]
    assert (only["job"]["id"], only["job"]["reason"]["code"], only["take"]) == (first["id"], "no_space", None)
    page = client.get("/queue/ended?limit=2").json()
    rest = client.get(f"/queue/ended?limit=2&after={page['next']}").json()
    assert ([item["job"]["id"] for item in rest["items"]], rest["next"]) == ([first["id"]], None)
    everybodys = client.get("/queue/ended?all=true").json()["items"]
    assert {item["tenant_name"] for item in everybodys if item["job"]["id"] == theirs["id"]} == {"other"}
    assert len(everybodys) == 4
    refusal(other_client.get("/queue/ended?all=true"), 403)


def test_nobody_else_does(client: TestClient, other_client: TestClient) -> None:
    mine = created(client)
    refusal(other_client.get("/queue?all=true"), 403)
    for how in ("cancel", "hold", "release", "retry"):
        refusal(other_client.post(f"/jobs/{mine['id']}/{how}?all=true"), 403)
    assert client.get(f"/jobs/{mine['id']}").json()["state"] == "queued"
    assert ids(other_client) == []
