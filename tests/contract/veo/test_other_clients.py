"""Clients that cannot stand in one environment with ours: google-genai 2.34, and the AI SDK of node."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from manazir.server.jobs.job import Job
from manazir.server.keys import Scope
from manazir.server.service import Service

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]
HERE = Path(__file__).parent


@pytest.fixture
def made(finish: Callable[[], Job]) -> Iterator[list[Job]]:
    """Jobs, each ended as soon as it waits."""
    jobs: list[Job] = []
    stopping = threading.Event()

    def end_all() -> None:
        while not stopping.wait(0.1):
            try:
                jobs.append(finish())
            except AssertionError:
                continue  # none waits

    thread = threading.Thread(target=end_all)
    thread.start()
    yield jobs
    stopping.set()
    thread.join()


@pytest.fixture
def picture_file(picture: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(picture)
    return path


def ran(*command: str | Path, folder: Path) -> dict[str, Any]:
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_google_genai_2_34_as_a_developer(
    address: str, key: str, made: list[Job], picture_file: Path, film: Path, tmp_path: Path, service: Service
) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "google-genai==2.34.0"], check=True)
    told = ran(python, HERE / "older_client.py", address, key, picture_file, film, folder=tmp_path)
    sha256 = hashlib.sha256(film.read_bytes()).hexdigest()
    assert (told["version"], told["hashes"], told["video"]) == ("2.34.0", [sha256] * 2, sha256)
    assert (told["metadata"]["model"], told["extended"]) == ("noor-nano", None)
    assert (told["file"], told["interaction"]) == ("ACTIVE", "completed")
    canvas = made[0].request.canvas
    assert (canvas.width, canvas.height, canvas.duration_seconds, len(canvas.keyframes)) == (720, 1280, 4, 2)
    assert len(service.jobs(service.caller(key, Scope.READ)).jobs) == 4


def test_the_ai_sdk(address: str, key: str, made: list[Job], picture_file: Path, film: Path, tmp_path: Path) -> None:
    script = tmp_path / "google_video.mjs"
    script.write_bytes((HERE.parent / "node" / script.name).read_bytes())
    packages = ["ai@6", "@ai-sdk/google@3"]
    subprocess.run(["npm", "install", "--silent", "--prefix", tmp_path, *packages], check=True)
    told = ran("node", script, address, key, picture_file, folder=tmp_path)
    assert told["hashes"] == [hashlib.sha256(film.read_bytes()).hexdigest()] * 2
    assert "parameters.compressionQuality" in told["refused"]["message"]
    assert told["refused"]["status"] == 400
    assert sorted(job.request.canvas.seed or 0 for job in made) == [5, 6]
