"""Files by signed addresses."""

import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from manazir.media.clip import Clip
from manazir.media.encode import write_clip
from manazir.server.app import make_app
from manazir.server.files import Asset, delete_asset
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.signing import Signer
from manazir.server.store.tables import workers


@pytest.fixture
def asset(service: Service, key: str, tmp_path: Path) -> Asset:
    path = tmp_path / "clip.mp4"
    write_clip(Clip(np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8), 8.0), path)
    return service.bring(service.caller(key, Scope.GENERATE), [path.read_bytes()], filename="clip.mp4")


@pytest.fixture
def client(service: Service) -> TestClient:
    return TestClient(make_app(service))


def test_an_upload_is_known_for_what_it_is(asset: Asset) -> None:
    assert (asset.mime_type, asset.state, asset.filename) == ("video/mp4", "ready", "clip.mp4")
    assert (asset.facts["width"], asset.facts["duration_seconds"]) == (32, 1.0)


def test_a_signed_address_needs_no_key_and_gives_parts(service: Service, asset: Asset, client: TestClient) -> None:
    link = service.link(asset, "")
    whole = client.get(link)
    assert whole.headers["content-type"] == "video/mp4"
    assert len(whole.content) == asset.size_bytes
    part = client.get(link, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, whole.content[4:8])
    looked = client.head(link)
    assert (looked.status_code, looked.content) == (200, b"")
    assert int(looked.headers["content-length"]) == asset.size_bytes
    beyond = client.get(link, headers={"Range": f"bytes={asset.size_bytes}-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize("change", ["until=9999999999", "signature=0", ""])
def test_an_address_that_was_changed_shows_nothing(
    service: Service, asset: Asset, client: TestClient, change: str
) -> None:
    path, _, query = service.link(asset, "").partition("?")
    kept = [part for part in query.split("&") if part.split("=")[0] != change.split("=")[0] and change]
    assert client.get(f"{path}?{'&'.join([*kept, change])}").status_code == 404


def test_an_address_ends_and_so_do_deleted_files(service: Service, asset: Asset, client: TestClient) -> None:
    old = Signer(service.signer.secret).sign(f"/media/{asset.id}/input.mp4", -5)
    assert client.get(old).status_code == 404
    link = service.link(asset, "")
    with service.database.transaction() as connection:
        delete_asset(connection, asset.tenant_id, asset.id)
    assert client.get(link).status_code == 404


def test_all_servers_of_a_store_sign_alike(service: Service) -> None:
    again = Service(service.database, service.operator, service.storage)
    path, _, query = service.signer.sign("/media/x/y.mp4", 60).partition("?")
    told = dict(part.split("=") for part in query.split("&"))
    again.signer.check(path, told["until"], told["signature"])
    assert int(told["until"]) > time.time()


def test_the_service_says_whether_it_is_well_also_without_workers(service: Service, client: TestClient) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}
    with service.database.reading() as connection:
        assert connection.execute(select(workers.c.id)).all() == []  # what is accepted waits for those who will join
    full = Service(
        service.database, service.operator, type(service.storage)(folder=service.storage.folder, floor_bytes=1 << 60)
    )  # type: ignore[call-arg,attr-defined]
    answer = TestClient(make_app(full)).get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_bytes_that_nobody_has_looked_at_are_not_served_as_what_their_sender_calls_them(
    service: Service, key: str, client: TestClient
) -> None:
    client.headers["Authorization"] = f"Bearer {key}"
    page = b"<script>alert(1)</script>"
    about = {"mime_type": "image/png", "size_bytes": len(page), "purpose": "input"}
    sent = client.post("/luma/v1/files", json=about).json()
    assert client.put(sent["upload"]["url"], content=page).status_code == 200
    short = sent["id"].replace("-", "")
    for path in (
        f"/api/v1/assets/{sent['id']}/content",
        f"/openai/v1/files/file-{short}/content",
        f"/google/v1beta/files/{short}:download?alt=media",
    ):
        assert client.get(path).status_code in (400, 409), path


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("bytes=0-0", 206, (0, 1)),
        ("bytes=5-", 206, (5, None)),
        ("bytes=-3", 206, (-3, None)),
        ("bytes=5-99999999", 206, (5, None)),
        ("bytes=0-0,5-6", 200, (0, None)),  # several: the whole, as HTTP allows
        ("bytes=6-5", 200, (0, None)),
        ("frames=1-2", 200, (0, None)),
        ("bytes=-", 200, (0, None)),
    ],
)
def test_parts_are_those_that_were_asked_for(
    service: Service, asset: Asset, client: TestClient, asked: str, status: int, span: tuple[int, int | None]
) -> None:
    assert asset.sha256 is not None
    data = service.storage.path(asset.sha256).read_bytes()
    answer = client.get(service.link(asset, ""), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, data[span[0] : span[1]])
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["etag"] == f'"{asset.sha256}"'
    if status == 206:
        start = range(len(data))[span[0]]
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(answer.content) - 1}/{len(data)}"


def test_a_part_of_what_has_changed_since_is_the_whole(service: Service, asset: Asset, client: TestClient) -> None:
    link = service.link(asset, "")
    same = client.get(link, headers={"Range": "bytes=0-3", "If-Range": f'"{asset.sha256}"'})
    other = client.get(link, headers={"Range": "bytes=0-3", "If-Range": '"another"'})
    assert (same.status_code, other.status_code, len(other.content)) == (206, 200, asset.size_bytes)


def test_a_file_that_is_gone_is_an_error_and_not_half_an_answer(
    service: Service, asset: Asset, client: TestClient
) -> None:
    assert asset.sha256 is not None
    service.storage.delete(asset.sha256)
    assert TestClient(client.app, raise_server_exceptions=False).get(service.link(asset, "")).status_code == 500
