"""What the contracts of both of Luma's APIs share: the service in process, a worker, small files, a real socket."""

import base64
import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import uvicorn
from PIL import Image
from starlette.testclient import TestClient

from manazir.media.clip import Clip
from manazir.media.encode import write_clip
from manazir.server.app import make_app
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker


def png(colour: str = "red", size: tuple[int, int] = (64, 32)) -> bytes:
    """A picture of one colour."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


def data_url(data: bytes, mime_type: str = "image/png") -> str:
    return f"data:{mime_type};base64,{base64.b64encode(data).decode()}"


def film(folder: Path, frames: int = 8, size: tuple[int, int] = (64, 32)) -> bytes:
    """A clip at 8 frames a second, from black to white."""
    levels = np.linspace(0, 255, frames).astype(np.uint8)
    pixels = np.broadcast_to(levels[:, None, None, None], (frames, size[1], size[0], 3)).copy()
    write_clip(Clip(pixels, 8.0), folder / "film.mp4")
    return (folder / "film.mp4").read_bytes()


class InProcess(httpx.BaseTransport):
    """Sends what a client sends to the application itself; starlette's client is of another httpx than the SDKs'."""

    def __init__(self, http: TestClient) -> None:
        self._http = http

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = [(name, value) for name, value in request.headers.multi_items() if name != "host"]
        answer = self._http.request(request.method, str(request.url), content=request.read(), headers=dict(sent))
        return httpx.Response(answer.status_code, headers=answer.headers.multi_items(), content=answer.content)


def in_process(http: TestClient) -> httpx.Client:
    return httpx.Client(transport=InProcess(http))


def worker_of(service: Service, engine: EngineProcess) -> Worker:
    made = Worker(service, runner=engine)
    made._register()
    return made


@contextmanager
def listening(service: Service) -> Iterator[str]:
    """The service at a port of this machine."""
    server = uvicorn.Server(uvicorn.Config(make_app(service), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
