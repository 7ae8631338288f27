"""Our own API in process: a client for each of two tenants, and a job that a real worker has made."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from manazir.media.clip import Clip
from manazir.media.encode import write_clip, write_picture
from manazir.server.app import make_app
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

ROOT = "/api/v1"


@pytest.fixture
def client(service: Service, key: str) -> Iterator[TestClient]:
    """An admin's."""
    with TestClient(
        make_app(service),
        base_url=f"http://testserver{ROOT}",
        headers={"Authorization": f"Bearer {key}"},
        raise_server_exceptions=False,
    ) as made:
        yield made


@pytest.fixture
def other_client(client: TestClient, other_key: str) -> TestClient:
    """Another tenant's."""
    return TestClient(client.app, base_url=client.base_url, headers={"Authorization": f"Bearer {other_key}"})


@pytest.fixture(scope="session")
def engine() -> Iterator[EngineProcess]:
    """One process for all: it imports torch once."""
    made = EngineProcess()
    yield made
    made.close(at_once=True)


@pytest.fixture
def work(service: Service, engine: EngineProcess) -> Callable[[], bool]:
    """Has a worker make the next job."""
    worker = Worker(service, runner=engine)
    worker._register()
    return worker.run_one


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    """A second of film."""
    frames = np.zeros((8, 32, 48, 3), np.uint8)
    frames[:, :, :24] = (200, 30, 30)
    write_clip(Clip(frames=frames, frame_rate=8.0), tmp_path / "clip.mp4")
    return (tmp_path / "clip.mp4").read_bytes()


@pytest.fixture
def picture_bytes(tmp_path: Path) -> bytes:
    """A small picture."""
    write_picture(np.full((32, 32, 3), 90, np.uint8), tmp_path / "picture.png")
    return (tmp_path / "picture.png").read_bytes()


def created(client: TestClient, canvas: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A job of a small canvas."""
    answer = client.post("/jobs", json={"canvas": canvas or {"prompt": "a red ball", "seed": 1}, **more})
    assert answer.status_code == 201, answer.text
    job: dict[str, Any] = answer.json()
    return job
