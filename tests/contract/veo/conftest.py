"""The service with its dialects behind a client, and jobs that end as a worker would end them."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from PIL import Image
from starlette.testclient import TestClient

from manazir.media.clip import Clip
from manazir.media.encode import write_clip
from manazir.server.app import make_app
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import Output, end, succeed
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.service import Service

LEASE_SECONDS = 60.0


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of 64x32 pixels."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_clip(Clip(np.full((4, 32, 64, 3), 90, np.uint8), 8.0), path)
    return path


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A PNG."""
    file = io.BytesIO()
    Image.new("RGB", (64, 32), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def client(service: Service, key: str) -> Iterator[TestClient]:
    """A client that sends the key."""
    with TestClient(make_app(service), headers={"x-goog-api-key": key}, raise_server_exceptions=False) as made:
        yield made


def take_next(service: Service) -> Job:
    with service.database.transaction() as connection:
        job = claim(connection, "a worker", LEASE_SECONDS)
    assert job is not None
    return job


@pytest.fixture
def finish(service: Service, film: Path) -> Callable[[], Job]:
    """Ends the next waiting job well."""

    def ended() -> Job:
        job = take_next(service)
        blob = service.storage.put_file(film)
        facts = {"kind": "video", "width": 64, "height": 32, "duration_seconds": 0.5}
        video = Output(role="video", sha256=blob.sha256, size_bytes=blob.size_bytes, mime_type="video/mp4", facts=facts)
        canvas = job.request.canvas
        take = {"width": canvas.width, "height": canvas.height, "native_width": 64, "native_height": 32}
        take |= {"frames": 4, "frame_rate": 8.0, "has_sound": False, "seed": canvas.seed, "notes": ["resampled"]}
        with service.database.transaction() as connection:
            assert succeed(connection, job.id, job.attempt, take, [video])
        return job

    return ended


@pytest.fixture
def fail(service: Service) -> Callable[[], Job]:
    """Ends the next waiting job badly."""

    def ended() -> Job:
        job = take_next(service)
        with service.database.transaction() as connection:
            assert end(connection, job.id, job.attempt, State.FAILED, Reason.OUT_OF_MEMORY, "the memory was full")
        return job

    return ended


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """A real socket of this machine, by name: the AI SDK takes no bare numbers."""
    server = uvicorn.Server(uvicorn.Config(make_app(service), port=0, log_level="error", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/google"
    server.should_exit = True
    thread.join()
