"""Against a real socket, with a real worker: the plain example of every client, in the versions that people have."""

import json
import os
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from manazir.media.probe import probe
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

HERE = Path(__file__).parent


@pytest.fixture
def working(service: Service) -> Iterator[None]:
    """A worker with an engine, in a thread."""
    worker = Worker(service, runner=EngineProcess())
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield
    worker.stopping.set()
    thread.join()


@pytest.mark.usefixtures("working")
@pytest.mark.filterwarnings("ignore:The Sora API is scheduled to permanently shut down:DeprecationWarning")
def test_a_film_is_made_gone_on_from_and_changed(socket_url: str, key: str, tmp_path: Path) -> None:
    client = openai.OpenAI(api_key=key, base_url=socket_url)
    video = client.videos.create_and_poll(prompt="a red ball", size="96x64", seconds="1", poll_interval_ms=100)  # type: ignore[arg-type]
    assert video.status == "completed", video.error
    client.videos.download_content(video.id).write_to_file(tmp_path / "film.mp4")
    film = probe(tmp_path / "film.mp4")
    assert (film.width, film.height, film.duration_seconds) == (96, 64, 1.0)
    assert video.to_dict()["manazir"]["native_size"] == "64x32"

    longer = client.videos.extend(prompt="on", seconds="1", video=openai.omit, extra_body={"video": {"id": video.id}})  # type: ignore[arg-type]
    blue = client.videos.remix(video.id, prompt="a blue ball")
    for made, seconds in ((longer, 2.0), (blue, 1.0)):
        ended = client.videos.poll(made.id, poll_interval_ms=100)
        assert ended.status == "completed", ended.error
        client.videos.download_content(made.id).write_to_file(tmp_path / "film.mp4")
        film = probe(tmp_path / "film.mp4")
        assert (film.width, film.height, film.duration_seconds) == (96, 64, seconds)
        assert float(ended.seconds) == seconds

    picture = client.images.generate(prompt="a red ball", size="96x64")  # type: ignore[call-overload]
    assert picture.data[0].b64_json


def environment(url: str, key: str) -> dict[str, str]:
    return {**os.environ, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": key, "PYTHONPATH": ""}


@pytest.mark.network
@pytest.mark.usefixtures("finishing")
def test_the_client_of_2_24_sends_json(socket_url: str, key: str, media: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "old", with_pip=True)
    python = tmp_path / "old" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "openai==2.24.0"], check=True, capture_output=True)
    arguments = [python, HERE / "plain_example.py", media / "image.png"]
    done = subprocess.run(arguments, env=environment(socket_url, key), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"version": "2.24.0", "status": "completed", "bytes": True, "listed": 2}


@pytest.mark.usefixtures("finishing")
def test_the_installed_client_runs_the_same_example(socket_url: str, key: str, media: Path) -> None:
    arguments = [sys.executable, HERE / "plain_example.py", media / "image.png"]
    done = subprocess.run(arguments, env=environment(socket_url, key), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == {"version": openai.__version__, "status": "completed", "bytes": True, "listed": 2}


@pytest.mark.network
@pytest.mark.usefixtures("finishing")
def test_the_client_for_node_sends_ids_in_brackets(socket_url: str, key: str, media: Path, tmp_path: Path) -> None:
    (tmp_path / "example.mjs").write_text((HERE / "plain_example.mjs").read_text())
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "openai@6"]
    subprocess.run(install, cwd=tmp_path, check=True, capture_output=True)
    arguments = ["node", "example.mjs", str(media / "image.png"), str(media / "clip.mp4")]
    how = {"cwd": tmp_path, "env": environment(socket_url, key), "capture_output": True, "text": True}
    done = subprocess.run(arguments, **how)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == {
        "statuses": ["completed"] * 4,
        "whole": "8",
        "bytes": True,
        "refused": "BadRequestError seconds",
        "event": "video.completed",
    }
