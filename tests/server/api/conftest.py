"""Our own API in process: clients of two tenants, and files that they bring."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.server.api.talk import ROOT

from manazir.media.clip import Clip
from manazir.media.encode import write_clip, write_picture
from manazir.server.app import make_app
from manazir.server.service import Service


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
def mask_bytes(tmp_path: Path) -> bytes:
    """White in the lower half, in the shape of the clip."""
    mask = np.zeros((32, 48, 3), np.uint8)
    mask[16:] = 255
    write_picture(mask, tmp_path / "mask.png")
    return (tmp_path / "mask.png").read_bytes()
