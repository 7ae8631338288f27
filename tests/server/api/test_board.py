"""Boards: things lie where they were left, of one's own alone, for both tabs."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.server.api.talk import refusal
from tests.server.api.test_projects import added, begun

from manazir.server.service import Service
from manazir.server.store.tables import board_items
from manazir.server.studio import board

PLACE = {"x": -10.5, "y": 20, "width": 30, "height": 40}


def put(client: TestClient, project: dict[str, Any], **what: Any) -> dict[str, Any]:
    answer = client.post(f"/projects/{project['id']}/board", json=PLACE | what)
    assert answer.status_code == 201, answer.text
    item: dict[str, Any] = answer.json()
    return item


def test_what_is_put_there_lies_there(client: TestClient, picture_bytes: bytes, work: Any) -> None:
    project = begun(client)
    shot = added(client, project, prompt="a red ball", duration_seconds=0.5)
    take = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft"}).json()["items"][0]
    work()
    picture = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"]
    put(client, project, kind="note", text="انظر", colour="amber", layer=3)
    put(client, project, kind="picture", asset_id=picture)
    put(client, project, kind="clip", take_id=take["id"], layer=1)
    put(client, project, kind="shot", shot_id=shot["id"], layer=2)
    items = client.get(f"/projects/{project['id']}/board").json()["items"]
    assert [item["kind"] for item in items] == ["picture", "clip", "shot", "note"]
    assert (items[0]["mime_type"], items[1]["mime_type"]) == ("image/png", "video/mp4")
    for url in (items[0]["url"], items[1]["url"], items[1]["poster_url"]):
        assert client.get(url).status_code == 200
    assert (items[3]["text"], items[3]["x"], items[3]["url"]) == ("انظر", -10.5, None)
    client.delete(f"/shots/{shot['id']}")
    assert [item["kind"] for item in client.get(f"/projects/{project['id']}/board").json()["items"]] == [
        "picture",
        "note",
    ]


def test_things_are_changed_moved_and_taken_away(client: TestClient) -> None:
    project = begun(client)
    a, b = (put(client, project, kind="note", text=text) for text in "ab")
    changed = client.patch(f"/board/{a['id']}", json={"text": "c", "x": 1.5, "y": None, "version": 1}).json()
    assert (changed["text"], changed["x"], changed["y"], changed["version"]) == ("c", 1.5, 20, 2)
    assert refusal(client.patch(f"/board/{a['id']}", json={"text": "d", "version": 1}), 409)["field"] == "text"
    gone = "0190163d-8694-739b-aea6-966c26f8ad91"
    places = [{"id": one, "x": 7, "y": 8, "width": 9, "height": 10, "layer": 11} for one in (a["id"], b["id"], gone)]
    assert client.put(f"/projects/{project['id']}/board/places", json={"items": places}).status_code == 204
    items = client.get(f"/projects/{project['id']}/board").json()["items"]
    assert [(item["x"], item["layer"]) for item in items] == [(7, 11)] * 2
    assert client.delete(f"/board/{b['id']}").status_code == 204
    assert len(client.get(f"/projects/{project['id']}/board").json()["items"]) == 1


def test_nothing_of_another_project_is_moved_with_it(client: TestClient, other_client: TestClient) -> None:
    mine, theirs = begun(client), begun(other_client)
    note = put(client, mine, kind="note", text="a")
    place = {"id": note["id"], "x": 7, "y": 8, "width": 9, "height": 10, "layer": 11}
    for who, project in ((client, begun(client)), (other_client, theirs)):
        assert who.put(f"/projects/{project['id']}/board/places", json={"items": [place]}).status_code == 204
    assert client.get(f"/projects/{mine['id']}/board").json()["items"] == [note]


@pytest.mark.parametrize(
    ("what", "status", "field"),
    [
        ({"kind": "note"}, 422, None),
        ({"kind": "note", "text": "a", "shot_id": "0190163d-8694-739b-aea6-966c26f8ad91"}, 422, None),
        ({"kind": "picture", "asset_id": "0190163d-8694-739b-aea6-966c26f8ad91"}, 404, "asset_id"),
        ({"kind": "clip", "take_id": "0190163d-8694-739b-aea6-966c26f8ad91"}, 404, "take_id"),
        ({"kind": "shot", "shot_id": "0190163d-8694-739b-aea6-966c26f8ad91"}, 404, "shot_id"),
        ({"kind": "note", "text": "a", "x": 1e7}, 422, "x"),
        ({"kind": "note", "text": "a", "width": 0}, 422, "width"),
        ({"kind": "drawing"}, 422, "kind"),
    ],
)
def test_what_cannot_lie_there_is_refused(client: TestClient, what: dict[str, Any], status: int, field: str) -> None:
    answer = client.post(f"/projects/{begun(client)['id']}/board", json=PLACE | what)
    assert refusal(answer, status)["field"] == field


def test_numbers_are_finite(client: TestClient) -> None:
    body = '{"kind": "note", "text": "a", "x": NaN, "y": Infinity, "width": 1, "height": 1}'
    headers = {"Content-Type": "application/json"}
    answer = client.post(f"/projects/{begun(client)['id']}/board", content=body, headers=headers)
    assert answer.status_code in (400, 422)


def test_nothing_of_somebody_elses_is_shown(client: TestClient, other_client: TestClient, picture_bytes: bytes) -> None:
    picture = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"]
    shot = added(client, begun(client), prompt="a")
    theirs = begun(other_client)["id"]
    for what in ({"kind": "picture", "asset_id": picture}, {"kind": "shot", "shot_id": shot["id"]}):
        refusal(other_client.post(f"/projects/{theirs}/board", json=PLACE | what), 404)
    refusal(
        other_client.patch(f"/shots/{added(other_client, begun(other_client))['id']}", json={"references": [picture]}),
        404,
    )


def test_a_board_is_full_at_some_time(client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "MOST", 1)
    project = begun(client)
    put(client, project, kind="note", text="a")
    answer = client.post(f"/projects/{project['id']}/board", json=PLACE | {"kind": "note", "text": "b"})
    assert "at most 1" in refusal(answer, 422)["message"]
    with service.database.reading() as connection:
        assert len(connection.execute(board_items.select()).all()) == 1


A, B, C = (f"0190163d-8694-739b-aea6-966c26f8ad9{digit}" for digit in "123")


def act(client: TestClient, project: dict[str, Any], **parts: Any) -> dict[str, Any]:
    answer = client.post(f"/projects/{project['id']}/board/acts", json=parts)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def note(row_id: str, text: str = "a", **what: Any) -> dict[str, Any]:
    return PLACE | {"id": row_id, "kind": "note", "text": text} | what


def lying(client: TestClient, project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in client.get(f"/projects/{project['id']}/board").json()["items"]}


def test_an_act_is_done_as_a_whole_and_again_without_harm(client: TestClient) -> None:
    project = begun(client)
    act(client, project, put=[note(A), note(B), note(C)])
    parts = {"put": [note(A, "other")], "change": [{"id": B, "x": 5.5}], "remove": [C]}
    for _ in range(2):
        assert {item["id"] for item in act(client, project, **parts)["items"]} == {A, B}
    there = lying(client, project)
    assert there.keys() == {A, B}
    assert (there[A]["text"], there[B]["x"], there[B]["y"], there[B]["version"]) == ("a", 5.5, 20, 2)
    wrong: dict[str, Any] = {"put": [note(C)], "change": [{"id": B, "x": 9}], "remove": [A]}
    wrong["put"].append(PLACE | {"id": C[:-1] + "4", "kind": "shot", "shot_id": C})
    refusal(client.post(f"/projects/{project['id']}/board/acts", json=wrong), 404)
    assert lying(client, project) == there


def test_two_who_change_different_things_are_both_kept(client: TestClient) -> None:
    project = begun(client)
    act(client, project, put=[note(A), note(B)])
    act(client, project, change=[{"id": A, "x": 1}, {"id": B, "text": "mine", "text_before": "a"}])
    told = act(client, project, change=[{"id": A, "y": 2}, {"id": B, "text": "theirs", "text_before": "a", "x": 3}])
    assert told["contested"] == [B]
    there = lying(client, project)
    assert (there[A]["x"], there[A]["y"], there[B]["text"], there[B]["x"]) == (1, 2, "mine", 3)
    assert act(client, project, change=[{"id": B, "text": "mine", "text_before": "a"}])["contested"] == []


def test_an_act_reaches_one_board_alone(client: TestClient, other_client: TestClient) -> None:
    mine, other, theirs = begun(client), begun(client), begun(other_client)
    act(client, mine, put=[note(A)])
    before = lying(client, mine)
    for who, project in ((client, other), (other_client, theirs)):
        assert act(who, project, change=[{"id": A, "x": 7}], remove=[A])["items"] == []
        refusal(who.post(f"/projects/{project['id']}/board/acts", json={"put": [note(A)]}), 409)
    refusal(other_client.post(f"/projects/{mine['id']}/board/acts", json={"remove": [A]}), 404)
    assert lying(client, mine) == before


def test_ids_of_clients_sort_by_when_they_were_made(client: TestClient) -> None:
    wrong = note("0190163d-8694-439b-aea6-966c26f8ad91")
    refusal(client.post(f"/projects/{begun(client)['id']}/board/acts", json={"put": [wrong]}), 422)


def test_no_act_makes_a_board_too_full(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "MOST", 2)
    project = begun(client)
    act(client, project, put=[note(A), note(B)])
    act(client, project, put=[note(A), note(B)])
    answer = client.post(f"/projects/{project['id']}/board/acts", json={"put": [note(C)]})
    assert "at most 2" in refusal(answer, 422)["message"]
