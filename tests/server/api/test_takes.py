"""Takes of a shot: asked for together or not at all, from the shot's words, its composer, or another take."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from tests.server.api.talk import refusal
from tests.server.api.test_projects import added, begun, heard

from manazir.core.canvas import Need
from manazir.inference import cards
from manazir.server.janitor import expired
from manazir.server.service import Service
from manazir.server.store.tables import assets, jobs, tenants

Work = Callable[[], bool]


def made(client: TestClient, shot: dict[str, Any], kind: str = "draft", **more: Any) -> list[dict[str, Any]]:
    answer = client.post(f"/shots/{shot['id']}/takes", json={"kind": kind, **more})
    assert answer.status_code == 201, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def seen(client: TestClient, shot: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"/shots/{shot['id']}").json()
    return told


@pytest.fixture
def shot(client: TestClient) -> dict[str, Any]:
    return added(client, begun(client), prompt="a red ball bounces", duration_seconds=1.0)


def test_from_planned_to_chosen(client: TestClient, shot: dict[str, Any], work: Work) -> None:
    assert shot["state"] == "planned"
    (still,) = made(client, shot, "still")
    assert seen(client, shot)["state"] == "planned"
    work()
    assert seen(client, shot)["state"] == "still"
    (draft,) = made(client, shot, "draft")
    assert seen(client, shot)["state"] == "drafts"
    work()
    (master,) = made(client, shot, "master", from_take_id=draft["id"])
    assert seen(client, shot)["state"] == "drafts"
    work()
    whole = seen(client, shot)
    assert (whole["state"], [take["number"] for take in whole["takes"]]) == ("master", [1, 2, 3])
    assert [take["job"]["kind"] for take in whole["takes"]] == ["image", "video", "video"]
    assert [take["job"]["settings"] for take in whole["takes"]] == [{}, {"is_draft": True}, {}]
    assert whole["takes"][2]["job"]["take"]["seed"] == whole["takes"][1]["job"]["take"]["seed"]
    assert whole["takes"][2]["parent_take_id"] == draft["id"]
    assert "video" in whole["takes"][2]["job"]["outputs"]
    chosen = client.patch(f"/shots/{shot['id']}", json={"chosen_take_id": master["id"]}).json()
    assert (chosen["state"], chosen["chosen_take_id"]) == ("chosen", master["id"])
    project = client.get(f"/projects/{shot['project_id']}").json()
    thumbnail = whole["takes"][2]["job"]["outputs"]["thumbnail"]["id"]
    assert project["chosen_count"] == 1
    assert thumbnail in project["cover_url"]
    assert client.get(project["cover_url"]).status_code == 200
    assert client.get(f"/takes/{still['id']}").json()["number"] == 1


def test_what_did_not_succeed_is_not_chosen_and_what_is_chosen_stays(
    client: TestClient, shot: dict[str, Any], work: Work, service: Service
) -> None:
    first, second = made(client, shot, count=2)
    path = f"/shots/{shot['id']}"
    assert refusal(client.patch(path, json={"chosen_take_id": first["id"]}), 409)["field"] == "chosen_take_id"
    work()
    work()
    client.patch(path, json={"chosen_take_id": first["id"]})
    assert "choose another" in refusal(client.delete(f"/jobs/{first['id']}"), 409)["message"]
    assert client.delete(f"/jobs/{second['id']}").status_code == 204
    assert [take["id"] for take in seen(client, shot)["takes"]] == [first["id"]]
    refusal(client.get(f"/takes/{second['id']}"), 404)
    assert ("takes", second["id"]) in heard(service, {"id": shot["project_id"]})
    client.patch(path, json={"chosen_take_id": None})
    assert client.delete(f"/jobs/{first['id']}").status_code == 204
    assert made(client, shot)[0]["number"] == 3
    elsewhere = made(client, added(client, begun(client), prompt="x"))[0]["id"]
    assert refusal(client.patch(path, json={"chosen_take_id": elsewhere}), 404)["field"] == "chosen_take_id"


def test_several_are_asked_for_at_once_under_one_key(client: TestClient, shot: dict[str, Any]) -> None:
    body, headers = {"kind": "draft", "count": 3, "seed": 7}, {"Idempotency-Key": "once"}
    path = f"/shots/{shot['id']}/takes"
    first = client.post(path, json=body, headers=headers).json()["items"]
    client.patch(f"/shots/{shot['id']}", json={"prompt": ""})
    again = client.post(path, json=body, headers=headers)
    assert again.status_code == 201
    assert [take["id"] for take in again.json()["items"]] == [take["id"] for take in first]
    assert [take["job"]["canvas"]["seed"] for take in first] == [7, 8, 9]
    assert {take["batch_id"] for take in first} == {first[0]["id"]}
    assert len(client.get(path).json()["items"]) == 3
    other = client.post(path, json=body | {"count": 2}, headers=headers)
    assert refusal(other, 422)["code"] == "key_reused"
    by_job = client.post("/jobs", json={"canvas": {"prompt": "x"}}, headers=headers)
    assert refusal(by_job, 422)["code"] == "key_reused"


def test_all_are_accepted_or_none(client: TestClient, shot: dict[str, Any], service: Service) -> None:
    with service.database.transaction() as connection:
        connection.execute(update(tenants).values(max_queued=2))
    answer = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft", "count": 3})
    assert refusal(answer, 429)["code"] == "queue_full"
    with service.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(jobs)).scalar() == 0
    assert made(client, shot, count=2)[1]["number"] == 2


def test_several_shots_are_drafted_in_one_request(
    client: TestClient, other_client: TestClient, shot: dict[str, Any]
) -> None:
    second = added(client, {"id": shot["project_id"]}, prompt="a blue cube")
    path, headers = f"/projects/{shot['project_id']}/takes", {"Idempotency-Key": "once"}
    body = {"shots": [{"shot_id": one["id"], "kind": "draft", "count": 2} for one in (shot, second)]}
    told = client.post(path, json=body, headers=headers)
    assert told.status_code == 201
    items = told.json()["items"]
    assert {(take["shot_id"], take["number"]) for take in items} == {
        (one["id"], number) for one in (shot, second) for number in (1, 2)
    }
    assert len({take["batch_id"] for take in items}) == 1
    assert client.post(path, json=body, headers=headers).json()["items"] == items
    assert client.get("/queue").json()["waiting"] == 4
    assert refusal(client.post(path, json={"shots": body["shots"][:1]}, headers=headers), 422)["code"] == "key_reused"
    refusal(other_client.post(path, json=body), 404)
    elsewhere = added(client, begun(client), prompt="x")
    body["shots"][1]["shot_id"] = elsewhere["id"]
    assert refusal(client.post(path, json=body), 404)["parts"][0]["id"] == elsewhere["id"]
    too_many = {"shots": [{"shot_id": shot["id"], "kind": "draft", "count": 8}] * 26}
    assert "200 at most" in refusal(client.post(path, json=too_many), 422)["message"]


def test_of_several_shots_all_are_drafted_or_none_and_each_says_why(
    client: TestClient, shot: dict[str, Any], service: Service
) -> None:
    project = {"id": shot["project_id"]}
    wordless, huge = added(client, project), added(client, project, prompt="a cube")
    client.patch(f"/shots/{huge['id']}", json={"composer": {"canvas": {"width": 30, "height": 30}}})
    path = f"/projects/{shot['project_id']}"
    body = {"shots": [{"shot_id": one["id"], "kind": "draft"} for one in (shot, wordless, huge)]}
    told = refusal(client.post(f"{path}/takes", json=body), 422)
    assert [part["id"] for part in told["parts"]] == [wordless["id"], huge["id"]]
    assert told["parts"][0]["field"] == "prompt"
    assert told["message"].startswith("2 shots cannot be made so: ")
    estimate = client.post(f"{path}/estimate", json=body).json()
    assert [one["id"] for one in estimate["obstacles"]] == [wordless["id"], huge["id"]]
    assert not estimate["is_possible"]
    client.patch(f"/shots/{wordless['id']}", json={"prompt": "a ball"})
    client.patch(f"/shots/{huge['id']}", json={"composer": None})
    assert client.post(f"{path}/estimate", json=body).json()["is_possible"]
    with service.database.transaction() as connection:
        connection.execute(update(tenants).values(max_queued=2))
    full = refusal(client.post(f"{path}/takes", json=body), 429)
    assert (full["code"], [part["id"] for part in full["parts"]]) == ("queue_full", [huge["id"]])
    assert client.get("/queue").json()["waiting"] == 0


def test_a_shot_is_said_in_its_own_language(client: TestClient) -> None:
    project = begun(client, width=64, height=32)
    english = added(client, project, prompt="a red ball", framing="wide", move="pan_left", duration_seconds=2.0)
    arabic = added(client, project, prompt="كرة حمراء", framing="close", move="push_in")
    canvas = made(client, english)[0]["job"]["canvas"]
    assert (canvas["prompt"], canvas["camera"]["move"]) == ("a red ball, wide shot", "pan left")
    assert (canvas["width"], canvas["height"], canvas["duration_seconds"]) == (64, 32, 2.0)
    assert made(client, arabic)[0]["job"]["canvas"]["prompt"] == "كرة حمراء، لقطة قريبة"
    assert "duration_seconds" not in made(client, english, "still")[0]["job"]["canvas"]


@pytest.mark.parametrize(
    "canvas",
    [{"is_loop": True, "duration_seconds": 2.0}, {"keyframes": [{"at_seconds": None, "image": "https://x.org/a.png"}]}],
)
def test_where_a_camera_path_cannot_be_gone_words_have_to_do(client: TestClient, canvas: dict[str, Any]) -> None:
    shot = added(client, begun(client, width=64, height=32), prompt="كرة حمراء", move="push_in")
    assert client.patch(f"/shots/{shot['id']}", json={"composer": {"canvas": canvas}}).status_code == 200
    told = made(client, shot)[0]["job"]["canvas"]
    assert (told["prompt"], told.get("camera")) == ("كرة حمراء، والكاميرا تقترب", None)


def test_a_shot_that_says_nothing_is_refused(client: TestClient) -> None:
    shot = added(client, begun(client), framing="wide")
    answer = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft"})
    assert refusal(answer, 422)["field"] == "prompt"
    estimate = client.post(f"/shots/{shot['id']}/estimate", json={"kind": "draft"}).json()
    assert (estimate["is_possible"], estimate["obstacles"][0]["field"]) == (False, "prompt")
    assert made(client, shot, canvas={"prompt": "a cube"})[0]["job"]["canvas"]["prompt"] == "a cube"


def test_the_composer_goes_before_the_shot_and_the_request_before_both(
    client: TestClient, shot: dict[str, Any], picture_bytes: bytes
) -> None:
    picture = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"]
    keyframe = {"image": f"asset:{picture}", "at_seconds": 0.0}
    composer = {
        "canvas": {"keyframes": [keyframe], "prompt": "", "duration_seconds": 0.5},
        "settings": {"layout_steps": 2},
        "has_sound": False,
    }
    client.patch(f"/shots/{shot['id']}", json={"composer": composer})
    job = made(client, shot)[0]["job"]
    assert job["canvas"]["prompt"] == "a red ball bounces"
    assert job["canvas"]["keyframes"] == [keyframe]
    assert (job["canvas"]["duration_seconds"], job["has_sound"]) == (0.5, False)
    assert job["settings"] == {"is_draft": True, "layout_steps": 2}
    said = made(client, shot, "draft", settings={"steps": 3}, has_sound=True, canvas={"prompt": "a cube"})[0]["job"]
    assert (said["settings"], said["has_sound"], "keyframes" in said["canvas"]) == ({"steps": 3}, True, False)


def test_made_again_from_another_take(client: TestClient, shot: dict[str, Any]) -> None:
    draft = made(client, shot, "draft", canvas={"prompt": "a cube", "seed": 5, "duration_seconds": 0.5})[0]
    same = made(client, shot, "draft", from_take_id=draft["id"])[0]
    assert same["job"]["canvas"] == draft["job"]["canvas"]
    master = made(client, shot, "master", from_take_id=draft["id"], count=2)
    assert [take["job"]["canvas"]["seed"] for take in master] == [5, 6]
    assert master[0]["job"]["settings"] == {}
    new = made(client, shot, "draft", from_take_id=draft["id"], seed="new")[0]["job"]["canvas"]["seed"]
    assert new not in (5, 6)
    still = made(client, shot, "still", from_take_id=draft["id"], seed=9)[0]
    assert still["job"]["canvas"] == {"prompt": "a cube", "seed": 9}
    film = made(client, shot, "master", from_take_id=still["id"])[0]
    assert film["job"]["canvas"] == {"prompt": "a cube", "seed": 9, "duration_seconds": 1.0}
    unknown = "0190163d-8694-739b-aea6-966c26f8ad91"
    answer = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft", "from_take_id": unknown})
    assert refusal(answer, 404)["field"] == "from_take_id"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "draft", "seed": "same"}, None),
        ({"kind": "master", "settings": {"is_draft": True}}, None),
        ({"kind": "draft", "count": 9}, "count"),
        ({"kind": "final"}, "kind"),
        ({"kind": "draft", "model": "ray-99"}, "model"),
        ({"kind": "draft", "canvas": {"prompt": "x", "width": 30}}, "canvas"),
        ({"kind": "still", "canvas": {"prompt": "x", "duration_seconds": 1.0}}, None),
        ({"kind": "draft", "canvas": {"prompt": "x", "camera": {"move": "whirl"}}}, "canvas.camera"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    client: TestClient, shot: dict[str, Any], body: dict[str, Any], field: str | None
) -> None:
    told = refusal(client.post(f"/shots/{shot['id']}/takes", json=body), 422)
    assert told["field"] == field
    assert client.get("/queue").json()["waiting"] == 0


def test_what_is_refused_has_a_name_for_every_language(client: TestClient, shot: dict[str, Any]) -> None:
    path = f"/shots/{shot['id']}"
    long = {"kind": "draft", "canvas": {"prompt": "x", "duration_seconds": 500.0}, "allows_resampling": False}
    told = refusal(client.post(f"{path}/takes", json=long), 422)
    assert (told["code"], told["reason"]) == ("unsupported", "too_long")
    assert (told["values"]["seconds"], told["values"]["model"]) == (500.0, "noor-nano")
    (obstacle,) = client.post(f"{path}/estimate", json=long).json()["obstacles"]
    assert (obstacle["reason"], obstacle["values"]) == (told["reason"], told["values"])
    client.patch(path, json={"prompt": ""})
    silent = refusal(client.post(f"{path}/takes", json={"kind": "draft"}), 422)
    assert (silent["reason"], silent["values"]) == ("shot_says_nothing", {"shot": 1})
    unknown = {"kind": "draft", "model": "ray-99", "canvas": {"prompt": "x"}}
    assert refusal(client.post(f"{path}/takes", json=unknown), 422)["values"] == {"name": "ray-99"}
    for canvas, reason, values in (
        (
            {"prompt": "x", "is_loop": True, "keyframes": [{"image": "asset:" + 32 * "0", "at_seconds": None}]},
            "beside_loop",
            {},
        ),
        ({"prompt": "x", "width": 64}, "half_a_size", {}),
        ({"prompt": "x", "duration_seconds": 10_000.0}, "number_too_large", {"most": 600.0}),
        ({"prompt": "  "}, "only_spaces", {}),
    ):
        wrong = refusal(client.post(f"{path}/takes", json={"kind": "draft", "canvas": canvas}), 422)
        assert (wrong["reason"], wrong["values"]) == (reason, values), wrong


def test_what_it_would_cost_is_told_before(client: TestClient, shot: dict[str, Any]) -> None:
    told = client.post(f"/shots/{shot['id']}/estimate", json={"kind": "draft", "count": 4}).json()
    assert (told["is_possible"], told["model"], told["cost"]) == (True, "noor-nano", 0.0)


def test_a_shots_pictures_go_to_models_that_look_at_them(
    client: TestClient,
    shot: dict[str, Any],
    picture_bytes: bytes,
    clip_bytes: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"]
    clip = client.post("/assets", files={"file": ("a.mp4", clip_bytes, "video/mp4")}).json()["id"]
    client.patch(f"/shots/{shot['id']}", json={"references": [clip, picture]})
    assert "references" not in made(client, shot)[0]["job"]["canvas"]
    monkeypatch.setattr(cards, "ABILITIES", cards.ABILITIES | {Need.REFERENCES})
    (looked,) = made(client, shot)
    assert looked["job"]["canvas"]["references"] == [f"asset:{picture}"]
    (again,) = made(client, shot, from_take_id=looked["id"])
    assert again["job"]["canvas"]["references"] == [f"asset:{picture}"]
    (without,) = made(client, shot, canvas={"prompt": "x", "references": []})
    assert without["job"]["canvas"].get("references", []) == []


def test_drawings_are_kept_with_takes(client: TestClient, shot: dict[str, Any]) -> None:
    mark = {"kind": "words", "points": [[0.5, 0.5]], "colour": "#f00", "width": 2, "text": "هنا"}
    drawing = {"at_seconds": 0.5, "marks": [mark]}
    assert made(client, shot, drawing=drawing)[0]["drawing"] == drawing | {"ground": None}


def test_a_drawing_is_of_the_picture_that_it_was_drawn_on(
    client: TestClient, other_client: TestClient, shot: dict[str, Any], picture_bytes: bytes, service: Service
) -> None:
    brought = [client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"] for _ in "ab"]
    theirs = other_client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"]
    mark = {"kind": "arrow", "points": [[0.5, 0.5], [0.6, 0.6]], "colour": "#f00", "width": 2}

    def on(asset_id: str, **more: Any) -> dict[str, Any]:
        return {"at_seconds": 0.5, "ground": {"file": f"asset:{asset_id}"} | more, "marks": [mark]}

    take = made(client, shot, drawing=on(brought[0], frame=6))[0]
    assert take["drawing"]["ground"] == {"file": f"asset:{brought[0]}", "frame": 6, "take_id": None}
    composer = {"composer": {"drawing": on(brought[1])}}
    assert client.patch(f"/shots/{shot['id']}", json=composer).json()["composer"]["drawing"]["ground"]["frame"] is None
    with service.database.transaction() as connection:
        connection.execute(update(assets).values(expires_at=1.0))
        assert expired(connection) == 1
    refusal(other_client.get(f"/assets/{theirs}"), 404)
    assert [client.get(f"/assets/{one}").status_code for one in brought] == [200, 200]
    for wrong in (theirs, "0190163d-8694-739b-aea6-966c26f8ad91"):
        answer = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft", "drawing": on(wrong)})
        assert refusal(answer, 404)["field"] == "drawing.ground.file"


@pytest.mark.parametrize("is_archived", [False, True])
def test_what_a_project_uses_does_not_expire(
    client: TestClient, shot: dict[str, Any], work: Work, service: Service, picture_bytes: bytes, is_archived: bool
) -> None:
    def brought() -> str:
        answer = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")})
        return str(answer.json()["id"])

    reference, pinned, shown, loose = (brought() for _ in range(4))
    composer = {"canvas": {"keyframes": [{"image": f"asset:{pinned}", "at_seconds": 0.0}]}}
    client.patch(f"/shots/{shot['id']}", json={"references": [reference], "composer": composer})
    place = {"x": 0, "y": 0, "width": 1, "height": 1}
    client.post(f"/projects/{shot['project_id']}/board", json={"kind": "picture", "asset_id": shown} | place)
    take = made(client, shot)[0]
    work()
    used = client.get("/usage").json()
    client.patch(f"/projects/{shot['project_id']}", json={"is_archived": is_archived})
    assert client.get("/usage").json() == used
    with service.database.transaction() as connection:
        connection.execute(update(assets).values(expires_at=1.0))
        assert expired(connection) == 1
    refusal(client.get(f"/assets/{loose}"), 404)
    for one in (reference, pinned, shown):
        assert client.get(f"/assets/{one}").status_code == 200
    assert client.get(f"/takes/{take['id']}").json()["job"]["outputs"].keys() >= {"video", "thumbnail"}
