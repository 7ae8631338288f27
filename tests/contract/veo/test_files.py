"""Files on the wire: Google's resumable protocol, get, list, delete, and downloads by whatever the client asks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from manazir.server.app import make_app
from manazir.server.assets.storage import FolderStorage
from manazir.server.jobs.job import Job
from manazir.server.service import Service
from manazir.server.store.database import Database

FILES = "/google/v1beta/files"
PREDICT = "/google/v1beta/models/veo-3.1-generate-preview:predictLongRunning"
START = {"X-Goog-Upload-Protocol": "resumable", "X-Goog-Upload-Command": "start"}
Finish = Callable[[], Job]


def begin(client: TestClient, size: int, **file: Any) -> httpx.Response:
    """As google-genai 2.34 and 3.4 begin."""
    headers = START | {"X-Goog-Upload-Header-Content-Length": str(size)}
    headers |= {"X-Goog-Upload-Header-Content-Type": "video/mp4", "X-Goog-Upload-File-Name": "film.mp4"}
    body = {"file": {"mime_type": "video/mp4", "size_bytes": size} | file}
    return client.post("/google/upload/v1beta/files", headers=headers, json=body)


def send(client: TestClient, url: str, command: str, offset: int = 0, data: bytes = b"") -> httpx.Response:
    """A part, without a key."""
    headers = {"X-Goog-Upload-Command": command, "X-Goog-Upload-Offset": str(offset), "x-goog-api-key": ""}
    return client.post(url, headers=headers, content=data)


def uploaded(client: TestClient, film: Path, **file: Any) -> dict[str, Any]:
    data = film.read_bytes()
    url = begin(client, len(data), **file).headers["x-goog-upload-url"]
    told: dict[str, Any] = send(client, url, "upload, finalize", 0, data).json()["file"]
    return told


def test_an_upload_in_parts(client: TestClient, film: Path) -> None:
    data = film.read_bytes()
    begun = begin(client, len(data), display_name="my film")
    assert (begun.status_code, begun.headers["x-goog-upload-status"]) == (200, "active")
    url = begun.headers["x-goog-upload-url"]
    assert url.startswith("http://testserver/google/upload/v1beta/files?upload_id=")
    part = send(client, url, "upload", 0, data[:300])
    assert (part.status_code, part.headers["x-goog-upload-status"]) == (200, "active")
    assert send(client, url, "query").headers["x-goog-upload-size-received"] == "300"
    last = send(client, url, "upload, finalize", 300, data[300:])
    assert (last.status_code, last.headers["x-goog-upload-status"]) == (200, "final")
    file = last.json()["file"]
    assert (file["state"], file["mimeType"], file["displayName"]) == ("ACTIVE", "video/mp4", "my film")
    assert (file["sizeBytes"], file["source"]) == (str(len(data)), "UPLOADED")
    assert client.get(f"/google/v1beta/{file['name']}").json() == file
    assert send(client, url, "upload, finalize", 300, data[300:]).json()["file"] == file


def test_an_upload_goes_on_after_the_server_was_started_again(
    client: TestClient, service: Service, film: Path, tmp_path: Path
) -> None:
    data = film.read_bytes()
    url = begin(client, len(data)).headers["x-goog-upload-url"]
    send(client, url, "upload", 0, data[:300])
    storage = FolderStorage(folder=tmp_path / "storage", floor_bytes=0)
    again = Service(Database(str(service.database.url)), service.operator, storage)
    with TestClient(make_app(again)) as later:
        assert send(later, url, "query").headers["x-goog-upload-size-received"] == "300"
        last = send(later, url, "upload, finalize", 300, data[300:])
    assert last.json()["file"]["state"] == "ACTIVE"


def test_wrong_parts_are_refused_so_that_the_client_does_not_try_again(client: TestClient, film: Path) -> None:
    url = begin(client, 100).headers["x-goog-upload-url"]
    for command, offset, data, status in (
        ("upload", 50, b"x", 416),
        ("upload", 0, b"x" * 101, 413),
        ("finalize", 0, b"", 400),
        ("dance", 0, b"", 400),
    ):
        answer = send(client, url, command, offset, data)
        assert (answer.status_code, answer.headers["x-goog-upload-status"]) == (status, "final"), answer.text
        assert answer.json()["error"]["code"] == status
    unknown = send(client, "/google/upload/v1beta/files?upload_id=abc", "upload", 0, b"x")
    assert unknown.status_code == 404
    assert send(client, url, "cancel").headers["x-goog-upload-status"] == "cancelled"
    assert send(client, url, "upload", 0, b"x").status_code == 404


def test_only_who_has_a_key_begins_and_only_the_resumable_way(client: TestClient) -> None:
    raw = client.post("/google/upload/v1beta/files", headers={"X-Goog-Upload-Protocol": "raw"}, content=b"x")
    assert (raw.status_code, raw.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert begin(client, 0).status_code == 413
    del client.headers["x-goog-api-key"]
    assert begin(client, 10).status_code == 401


def test_what_is_no_media_is_said_to_be_none(client: TestClient) -> None:
    url = begin(client, 5).headers["x-goog-upload-url"]
    answer = send(client, url, "upload, finalize", 0, b"hello")
    assert (answer.status_code, answer.headers["x-goog-upload-status"]) == (400, "final")
    assert "film.mp4 is not a media file" in answer.json()["error"]["message"]


def test_a_name_that_the_client_chose(client: TestClient, film: Path) -> None:
    file = uploaded(client, film, name="files/my-film-1")
    assert file["name"] == "files/my-film-1"
    assert client.get("/google/v1beta/files/my-film-1").json() == file
    taken = begin(client, 10, name="my-film-1")
    assert "already" in taken.json()["error"]["message"]
    assert begin(client, 10, name="files/My Film").status_code == 400
    assert client.delete("/google/v1beta/files/my-film-1").json() == {}
    assert client.get("/google/v1beta/files/my-film-1").status_code == 404


def test_lists_have_uploads_and_what_jobs_made_page_by_page(client: TestClient, film: Path, finish: Finish) -> None:
    first, second = uploaded(client, film), uploaded(client, film)
    client.post(PREDICT, json={"instances": [{"prompt": "a"}]})
    finish()
    page = client.get(FILES, params={"pageSize": 2}).json()
    assert [file["source"] for file in page["files"]] == ["GENERATED", "UPLOADED"]
    assert page["files"][1] == second
    assert page["files"][0]["downloadUri"].endswith(":download?alt=media")
    rest = client.get(FILES, params={"pageToken": page["nextPageToken"]}).json()
    assert rest == {"files": [first]}
    for wrong in ({"pageSize": "x"}, {"pageToken": "x"}):
        assert client.get(FILES, params=wrong).status_code == 400


@pytest.mark.parametrize(
    "form",
    [
        "{id}:download?alt=media",
        "http://127.0.0.1:8420/google/v1beta/files/{id}:download?alt=media:download?alt=media",
        "http://127.0.0.1:8420/google/v1beta/files/{id}:download?alt=media",
        "http:/127.0.0.1:8420/google/v1beta/files/{id}:download?alt=media",
    ],
)
def test_downloads_by_every_address_that_the_client_makes(client: TestClient, film: Path, form: str) -> None:
    """The third as it is; the fourth after a proxy has made one slash of two."""
    file_id = uploaded(client, film)["name"].removeprefix("files/")
    assert file_id.isalnum()
    assert file_id == file_id.lower()
    answer = client.get(f"{FILES}/{form.format(id=file_id)}")
    assert answer.content == film.read_bytes()
    assert answer.headers["content-type"] == "video/mp4"
    looked = client.head(f"{FILES}/{form.format(id=file_id)}")
    assert (looked.status_code, looked.headers["content-length"]) == (200, str(film.stat().st_size))
    part = client.get(f"{FILES}/{form.format(id=file_id)}", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_an_upload_is_used_by_its_name_and_its_uri(client: TestClient, film: Path, finish: Finish) -> None:
    file = uploaded(client, film, name="files/mine")
    for uri in (file["name"], file["uri"]):
        body = {"instances": [{"prompt": "a", "video": {"uri": uri}}]}
        answer = client.post(PREDICT, json=body)
        assert answer.status_code == 200, answer.text
        assert finish().request.files[0].startswith("asset:")
    missing = {"instances": [{"prompt": "a", "video": {"uri": "files/nothing"}}]}
    answer = client.post(PREDICT, json=missing)
    assert answer.status_code == 404
