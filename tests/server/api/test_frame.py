"""One frame of a clip, as a picture to pin elsewhere."""

import io
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from tests.server.api.talk import refusal

from manazir.media.clip import Clip
from manazir.media.encode import write_clip


@pytest.fixture
def steps(tmp_path: Path) -> bytes:
    """A second of eight frames, each brighter than the one before."""
    frames = np.zeros((8, 32, 48, 3), np.uint8)
    frames += (np.arange(8, dtype=np.uint8) * 30)[:, None, None, None]
    write_clip(Clip(frames=frames, frame_rate=8.0), tmp_path / "steps.mp4")
    return (tmp_path / "steps.mp4").read_bytes()


@pytest.mark.parametrize(
    ("at_seconds", "frame"), [(0.0, 0), (0.1, 0), (0.125, 1), (0.3, 2), (0.5, 4), (0.874, 6), (0.99, 7), (1.0, 7)]
)
def test_the_frame_on_the_screen_at_a_time(client: TestClient, steps: bytes, at_seconds: float, frame: int) -> None:
    clip = client.post("/assets", files={"file": ("steps.mp4", steps, "video/mp4")}).json()
    answer = client.post(f"/assets/{clip['id']}/frame", json={"at_seconds": at_seconds})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["mime_type"], told["width"], told["height"], told["role"]) == ("image/png", 48, 32, "input")
    assert told["filename"] == f"steps-{at_seconds:.3f}s.png"
    pixels = np.asarray(Image.open(io.BytesIO(client.get(f"/assets/{told['id']}/content").content)))
    assert round(float(pixels.mean()) / 30) == frame


def test_what_has_no_such_frame_is_refused(client: TestClient, steps: bytes, picture_bytes: bytes) -> None:
    clip = client.post("/assets", files={"file": ("steps.mp4", steps, "video/mp4")}).json()["id"]
    late = refusal(client.post(f"/assets/{clip}/frame", json={"at_seconds": 1.01}), 422)
    assert (late["field"], "ends at 1.000 s" in late["message"]) == ("at_seconds", True)
    picture = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"]
    assert "give a clip" in refusal(client.post(f"/assets/{picture}/frame", json={"at_seconds": 0.0}), 422)["message"]
