import numpy as np
import pytest
from PIL import Image

from manazir.core.errors import MediaError
from manazir.media.clip import Clip
from manazir.media.decode import read_clip
from manazir.media.preview import write_preview


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
@pytest.mark.parametrize("frame_rate", [12.0, 60.0])
def test_a_preview_lasts_as_long_as_the_clip(tmp_path, small_clip, name, frame_rate):
    clip = Clip(np.concatenate([small_clip.frames] * 3), frame_rate)
    write_preview(clip, tmp_path / name)
    with Image.open(tmp_path / name) as image:
        milliseconds = 0
        for index in range(image.n_frames):
            image.seek(index)
            image.load()  # only then the WebP reader knows how long it is shown
            assert image.size == (96, 64)
            assert image.info["duration"] >= 20
            milliseconds += image.info["duration"]
        assert image.info["loop"] == 0
    assert milliseconds == pytest.approx(clip.duration_seconds * 1000, abs=10)


def test_a_gif_shows_the_clip_and_reads_back(tmp_path, small_clip):
    write_preview(small_clip, tmp_path / "a.gif")
    clip = read_clip(tmp_path / "a.gif")
    assert clip.frames.shape == small_clip.frames.shape
    assert clip.frame_rate == pytest.approx(12.0, abs=0.2)
    assert np.abs(clip.frames.astype(int) - small_clip.frames).mean() < 6


def test_large_frames_are_scaled_down(tmp_path, small_clip):
    write_preview(small_clip, tmp_path / "a.webp", max_side=48)
    with Image.open(tmp_path / "a.webp") as image:
        assert image.size == (48, 32)


def test_the_same_clip_gives_the_same_bytes(tmp_path, small_clip):
    for suffix in ("gif", "webp"):
        for name in ("a", "b"):
            write_preview(small_clip, tmp_path / f"{name}.{suffix}")
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_other_endings_are_refused(tmp_path, small_clip):
    with pytest.raises(MediaError, match=r"\.gif or \.webp"):
        write_preview(small_clip, tmp_path / "a.mp4")
