"""Our own API in process and at an address: clients of two tenants, and a real worker."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from fastapi.testclient import TestClient
from tests.server.api.talk import ROOT

from manazir.media.clip import Clip
from manazir.media.encode import write_clip, write_picture
from manazir.server.app import make_app
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker


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


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """The whole service at an address of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(make_app(service), log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()
