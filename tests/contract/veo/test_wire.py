"""The wire itself: what google-genai 2.34, the AI SDK and plain HTTP send, and the shapes that they get."""

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from manazir.core.canvas import Canvas
from manazir.server.app import make_app
from manazir.server.asks import Ask
from manazir.server.jobs.job import Job, State
from manazir.server.keys import Scope
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.tenants import change_tenant
from manazir.server.wire.veo.serving import InlineBudget

VEO = "veo-3.1-generate-preview"
PREDICT = f"/google/v1beta/models/{VEO}:predictLongRunning"
VERTEX = f"/google/v1beta1/publishers/google/models/{VEO}"
PROJECT = f"/google/v1/projects/mine/locations/us-central1/publishers/google/models/{VEO}"
Finish = Callable[[], Job]


def start(client: TestClient, parameters: dict[str, Any] | None = None, path: str = PREDICT, **instance: Any) -> str:
    body: dict[str, Any] = {"instances": [{"prompt": "a red ball"} | instance]}
    if parameters is not None:
        body["parameters"] = parameters
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    name = answer.json()["name"]
    assert isinstance(name, str)
    return name


def refused(client: TestClient, body: Any, path: str = PREDICT) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 400, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    return error


def field_of(error: dict[str, Any]) -> str:
    (detail,) = error["details"]
    field = detail["fieldViolations"][0]["field"]
    assert isinstance(field, str)
    return field


@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha", "v1beta1"])
def test_an_operation_from_its_start_to_its_bytes(client: TestClient, finish: Finish, film: Path, version: str) -> None:
    name = start(client, path=PREDICT.replace("v1beta", version))
    assert name.startswith(f"models/{VEO}/operations/")
    running = client.get(f"/google/{version}/{name}").json()
    assert (running["name"], running["done"]) == (name, False)
    finish()
    done = client.get(f"/google/{version}/{name}").json()
    assert done["done"] is True
    (sample,) = done["response"]["generateVideoResponse"]["generatedSamples"]
    uri = sample["video"]["uri"]
    assert uri.startswith("http://testserver/google/v1beta/files/")
    assert client.get(uri).content == film.read_bytes()
    told = done["metadata"]["samples"][0]
    assert (done["metadata"]["model"], done["metadata"]["alias"]) == ("noor-nano", VEO)
    assert (told["width"], told["height"], told["nativeWidth"], told["nativeHeight"]) == (1280, 720, 64, 32)


def test_the_key_is_taken_from_each_of_its_places(client: TestClient, key: str) -> None:
    del client.headers["x-goog-api-key"]
    path = "/google/v1beta/models"
    assert client.get(path).json()["error"]["status"] == "UNAUTHENTICATED"
    assert client.get(path, params={"key": key}).status_code == 200
    assert client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert client.get(path, headers={"x-goog-api-key": key}).status_code == 200
    assert client.post(PREDICT, content=b"not read").status_code == 401


def test_an_address_with_the_key_in_its_query_is_downloaded(
    client: TestClient, finish: Finish, key: str, film: Path
) -> None:
    """As the AI SDK does."""
    name = start(client)
    finish()
    uri = client.get(f"/google/v1beta/{name}").json()["response"]["generateVideoResponse"]["generatedSamples"][0][
        "video"
    ]["uri"]
    del client.headers["x-goog-api-key"]
    assert client.get(uri).status_code == 401
    assert client.get(f"{uri}&key={key}").content == film.read_bytes()


def test_a_failed_job_is_done_with_an_error(client: TestClient, fail: Finish) -> None:
    name = start(client)
    fail()
    done = client.get(f"/google/v1beta/{name}")
    assert done.status_code == 200
    assert done.json()["error"] == {"code": 8, "message": "the memory was full", "status": "RESOURCE_EXHAUSTED"}
    assert "response" not in done.json()


def test_a_prompt_is_taken_as_it_is_and_who_wanted_it_rewritten_is_told(client: TestClient, finish: Finish) -> None:
    name = start(client, {"enhancePrompt": True})
    assert finish().request.canvas.prompt == "a red ball"
    (sample,) = client.get(f"/google/v1beta/{name}").json()["metadata"]["samples"]
    assert sample["notes"][0] == "enhancePrompt: the prompt was taken as it is; nothing here rewrites prompts"


def test_samples_are_jobs_of_one_operation_with_their_own_seeds(
    client: TestClient, finish: Finish, fail: Finish
) -> None:
    name = start(client, {"sampleCount": 3, "seed": 7})
    first, second = finish(), fail()
    assert client.get(f"/google/v1beta/{name}").json()["done"] is False
    third = finish()
    assert {job.request.canvas.seed for job in (first, second, third)} == {7, 8, 9}
    done = client.get(f"/google/v1beta/{name}").json()
    assert len(done["response"]["generateVideoResponse"]["generatedSamples"]) == 2
    assert [one["state"] for one in done["metadata"]["samples"]] == ["succeeded", "failed", "succeeded"]
    assert done["metadata"]["samples"][1]["error"]["message"] == "the memory was full"


def test_a_request_is_accepted_whole_or_not_at_all(client: TestClient, service: Service, key: str) -> None:
    caller = service.caller(key, Scope.READ)
    with service.database.transaction() as connection:
        change_tenant(connection, caller.tenant_id, max_queued=2)
    answer = client.post(PREDICT, json={"instances": [{"prompt": "a"}], "parameters": {"sampleCount": 3}})
    assert (answer.status_code, answer.json()["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]["details"][0]["retryDelay"] == "10s"
    assert not service.jobs(caller).jobs


def test_the_same_idempotency_key_is_the_same_operation(client: TestClient, service: Service, key: str) -> None:
    body = {"instances": [{"prompt": "a"}], "parameters": {"sampleCount": 2}}
    names = {client.post(PREDICT, json=body, headers={"Idempotency-Key": "k"}).json()["name"] for _ in range(2)}
    assert len(names) == 1
    assert len(service.jobs(service.caller(key, Scope.READ)).jobs) == 2
    other = client.post(PREDICT, json={"instances": [{"prompt": "b"}]}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 422


@pytest.mark.parametrize("path", [VERTEX, PROJECT])
def test_vertex_gives_bytes_or_where_they_are(client: TestClient, finish: Finish, film: Path, path: str) -> None:
    inline = start(client, path=f"{path}:predictLongRunning")
    stored = start(client, {"storageUri": "gs://bucket/"}, path=f"{path}:predictLongRunning")
    assert inline.partition("/operations/")[0] == path.split("/", 3)[3]
    finish()
    finish()
    fetch = f"{path}:fetchPredictOperation"
    (video,) = client.post(fetch, json={"operationName": inline}).json()["response"]["videos"]
    assert base64.b64decode(video["bytesBase64Encoded"]) == film.read_bytes()
    assert video["mimeType"] == "video/mp4"
    (video,) = client.post(fetch, json={"operationName": stored}).json()["response"]["videos"]
    del client.headers["x-goog-api-key"]
    assert client.get(video["gcsUri"]).content == film.read_bytes()


def test_what_is_too_large_for_an_answer_is_given_as_an_address(
    client: TestClient, finish: Finish, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("manazir.server.wire.veo.operations.InlineBudget", partial(InlineBudget, 10))
    name = start(client, path=f"{VERTEX}:predictLongRunning")
    finish()
    (video,) = client.post(f"{VERTEX}:fetchPredictOperation", json={"operationName": name}).json()["response"]["videos"]
    assert client.get(video["gcsUri"]).content == film.read_bytes()


def test_an_operation_is_cancelled(client: TestClient, service: Service, key: str) -> None:
    name = start(client, {"sampleCount": 2})
    assert client.post(f"/google/v1beta/{name}:cancel", json={}).json() == {}
    assert client.get(f"/google/v1beta/{name}").json()["error"]["code"] == 1
    states = {job.state for job in service.jobs(service.caller(key, Scope.READ)).jobs}
    assert states == {State.CANCELLED}


def test_pictures_and_clips_are_brought_from_the_body(
    client: TestClient, finish: Finish, film: Path, picture: bytes
) -> None:
    image = {"bytesBase64Encoded": base64.b64encode(picture).decode(), "mimeType": "image/png"}
    start(client, image=image, lastFrame=image | {"bytesBase64Encoded": base64.urlsafe_b64encode(picture).decode()})
    canvas = finish().request.canvas
    assert [key.at_seconds for key in canvas.keyframes] == [0, None]
    clip = {"encodedVideo": base64.b64encode(film.read_bytes()).decode(), "encoding": "video/mp4"}
    start(client, video=clip)
    canvas = finish().request.canvas
    assert canvas.extension is not None
    assert (canvas.width, canvas.height, canvas.duration_seconds) == (64, 32, 7)


def test_a_video_of_an_operation_is_extended_by_all_its_addresses(client: TestClient, finish: Finish) -> None:
    name = start(client)
    finish()
    uri = client.get(f"/google/v1beta/{name}").json()["response"]["generateVideoResponse"]["generatedSamples"][0][
        "video"
    ]["uri"]
    elsewhere = uri.replace("http://testserver", "https://films.example.org")
    file_id = uri.partition("files/")[2].partition(":")[0]
    for given in (uri, elsewhere, f"files/{file_id}"):
        start(client, {"durationSeconds": 4}, video={"uri": given})
        canvas = finish().request.canvas
        assert canvas.extension is not None
        assert str(canvas.extension.clip).startswith("asset:")
        assert canvas.duration_seconds == 4


def test_an_address_outside_is_left_to_the_worker_and_one_inside_is_refused(client: TestClient, finish: Finish) -> None:
    start(client, path=f"{VERTEX}:predictLongRunning", image={"gcsUri": "https://example.org/start.png"})
    assert finish().request.files == ("https://example.org/start.png",)
    for uri, why in (("http://169.254.169.254/", "is refused"), ("gs://bucket/a.png", "no bucket can be read")):
        error = refused(client, {"instances": [{"prompt": "a", "image": {"gcsUri": uri}}]})
        assert why in error["message"]
        assert field_of(error) == "instances[0].image"


WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"mask": {"bytesBase64Encoded": "AAAA", "maskMode": "INSERT"}}, {}, "instances[0].mask"),
    ({"referenceImages": [{"image": {}, "referenceType": "ASSET"}]}, {}, "instances[0].referenceImages"),
    ({"image": {"bytesBase64Encoded": "!!"}}, {}, "instances[0].image"),
    ({"image": {"mimeType": "image/png"}}, {}, "instances[0].image"),
    ({"image": {"gcsUri": "x"}, "video": {"uri": "y"}}, {}, "instances[0].image"),
    ({"audio": "x"}, {}, "instances[0].audio"),
    ({}, {"pubsubTopic": "t"}, "parameters.pubsubTopic"),
    ({}, {"compressionQuality": "LOSSLESS"}, "parameters.compressionQuality"),
    ({}, {"resizeMode": "PAD"}, "parameters.resizeMode"),
    ({}, {"personGeneration": "sometimes"}, "parameters.personGeneration"),
    ({}, {"sampleCount": 5}, "parameters.sampleCount"),
    ({}, {"sampleCount": 0}, "parameters.sampleCount"),
    ({}, {"durationSeconds": 0.5}, "parameters.durationSeconds"),
    ({}, {"durationSeconds": "long"}, "parameters.durationSeconds"),
    ({}, {"aspectRatio": "1:2"}, "parameters.aspectRatio"),
    ({}, {"resolution": "8k"}, "parameters.resolution"),
    ({}, {"resolution": "641x360"}, "parameters.resolution"),
    ({}, {"resolution": "1280x720", "aspectRatio": "9:16"}, "parameters.resolution"),
    ({}, {"seed": -1}, "parameters.seed"),
    ({}, {"fps": 1000}, "parameters.fps"),
    ({}, {"unknown": 1}, "parameters.unknown"),
    ({"prompt": ""}, {}, "instances[0].prompt"),
    ({"prompt": " \n"}, {}, "instances[0].prompt"),
    ({}, {"negativePrompt": " "}, "parameters.negativePrompt"),
]


@pytest.mark.parametrize(("instance", "parameters", "field"), WRONG)
def test_what_cannot_be_honoured_is_refused_by_its_name(
    client: TestClient, service: Service, key: str, instance: dict[str, Any], parameters: dict[str, Any], field: str
) -> None:
    body = {"instances": [{"prompt": "a"} | instance], "parameters": parameters}
    assert field_of(refused(client, body)) == field
    assert not service.jobs(service.caller(key, Scope.READ)).jobs


def test_a_picture_that_is_none_is_refused_by_its_name(client: TestClient, film: Path) -> None:
    for data, told in ((b"hello", "not a media file"), (film.read_bytes(), "is MP4 or MOV; give a file that is PNG")):
        image = {"bytesBase64Encoded": base64.b64encode(data).decode()}
        error = refused(client, {"instances": [{"prompt": "a", "image": image}]})
        assert told in error["message"]
        assert field_of(error) == "instances[0].image"


def test_bodies_that_are_none(client: TestClient) -> None:
    for content in (b"", b"{", b"[]", b'{"instances": []}', b'{"instances": [{}]}', b'{"instances": [{}, {}]}'):
        answer = client.post(PREDICT, content=content)
        assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT"), content


def test_a_body_that_is_too_large_is_not_read(service: Service, key: str) -> None:
    small = replace(service, operator=Operator(largest_body_bytes=100))
    with TestClient(make_app(small)) as client:
        answer = client.post(PREDICT, content=b" " * 101, headers={"x-goog-api-key": key})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, 413)


def test_a_model_that_nobody_answers_to_is_not_found(client: TestClient) -> None:
    answer = client.post(PREDICT.replace(VEO, "veo-9"), json={"instances": [{"prompt": "a"}]})
    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")
    assert "no model answers to 'veo-9'" in answer.json()["error"]["message"]


def test_a_path_that_is_not_served_is_said_in_the_same_shape(client: TestClient) -> None:
    asked = [("POST", f"/v1beta/models/{VEO}:generateContent"), ("GET", "/v9/models"), ("PUT", "/v1beta/models")]
    for method, path in asked:
        answer = client.request(method, f"/google{path}", json={})
        assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")
        assert answer.json()["error"]["message"].startswith(f"{method} /google{path} is not served here")


def test_what_is_somebody_elses_is_not_there(
    client: TestClient, finish: Finish, other_key: str, service: Service, key: str
) -> None:
    name = start(client)
    job = finish()
    file_id = service.outputs(job)["video"].id.replace("-", "")
    client.headers["x-goog-api-key"] = other_key
    paths = [f"/google/v1beta/{name}", f"/google/v1beta/files/{file_id}", f"/google/v1beta/files/{file_id}:download"]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    body = {"operationName": name}
    assert client.post(f"{VERTEX}:fetchPredictOperation", json=body).status_code == 404
    assert client.post(f"/google/v1beta/{name}:cancel").status_code == 404
    assert client.delete(f"/google/v1beta/files/{file_id}").status_code == 404
    error = client.post(PREDICT, json={"instances": [{"prompt": "a", "video": {"uri": f"files/{file_id}"}}]})
    assert error.status_code == 404


def test_jobs_of_other_dialects_and_names_that_are_none(client: TestClient, service: Service, key: str) -> None:
    caller = service.caller(key, Scope.GENERATE)
    job = service.submit(caller, Ask(dialect="sora", model="sora-2", canvas=Canvas(prompt="a")))
    for operation in (job.id, "abc", "../x"):
        assert client.get(f"/google/v1beta/models/{VEO}/operations/{operation}").status_code == 404
        assert client.get(f"/google/v1beta/interactions/{operation}").status_code == 404
    answer = client.post(f"{VERTEX}:fetchPredictOperation", json={"operationName": "nothing"})
    assert answer.status_code == 404


def test_models_are_listed_page_by_page_with_who_answers(client: TestClient) -> None:
    first = client.get("/google/v1beta/models", params={"pageSize": 2}).json()
    rest = client.get("/google/v1beta/models", params={"pageToken": first["nextPageToken"]}).json()
    names = [model["name"] for model in first["models"] + rest["models"]]
    assert f"models/{VEO}" in names
    assert "models/noor-nano" in names
    assert "models/sora-2" not in names
    assert len(set(names)) == len(names)
    one = client.get(f"/google/v1beta/models/{VEO}").json()
    assert (one["answeredBy"], one["supportedGenerationMethods"][0]) == ("noor-nano", "predictLongRunning")
    publisher = client.get("/google/v1beta1/publishers/google/models").json()["publisherModels"]
    assert publisher[0]["name"].startswith("publishers/google/models/")
    assert client.get("/google/v1beta/models/nothing").status_code == 404
    assert client.get("/google/v1beta/models", params={"pageToken": "x"}).status_code == 400


def test_a_key_that_asks_too_often_is_told_when_to_come_again(client: TestClient, service: Service, key: str) -> None:
    assert client.get("/google/v1beta/models").headers["x-ratelimit-remaining"] == "5999"
    posted = client.post(PREDICT, json={"instances": [{"prompt": "a red ball"}]})
    assert (posted.status_code, posted.headers["x-ratelimit-remaining"]) == (200, "5998"), "counted once"
    caller = service.caller(key, Scope.READ)
    with service.database.transaction() as connection:
        change_tenant(connection, caller.tenant_id, requests_per_minute=2)
    late = client.get("/google/v1beta/models")
    assert (late.status_code, late.json()["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert int(late.headers["retry-after"]) >= 1
