"""Node programs against `/dream-machine/v1`: npm `lumaai`, and Vercel's client."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.luma_served import listening, worker_of

from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess

PACKAGES = ("lumaai@1.19.1", "@ai-sdk/luma@2.0.57", "ai@6")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program beside its packages."""
    folder = tmp_path_factory.mktemp("node")
    subprocess.run(["npm", "init", "-y"], cwd=folder, check=True, capture_output=True)
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True, capture_output=True
    )
    shutil.copy(Path(__file__).with_name("luma.mjs"), folder)
    return folder / "luma.mjs"


@pytest.fixture
def working(service: Service) -> Iterator[None]:
    """A worker that takes jobs as they come."""
    worker = worker_of(service, EngineProcess())
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield
    worker.stopping.set()
    thread.join()


@pytest.mark.network
def test_node_programs_make_films_and_pictures(service: Service, key: str, program: Path, working: None) -> None:
    with listening(service) as address:
        sent = os.environ | {"ADDRESS": address, "KEY": key}
        ran = subprocess.run(["node", program], env=sent, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["state"] == "completed"
    assert told["film"][0] == 200
    assert told["film"][1] > 1000
    assert told["listed"] == 1
    assert told["refused"] == [422, ["body", "concepts"]]
    assert told["picture"][0] == "image/jpeg"
    assert told["picture"][1] > 1000
    assert "'1:1'" in told["told"]  # readable: the list of what is possible, not `Unprocessable Entity`
