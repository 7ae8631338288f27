from fractions import Fraction

import numpy as np
import pytest

from manazir.core.errors import MediaError
from manazir.media.clip import Sound
from manazir.media.encode import write_picture, write_wav
from manazir.media.probe import SoundFacts, probe


def test_a_film_with_sound(make_film, clicks):
    path = make_film(rate=Fraction(30000, 1001), count=15, rotation=90, sound=clicks([0.1], 0.5, channels=2))
    found = probe(path)
    assert (found.container, found.width, found.height) == ("mp4", 48, 64)
    assert found.size_bytes == path.stat().st_size
    assert found.video is not None
    assert (found.video.codec, found.video.frames, found.video.rotation_degrees) == ("h264", 15, 270)
    assert not found.video.is_variable_rate
    assert found.video.frame_rate == pytest.approx(30000 / 1001)
    assert found.duration_seconds == pytest.approx(15 * 1001 / 30000)
    assert found.sound == SoundFacts(codec="aac", sample_rate=48_000, channels=2, duration_seconds=pytest.approx(0.5))


def test_a_variable_rate_is_told(make_film):
    found = probe(make_film(count=5, rate=30, milliseconds=[0, 100, 150, 400, 900]))
    assert found.video is not None
    assert found.video.is_variable_rate
    assert found.video.frames == 5
    assert found.video.frame_rate == pytest.approx(5 / found.duration_seconds)
    assert found.sound is None


def test_a_picture(tmp_path):
    write_picture(np.zeros((30, 50, 3), np.uint8), tmp_path / "a.webp")
    found = probe(tmp_path / "a.webp")
    assert (found.container, found.width, found.height, found.duration_seconds) == ("webp", 50, 30, 0.0)
    assert found.video is None
    assert found.sound is None


def test_a_sound(tmp_path):
    write_wav(Sound(np.zeros((800, 1), np.float32), 16_000), tmp_path / "a.wav")
    found = probe(tmp_path / "a.wav")
    assert (found.container, found.width, found.duration_seconds) == ("wav", None, 0.05)
    assert found.sound is not None
    assert (found.sound.codec, found.sound.sample_rate) == ("pcm_s16le", 16_000)


def test_no_such_file_is_named(tmp_path):
    with pytest.raises(MediaError, match=r"cannot open .*nowhere.mp4: No such file"):
        probe(tmp_path / "nowhere.mp4")
