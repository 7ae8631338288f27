"""Folders of jobs: gone when a job is over, and when its worker was killed, cleared away by the next."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from manazir.server.workers.scratch import Scratch, sweep

KILLED = """
import os, signal
from manazir.server.workers.scratch import Scratch
with Scratch().folder() as folder:
    (folder / "video.mp4").write_bytes(b"half a film")
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_a_folder_is_gone_afterwards_and_the_workers_with_it(tmp_path: Path):
    scratch = Scratch()
    with scratch.folder() as folder:
        (folder / "a").write_text("x")
    assert not folder.exists()
    with scratch.folder() as second:
        assert second != folder
    scratch.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_worker_left_is_swept_and_a_live_ones_is_not(tmp_path: Path):
    live = Scratch()
    with live.folder() as mine:
        killed = subprocess.run([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True)
        assert killed.returncode == -signal.SIGKILL
        left = Path(killed.stdout.strip())
        assert (left / "video.mp4").exists()
        assert sweep() == 1
        assert not left.parent.exists()
        assert mine.is_dir()
    live.close()


def test_a_link_is_not_followed(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "manazir-worker-link").symlink_to(elsewhere)
    assert sweep() == 0
    assert elsewhere.is_dir()
