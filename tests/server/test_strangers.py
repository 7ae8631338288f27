"""What is another tenant's cannot be named in any field of any dialect: as if it were not there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from manazir.core.canvas import Canvas
from manazir.media.clip import Clip
from manazir.media.encode import write_clip, write_picture
from manazir.server.app import make_app
from manazir.server.asks import Ask
from manazir.server.files import Asset
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import Output, succeed
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.store.tables import jobs


@pytest.fixture
def owner(service: Service, key: str) -> Caller:
    return service.caller(key, Scope.GENERATE)


@pytest.fixture
def picture(service: Service, owner: Caller, tmp_path: Path) -> Asset:
    write_picture(np.zeros((32, 32, 3), np.uint8), tmp_path / "picture.png")
    return service.bring(owner, [(tmp_path / "picture.png").read_bytes()])


@pytest.fixture
def film(service: Service, owner: Caller, tmp_path: Path) -> Asset:
    write_clip(Clip(np.zeros((8, 32, 32, 3), np.uint8), 8.0), tmp_path / "film.mp4")
    return service.bring(owner, [(tmp_path / "film.mp4").read_bytes()])


def made(service: Service, owner: Caller, film: Asset, dialect: str, wire: dict[str, Any]) -> str:
    """A job that has succeeded; returns its id."""
    ask = Ask(dialect=dialect, model="sora-2", canvas=Canvas(prompt="x"), wire=wire)
    job = service.submit(owner, ask)
    output = Output(
        role="video", sha256=film.sha256 or "", size_bytes=film.size_bytes, mime_type="video/mp4", facts=film.facts
    )
    with service.database.transaction() as connection:
        taken = claim(connection, "w", 60.0)
        assert taken is not None
        assert succeed(connection, job.id, taken.attempt, {}, [output])
    return job.id


@pytest.fixture
def stranger(service: Service, other_key: str) -> Iterator[TestClient]:
    with TestClient(make_app(service), headers={"Authorization": f"Bearer {other_key}"}) as client:
        yield client


def test_no_field_of_any_dialect_reaches_another_tenants_files(
    service: Service, owner: Caller, picture: Asset, film: Asset, stranger: TestClient
) -> None:
    sora = made(service, owner, film, "sora", {"size": "32x32", "seconds": "1"}).replace("-", "")
    luma = made(service, owner, film, "luma", {"request": {}})
    veo = made(service, owner, film, "veo", {"as": "interaction"})
    link = service.link(film, "http://testserver")
    short = film.id.replace("-", "")
    asks: list[tuple[str, dict[str, Any]]] = []
    for reference in (f"asset:{film.id}", f"job:{luma}", f"asset:{picture.id}"):
        asks += [
            ("/api/v1/jobs", {"model": "sora-2", "canvas": {"prompt": "x", **part}})
            for part in (
                {"keyframes": [{"image": reference, "at_seconds": 0.0}]},
                {"extension": {"clip": reference}},
                {"modification": {"clip": reference}},
                {"modification": {"clip": "https://example.com/a.mp4", "region": {"mask": reference}}},
                {"sound": reference},
            )
        ]
        asks.append(("/api/v1/jobs", {"model": "sora-2", "canvas": {"sound_for": reference}}))
        larger = {"modification": {"clip": reference}, "width": 64, "height": 64}
        asks.append(("/api/v1/jobs", {"kind": "upscale", "canvas": larger}))
    openai = "/openai/v1/videos"
    asks += [
        (openai, {"prompt": "x", "input_reference": {"file_id": f"file-{picture.id.replace('-', '')}"}}),
        (f"{openai}/edits", {"prompt": "x", "video": {"id": f"video_{sora}"}}),
        (f"{openai}/extensions", {"prompt": "x", "seconds": 4, "video": {"id": f"video_{sora}"}}),
        (f"{openai}/video_{sora}/remix", {"prompt": "x"}),
    ]
    dream = "/dream-machine/v1/generations"
    of_generation = {"frame0": {"type": "generation", "id": luma}}
    asks += [
        (f"{dream}/video", {"prompt": "x", "model": "ray-2", "keyframes": of_generation}),
        (f"{dream}/{luma}/upscale", {"resolution": "1080p"}),
        (f"{dream}/{luma}/audio", {"prompt": "x"}),
    ]
    asks += [
        ("/luma/v1/generations", {"prompt": "x", "type": kind, **body})
        for kind, body in (
            ("video", {"video": {"start_frame": {"file_id": picture.id}}}),
            ("video", {"video": {"end_frame": {"generation_id": luma}}}),
            ("video", {"video": {"keyframes": [{"file_id": picture.id}], "keyframe_indexes": [0]}}),
            ("video_edit", {"source": {"file_id": film.id, "media_type": "video/mp4"}}),
            ("video_edit", {"source": {"generation_id": luma, "media_type": "video/mp4"}}),
            ("image_edit", {"source": {"file_id": picture.id}}),
        )
    ]
    predict = "/google/v1beta/models/veo-3.0-generate-001:predictLongRunning"
    asks += [
        (predict, {"instances": [{"prompt": "x", "video": {"uri": f"files/{short}"}}]}),
        (predict, {"instances": [{"prompt": "x", "image": {"gcsUri": f"files/{picture.id.replace('-', '')}"}}]}),
        (
            "/google/v1beta/interactions",
            {"model": "gemini-omni-flash-preview", "background": True, "input": "x", "previous_interaction_id": veo},
        ),
    ]
    for path, body in asks:
        answer = stranger.post(path, json=body)
        assert 400 <= answer.status_code < 500, (path, body, answer.text)
    reads = (
        f"/api/v1/jobs/{luma}",
        f"/api/v1/assets/{film.id}",
        f"/api/v1/assets/{film.id}/content",
        f"{openai}/video_{sora}",
        f"{openai}/video_{sora}/content",
        f"/openai/v1/files/file-{short}/content",
        f"/openai/v1/videos/characters/char_{short}",
        f"{dream}/{luma}",
        f"/luma/v1/files/{film.id}",
        f"/google/v1beta/files/{short}",
        f"/google/v1beta/files/{short}:download?alt=media",
        f"/google/v1beta/interactions/{veo}",
    )
    for path in reads:
        for method in ("GET", "DELETE"):
            assert stranger.request(method, path).status_code in (404, 405, 400), (method, path)
    # A signed address is good for whoever has it to look at; it makes nobody's file part of another's job.
    assert stranger.get(link).status_code == 200
    stranger.post(
        f"{dream}/video/modify", json={"prompt": "x", "mode": "flex_1", "media": {"url": link}, "model": "ray-2"}
    )
    with service.database.reading() as connection:
        theirs = connection.execute(select(jobs.c.request).where(jobs.c.tenant_id != owner.tenant_id)).scalars().all()
    assert not any(film.id in str(one["canvas"].get("modification", "")) and "asset:" in str(one) for one in theirs)
    assert service.asset(owner, film.id).state == "ready"
