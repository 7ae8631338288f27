"""The official client against the application, in process and against a socket; and jobs that end."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openai
import pytest
import uvicorn
from starlette.testclient import TestClient

from manazir.media.clip import Clip
from manazir.media.encode import write_clip, write_picture
from manazir.server.app import make_app
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import Output, end, succeed
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.jobs.request import Kind
from manazir.server.service import Service

ROLES = {
    "video": ("clip.mp4", "video/mp4"),
    "thumbnail": ("thumbnail.webp", "image/webp"),
    "spritesheet": ("sheet.webp", "image/webp"),
    "image": ("image.png", "image/png"),
}
VIDEO = ("video", "thumbnail", "spritesheet")


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real files: a clip of 64x32, 8 frames at 8 a second, and pictures of it."""
    folder = tmp_path_factory.mktemp("media")
    frames = np.zeros((8, 32, 64, 3), np.uint8)
    frames[:, :, :, 0] = np.arange(8, dtype=np.uint8)[:, None, None] * 30
    write_clip(Clip(frames, 8.0), folder / "clip.mp4")
    for name in ("thumbnail.webp", "sheet.webp", "image.png"):
        write_picture(frames[4], folder / name)
    return folder


@pytest.fixture
def web(service: Service) -> Iterator[TestClient]:
    """Raw requests, in process."""
    with TestClient(make_app(service), base_url="http://testserver/openai/v1") as client:
        yield client


@pytest.fixture
def openai_client(web: TestClient, key: str) -> openai.OpenAI:
    """The official client over the application, in process."""
    return openai.OpenAI(api_key=key, base_url="http://testserver/openai/v1", http_client=web)


@pytest.fixture
def finish(service: Service, media: Path) -> Callable[[], Job]:
    """Ends the next job that waits as a worker would, with real files."""

    def finished() -> Job:
        with service.database.transaction() as connection:
            job = claim(connection, "tests", 60.0)
        assert job is not None
        canvas = job.request.canvas
        facts = {"width": canvas.width, "height": canvas.height, "frame_rate": 8.0}
        facts |= {"duration_seconds": float(job.wire.get("seconds", 0))}
        outputs = []
        for role in ("image",) if job.kind == Kind.IMAGE else VIDEO:
            name, mime_type = ROLES[role]
            blob = service.storage.put_file(media / name)
            outputs.append(
                Output(role=role, sha256=blob.sha256, size_bytes=blob.size_bytes, mime_type=mime_type, facts=facts)
            )
        take = {"seed": 7, "native_width": 64, "native_height": 32, "notes": ["resampled"]}
        with service.database.transaction() as connection:
            assert succeed(connection, job.id, job.attempt, take, outputs, kept_seconds=3600.0)
        return job

    return finished


@pytest.fixture
def fail(service: Service) -> Callable[[str], Job]:
    """Ends the next job that waits as failed."""

    def failed(why: str) -> Job:
        with service.database.transaction() as connection:
            job = claim(connection, "tests", 60.0)
            assert job is not None
            assert end(connection, job.id, job.attempt, State.FAILED, Reason.BAD_INPUT, why)
        return job

    return failed


@pytest.fixture
def finishing(service: Service, finish: Callable[[], Job]) -> Iterator[None]:
    """Ends every job soon, in a thread, as long as the test runs."""
    stopping = threading.Event()

    def work() -> None:
        while not stopping.wait(0.02):
            with service.database.reading() as connection:
                waits = connection.exec_driver_sql("select 1 from jobs where state = 'queued'").first()
            if waits:
                finish()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stopping.set()
    thread.join()


@pytest.fixture
def socket_url(service: Service) -> Iterator[str]:
    """The application on a socket of this machine."""
    config = uvicorn.Config(make_app(service), host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/openai/v1"
    server.should_exit = True
    thread.join()
