"""What clients ask for is made by a real engine's process, in the size and length asked, and comes back by the wire."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from manazir.media.probe import Probe, probe
from manazir.server.service import Service
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

PATH = "/google/v1beta/interactions"
VERTEX = "/google/v1beta1/publishers/google/models/veo-3.1-generate-001"


@pytest.fixture
def work(service: Service, engine: EngineProcess) -> Callable[[], None]:
    """Does all that waits."""
    worker = Worker(service, runner=engine)
    worker._register()

    def all_of_it() -> None:
        while worker.run_one():
            pass

    return all_of_it


def probed(data: str, tmp_path: Path) -> Probe:
    (tmp_path / "made.mp4").write_bytes(base64.b64decode(data))
    return probe(tmp_path / "made.mp4")


def test_vertex_gets_two_silent_videos_exactly_as_asked(
    client: TestClient, work: Callable[[], None], tmp_path: Path
) -> None:
    parameters = {"sampleCount": 2, "seed": 1, "durationSeconds": 1, "resolution": "360p", "generateAudio": False}
    body = {"instances": [{"prompt": "a red ball"}], "parameters": parameters}
    name = client.post(f"{VERTEX}:predictLongRunning", json=body).json()["name"]
    work()
    done = client.post(f"{VERTEX}:fetchPredictOperation", json={"operationName": name}).json()
    videos = [video["bytesBase64Encoded"] for video in done["response"]["videos"]]
    assert len(set(videos)) == 2
    found = probed(videos[0], tmp_path)
    assert (found.width, found.height, found.duration_seconds, found.sound) == (640, 360, 1.0, None)
    about = done["metadata"]["samples"][0]
    assert (about["nativeWidth"], about["nativeHeight"], about["model"]) == (64, 32, "noor-nano")


def test_a_conversation_is_edited_and_extended(client: TestClient, work: Callable[[], None], tmp_path: Path) -> None:
    form: dict[str, Any] = {"type": "video", "resolution": "64x32"}
    body = {"model": "gemini-omni-1.1-flash", "background": True, "input": "a ball"}
    first = client.post(PATH, json=body | {"response_format": form | {"duration": "1s"}}).json()
    work()
    body |= {"previous_interaction_id": first["id"]}
    edit = client.post(PATH, json=body).json()
    task = {"video_config": {"task": "extend"}}
    form = {"type": "video", "duration": "1s"}
    extended = client.post(PATH, json=body | {"generation_config": task, "response_format": form}).json()
    work()
    for interaction, seconds in ((edit, 1.0), (extended, 2.0)):
        made = client.get(f"{PATH}/{interaction['id']}").json()
        assert made["status"] == "completed", made
        found = probed(made["steps"][0]["content"][0]["data"], tmp_path)
        assert (found.width, found.height, found.duration_seconds) == (64, 32, seconds)
