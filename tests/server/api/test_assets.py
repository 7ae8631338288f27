"""Files: brought at once or in parts, listed, read in parts, deleted."""

import base64
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.server.api.talk import ROOT, created, refusal

from manazir.server.janitor import Janitor
from manazir.server.service import Service
from manazir.server.store.tables import uploads
from manazir.server.tenants import change_tenant, first_tenant

PART = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


def begun(client: TestClient, size: int, name: str = "ball.mp4") -> Any:
    metadata = f"filename {base64.b64encode(name.encode()).decode()},kind"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata}
    answer = client.post("/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    return answer


def sent(client: TestClient, url: str, offset: int, data: bytes) -> Any:
    return client.patch(url, headers=PART | {"Upload-Offset": str(offset)}, content=data)


def test_a_file_is_brought_and_used_and_deleted(client: TestClient, picture_bytes: bytes) -> None:
    answer = client.post("/assets", files={"file": ("../../first picture.png", picture_bytes, "text/plain")})
    assert answer.status_code == 201
    asset = answer.json()
    assert (asset["filename"], asset["mime_type"], asset["width"]) == ("first picture.png", "image/png", 32)
    assert client.get(f"/assets/{asset['id']}/content").content == picture_bytes
    assert client.get(asset["url"], headers={"Authorization": ""}).content == picture_bytes
    job = created(client, {"keyframes": [{"image": f"asset:{asset['id']}", "at_seconds": 0.0}]})
    assert job["canvas"]["keyframes"][0]["image"] == f"asset:{asset['id']}"
    assert [one["id"] for one in client.get("/assets?role=input&state=ready").json()["items"]] == [asset["id"]]
    assert client.get("/assets?role=video").json()["items"] == []
    assert client.delete(f"/assets/{asset['id']}").status_code == 204
    assert refusal(client.get(f"/assets/{asset['id']}/content"), 404)


def test_what_is_no_media_is_refused(client: TestClient) -> None:
    answer = client.post("/assets", files={"file": ("a.mp4", b"#EXTM3U\nhttp://169.254.169.254/", "video/mp4")})
    assert refusal(answer, 422)["field"] == "file"
    assert refusal(client.post("/assets", json={}), 422)["field"] == "file"
    assert refusal(client.post("/assets", files={"file": (None, "x")}), 422)["field"] == "file"


def test_a_file_is_not_taken_beyond_what_may_be_stored(
    client: TestClient, service: Service, picture_bytes: bytes
) -> None:
    with service.database.transaction() as connection:
        change_tenant(connection, first_tenant(connection).id, max_stored_bytes=len(picture_bytes) - 1)
    answer = client.post("/assets", files={"file": ("a.png", picture_bytes)})
    assert "more than" in refusal(answer, 413)["message"]
    assert not list(service.storage.iter_all())


def test_a_part_beyond_the_file_is_refused(client: TestClient, picture_bytes: bytes) -> None:
    asset = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()
    beyond = client.get(f"/assets/{asset['id']}/content", headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416


def test_a_file_is_asked_about_without_its_bytes(
    client: TestClient, other_client: TestClient, picture_bytes: bytes
) -> None:
    asset = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()
    url = f"/assets/{asset['id']}/content"
    for asked in ({}, {"Range": "bytes=2-5"}, {"Range": "bytes=99999999-"}):
        looked, whole = client.head(url, headers=asked), client.get(url, headers=asked)
        assert (looked.status_code, looked.content) == (whole.status_code, b"")
        for name in ("content-type", "content-length", "content-range", "accept-ranges", "etag"):
            assert looked.headers.get(name) == whole.headers.get(name), (asked, name)
    assert client.head(url).headers["content-length"] == str(len(picture_bytes))
    assert other_client.head(url).status_code == 404
    assert client.put(url).headers["allow"] == "GET, HEAD"


def test_an_upload_goes_on_where_it_broke_off(client: TestClient, clip_bytes: bytes) -> None:
    upload = begun(client, len(clip_bytes)).json()
    url, half = upload["url"].removeprefix(ROOT), len(clip_bytes) // 2
    assert sent(client, url, 0, clip_bytes[:half]).headers["upload-offset"] == str(half)
    assert client.get(f"/assets/{upload['asset_id']}").json()["state"] == "pending"
    assert refusal(sent(client, url, 0, clip_bytes), 409)["field"] == "Upload-Offset"
    looked = client.head(url)
    assert (looked.headers["upload-offset"], looked.headers["cache-control"]) == (str(half), "no-store")
    assert looked.headers["upload-length"] == str(len(clip_bytes))
    assert sent(client, url, half, clip_bytes[half:]).status_code == 204
    asset = client.get(f"/assets/{upload['asset_id']}").json()
    assert (asset["state"], asset["filename"], asset["width"]) == ("ready", "ball.mp4", 48)
    assert client.get(f"/assets/{asset['id']}/content").content == clip_bytes
    assert client.head(url).headers["upload-offset"] == str(len(clip_bytes))
    assert sent(client, url, len(clip_bytes), b"").status_code == 204


def test_an_upload_that_is_whole_is_finished_by_whoever_looks(
    client: TestClient, service: Service, clip_bytes: bytes
) -> None:
    """The server may have ended between the last byte and the look at the file."""
    upload = begun(client, len(clip_bytes)).json()
    (path,) = service.storage.parts().iterdir()
    path.write_bytes(clip_bytes)
    assert client.head(upload["url"].removeprefix(ROOT)).status_code == 200
    assert client.get(f"/assets/{upload['asset_id']}").json()["state"] == "ready"


def test_an_upload_that_is_no_media_fails_with_a_reason(client: TestClient) -> None:
    upload = begun(client, 4, "a.txt").json()
    url = upload["url"].removeprefix(ROOT)
    assert "a.txt" in refusal(sent(client, url, 0, b"none"), 422)["message"]
    asset = client.get(f"/assets/{upload['asset_id']}").json()
    assert asset["state"] == "failed"
    assert "a.txt" in asset["reason"]
    assert client.head(url).status_code == 404


def test_more_than_was_said_or_may_be_is_refused(client: TestClient) -> None:
    upload = begun(client, 4).json()
    assert refusal(sent(client, upload["url"].removeprefix(ROOT), 0, b"five!"), 413)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(2**40)}
    assert refusal(client.post("/uploads", headers=headers), 413)


def test_an_upload_is_given_up_and_is_nobody_elses(client: TestClient, other_client: TestClient) -> None:
    url = begun(client, 4).json()["url"].removeprefix(ROOT)
    assert other_client.head(url).status_code == 404
    assert refusal(sent(other_client, url, 0, b"none"), 404)
    assert refusal(other_client.delete(url), 404)
    assert client.delete(url).status_code == 204
    assert client.head(url).status_code == 404


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({}, "Upload-Length"),
        ({"Upload-Length": "-1"}, "Upload-Length"),
        ({"Upload-Length": "4", "Upload-Metadata": "filename !!"}, "Upload-Metadata"),
        ({"Upload-Length": "4", "Tus-Resumable": "0.2.0"}, "Tus-Resumable"),
    ],
)
def test_headers_that_cannot_be_are_named(client: TestClient, headers: dict[str, str], field: str) -> None:
    assert refusal(client.post("/uploads", headers=headers), 422)["field"] == field


def test_an_upload_that_nobody_finishes_is_swept_away(client: TestClient, service: Service) -> None:
    upload = begun(client, 4).json()
    sent(client, upload["url"].removeprefix(ROOT), 0, b"no")
    with service.database.transaction() as connection:
        connection.execute(uploads.update().values(expires_at=0.0))
    Janitor(service).seldom()
    assert list(service.storage.parts().iterdir()) == []
    assert refusal(client.get(f"/assets/{upload['asset_id']}"), 404)


def test_the_protocol_is_told_to_anybody(client: TestClient) -> None:
    told = client.options("/uploads")
    assert (told.status_code, told.headers["tus-version"]) == (204, "1.0.0")
    assert told.headers["tus-extension"] == "creation,termination"
