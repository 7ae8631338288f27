"""Projects and their shots: planned from briefs, changed by several at once, put in order, told to whoever listens."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.server.api.talk import refusal

from manazir.core.moves import MOVES
from manazir.director.framings import FRAMINGS
from manazir.server.api.studio.shapes.common import Framing, Move
from manazir.server.service import Service
from manazir.server.store.tables import events


def begun(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/projects", json={"name": "A film", **fields})
    assert answer.status_code == 201, answer.text
    project: dict[str, Any] = answer.json()
    return project


def added(client: TestClient, project: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = client.post(f"/projects/{project['id']}/shots", json=fields)
    assert answer.status_code == 201, answer.text
    shot: dict[str, Any] = answer.json()
    return shot


def order(client: TestClient, project: dict[str, Any]) -> list[str]:
    whole = client.get(f"/projects/{project['id']}").json()
    assert [shot["number"] for shot in whole["shots"]] == list(range(1, len(whole["shots"]) + 1))
    return [shot["title"] for shot in whole["shots"]]


def heard(service: Service, project: dict[str, Any]) -> list[tuple[str, str]]:
    with service.database.reading() as connection:
        mine = select(events.c.data).where(events.c.project_id == project["id"]).order_by(events.c.sequence)
        return [(data["what"], data["id"]) for data in connection.execute(mine).scalars()]


def test_shapes_name_what_the_director_knows() -> None:
    assert set(Framing.__args__) == set(FRAMINGS)
    assert Move.__args__ == MOVES


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_sample_is_there_with_its_shots(client: TestClient, language: str) -> None:
    project = begun(client, sample=language)
    assert project["brief"]["language"] == language
    assert (project["shot_count"], project["seconds"], project["chosen_count"]) == (5, 10.0, 0)
    assert [shot["state"] for shot in project["shots"]] == ["planned"] * 5
    assert all(shot["prompt"] and shot["duration_seconds"] == 2.0 for shot in project["shots"])
    assert project["shots"][2]["move"] == "still"
    assert project["cover_url"] is None


def test_a_brief_becomes_shots_after_those_that_are_there(client: TestClient) -> None:
    project = begun(client, brief={"text": "1. كرة حمراء ترتد، ثانيتان\n2. لقطة قريبة لمكعب"})
    assert (project["brief"]["language"], project["shots"]) == ("ar", [])
    planned = client.post(f"/projects/{project['id']}/plan", json={}).json()
    assert [(one["prompt"], one["framing"], one["duration_seconds"]) for one in planned["shots"]] == [
        ("كرة حمراء ترتد", None, 2.0),
        ("مكعب", "close", None),
    ]
    again = client.post(f"/projects/{project['id']}/plan", json={"text": "Wide shot of a ball. It stops."}).json()
    assert [one["prompt"] for one in again["shots"]][2:] == ["a ball", "It stops"]
    assert again["brief"] == {"text": "Wide shot of a ball. It stops.", "language": "en"}


def test_a_brief_that_says_nothing_changes_nothing(client: TestClient) -> None:
    project = begun(client, brief={"text": "a ball"})
    refused = refusal(client.post(f"/projects/{project['id']}/plan", json={"text": " \n— "}), 422)
    assert refused["field"] == "text"
    assert client.get(f"/projects/{project['id']}").json()["brief"]["text"] == "a ball"
    too_long = client.post(f"/projects/{project['id']}/plan", json={"text": "a" * 5000})
    assert refusal(too_long, 422)["field"] == "text"


def test_those_come_first_in_which_something_changed_last(client: TestClient) -> None:
    first, second, third = (begun(client, name=name) for name in ("first", "second", "third"))
    added(client, first, title="a")
    names = [one["name"] for one in client.get("/projects").json()["items"]]
    assert names == ["first", "third", "second"]
    page = client.get("/projects?limit=2").json()
    assert [one["name"] for one in page["items"]] == ["first", "third"]
    rest = client.get(f"/projects?after={page['next']}").json()
    assert ([one["name"] for one in rest["items"]], rest["next"]) == (["second"], None)
    client.delete(f"/projects/{page['next']}")
    assert refusal(client.get(f"/projects?after={page['next']}"), 422)["field"] == "after"
    assert {second["id"], third["id"]} > {page["next"]} - {first["id"]}


def test_a_project_is_changed_as_far_as_is_said(client: TestClient, service: Service) -> None:
    project = begun(client, width=224, height=128, model="noor-nano")
    path = f"/projects/{project['id']}"
    changed = client.patch(path, json={"name": "Another", "model": None}).json()
    assert (changed["name"], changed["model"], changed["width"], changed["version"]) == ("Another", None, 224, 2)
    same = client.patch(path, json={"name": "Another"}).json()
    assert (same["version"], same["updated_at"]) == (2, changed["updated_at"])
    assert client.patch(path, json={"width": None, "height": None}).json()["width"] is None
    assert refusal(client.patch(path, json={"width": 128}), 422)["field"] == "height"
    assert refusal(client.patch(path, json={"model": "ray-99"}), 422)["field"] == "model"
    assert client.patch(path, json={"name": None, "brief": None}).json()["version"] == 3
    assert heard(service, project) == [("project", project["id"])] * 3


def test_shots_are_put_in_order(client: TestClient) -> None:
    project = begun(client)
    a, b = added(client, project, title="a"), added(client, project, title="b")
    added(client, project, title="c", before=a["id"])
    assert order(client, project) == ["c", "a", "b"]
    moved = client.post(f"/shots/{b['id']}/move", json={"before": a["id"]}).json()
    assert (moved["number"], order(client, project)) == (2, ["c", "b", "a"])
    client.post(f"/shots/{b['id']}/move", json={"before": None})
    client.post(f"/shots/{a['id']}/move", json={"before": a["id"]})
    assert order(client, project) == ["c", "a", "b"]
    assert client.delete(f"/shots/{a['id']}").status_code == 204
    assert order(client, project) == ["c", "b"]
    elsewhere = added(client, begun(client), title="elsewhere")
    for path, body in ((f"/shots/{b['id']}/move", {}), (f"/projects/{project['id']}/shots", {"title": "d"})):
        assert refusal(client.post(path, json=body | {"before": elsewhere["id"]}), 404)["field"] == "before"


def test_a_shot_is_changed_as_far_as_is_said(client: TestClient, picture_bytes: bytes, service: Service) -> None:
    project = begun(client)
    shot = added(client, project, prompt="a red ball", framing="wide", move="pan_left", line="hello")
    picture = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"]
    composer = {"canvas": {"keyframes": [{"image": f"asset:{picture}", "at_seconds": 0.5}]}, "settings": {"steps": 4}}
    composer["drawing"] = {
        "at_seconds": 0.5,
        "marks": [{"kind": "arrow", "points": [[0, 0.5], [1, 1]], "colour": "#fc0", "width": 4}],
    }
    change = {"framing": None, "references": [picture.upper(), picture], "composer": composer, "line": None}
    changed = client.patch(f"/shots/{shot['id']}", json=change).json()
    assert (changed["prompt"], changed["framing"], changed["move"], changed["line"]) == (
        "a red ball",
        None,
        "pan_left",
        "",
    )
    assert changed["references"] == [picture]
    assert changed["composer"]["canvas"]["keyframes"] == composer["canvas"]["keyframes"]
    assert changed["composer"]["drawing"]["marks"][0]["points"] == [[0, 0.5], [1, 1]]
    assert changed["composer"]["settings"]["steps"] == 4
    assert changed["version"] == 2
    assert client.patch(f"/shots/{shot['id']}", json={"composer": composer}).json()["version"] == 2
    assert client.patch(f"/shots/{shot['id']}", json={"composer": None}).json()["composer"] is None
    assert heard(service, project)[1:] == [("shots", shot["id"])] * 3


def test_two_tabs_do_not_overwrite_each_other(client: TestClient) -> None:
    shot = added(client, begun(client), prompt="a ball")
    path = f"/shots/{shot['id']}"
    assert client.patch(path, json={"prompt": "a red ball", "version": 1}).json()["version"] == 2
    refused = refusal(client.patch(path, json={"prompt": "a blue ball", "notes": "x", "version": 1}), 409)
    assert refused["code"] == "conflict"
    assert refused["field"] == "prompt,notes"
    assert "version 2" in refused["message"]
    assert client.patch(path, json={"prompt": "a red ball", "version": 1}).json()["version"] == 2
    assert client.patch(path, json={"prompt": "a blue ball"}).json()["version"] == 3


OUTSIDE = {"kind": "pen", "points": [[2, 0]], "colour": "red", "width": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("framing", "huge"),
        ("move", "zoom"),
        ("duration_seconds", 0),
        ("duration_seconds", 601),
        ("prompt", "a" * 4001),
        ("title", "two\nlines"),
        ("references", ["0190163d-8694-739b-aea6-966c26f8ad91"]),
        ("references", ["nonsense"]),
        ("chosen_take_id", "0190163d-8694-739b-aea6-966c26f8ad91"),
        ("composer", {"canvas": {"width": 3}}),
        ("composer", {"canvas": {"actions": ["right" * 8] * 2000}}),
        (
            "composer",
            {"drawing": {"at_seconds": 0, "marks": [{"kind": "pen", "points": [[2, 0]], "colour": "", "width": 1}]}},
        ),
        ("unknown", 1),
    ],
)
def test_what_no_shot_can_be_is_refused_by_name(client: TestClient, field: str, value: Any) -> None:
    shot = added(client, begun(client), prompt="a ball")
    answer = client.patch(f"/shots/{shot['id']}", json={field: value})
    assert answer.status_code in (404, 422)
    assert answer.json()["error"]["field"].startswith(field)
    assert client.get(f"/shots/{shot['id']}").json()["version"] == 1


def test_projects_are_found_by_their_names_page_by_page(client: TestClient, other_client: TestClient) -> None:
    names = ["Rain 100%", "RAIN on glass", "مطر على الزجاج", "Sun", "the rain"]
    made = {name: begun(client, name=name) for name in names}
    begun(other_client, name="their rain")
    added(client, made["Rain 100%"])  # the newest change comes first

    def found(named: str) -> list[str]:
        told, after = [], ""
        while True:
            page = client.get(f"/projects?limit=2{after}", params={"named": named}).json()
            told += [project["name"] for project in page["items"]]
            if page["next"] is None:
                return told
            after = f"&after={page['next']}"

    assert found("") == ["Rain 100%", "the rain", "Sun", "مطر على الزجاج", "RAIN on glass"]
    assert found(" rain ") == ["Rain 100%", "the rain", "RAIN on glass"]
    assert found("مطر") == ["مطر على الزجاج"]
    assert found("100%") == ["Rain 100%"]
    assert found("_") == []


def test_a_project_goes_with_all_that_is_in_it(client: TestClient, service: Service) -> None:
    project = begun(client, sample="en")
    shot = project["shots"][0]
    take = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft"}).json()["items"][0]
    client.post(
        f"/projects/{project['id']}/board",
        json={"kind": "shot", "shot_id": shot["id"], "x": 0, "y": 0, "width": 1, "height": 1},
    )
    assert client.delete(f"/projects/{project['id']}").status_code == 204
    for path in (f"/projects/{project['id']}", f"/shots/{shot['id']}", f"/takes/{take['id']}", f"/jobs/{take['id']}"):
        refusal(client.get(path), 404)
    assert client.get("/queue").json() == {"items": [], "running": 0, "waiting": 0}
    assert heard(service, project)[-1] == ("project", project["id"])


def test_what_failed_in_an_archived_project_is_tried_again_once_it_is_back(client: TestClient) -> None:
    project = begun(client)
    shot = added(client, project, prompt="a ball")
    take = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft"}).json()["items"][0]
    retry = f"/jobs/{take['id']}/retry"
    assert client.post(f"/jobs/{take['id']}/cancel").json()["state"] == "cancelled"
    client.patch(f"/projects/{project['id']}", json={"is_archived": True})
    for whose in ("", "?all=true"):
        assert refusal(client.post(f"{retry}{whose}"), 409)["reason"] == "project_is_archived"
    assert client.get(f"/jobs/{take['id']}").json()["state"] == "cancelled"
    client.patch(f"/projects/{project['id']}", json={"is_archived": False})
    assert client.post(retry).json()["state"] == "queued"
    assert refusal(client.post(retry), 409)["reason"] == "not_to_retry"


def test_an_archived_project_is_found_by_a_filter_read_and_brought_back_and_not_changed(
    client: TestClient, service: Service
) -> None:
    kept, put = begun(client, name="kept"), begun(client, name="put away")
    shot = added(client, put, prompt="a ball", title="a")
    path = f"/projects/{put['id']}"
    take = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft"}).json()["items"][0]
    note = {"kind": "note", "x": 0, "y": 0, "width": 200, "height": 100, "text": "a"}
    item = client.post(f"{path}/board", json=note).json()

    told = client.patch(path, json={"is_archived": True}).json()
    assert (told["archived_at"] is not None, told["version"]) == (True, 2)
    assert client.patch(path, json={"is_archived": True}).json()["archived_at"] == told["archived_at"]
    assert [one["id"] for one in client.get("/projects").json()["items"]] == [kept["id"]]
    assert [one["id"] for one in client.get("/projects?is_archived=true").json()["items"]] == [put["id"]]
    assert client.get("/projects?is_archived=true&named=kept").json()["items"] == []

    whole = client.get(path).json()
    assert (whole["shots"][0]["takes"][0]["id"], whole["archived_at"]) == (take["id"], told["archived_at"])
    assert len(client.get(f"{path}/board").json()["items"]) == 1
    for method, at, given in [
        ("PATCH", path, {"name": "b"}),
        ("POST", f"{path}/plan", {"text": "a ball"}),
        ("POST", f"{path}/shots", {}),
        ("PATCH", f"/shots/{shot['id']}", {"prompt": "b"}),
        ("DELETE", f"/shots/{shot['id']}", None),
        ("POST", f"/shots/{shot['id']}/takes", {"kind": "draft"}),
        ("POST", f"{path}/board", note),
        ("PATCH", f"/board/{item['id']}", {"text": "b"}),
        ("DELETE", f"/jobs/{take['id']}", None),
    ]:
        refused = client.request(method, at, json=given)
        assert refusal(refused, 409)["reason"] == "project_is_archived", at
    assert client.get(path).json() == whole
    assert client.post(f"/jobs/{take['id']}/hold", json={}).status_code == 200  # whoever asked for it may still wait
    assert refusal(client.patch(path, json={"is_archived": True, "name": "b"}), 422)

    back = client.patch(path, json={"is_archived": False, "name": "back", "version": 2}).json()
    assert (back["archived_at"], back["name"], back["version"]) == (None, "back", 3)
    assert [one["name"] for one in client.get("/projects").json()["items"]] == ["back", "kept"]
    assert heard(service, put).count(("project", put["id"])) == 3
    client.patch(path, json={"is_archived": True})
    assert client.delete(path).status_code == 204
    assert client.get("/projects?is_archived=true").json()["items"] == []
