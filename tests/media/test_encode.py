import resource

import av
import numpy as np
import pytest

from manazir.core.errors import MediaError
from manazir.media.clip import Clip, Sound
from manazir.media.decode import read_clip, read_picture, read_sound
from manazir.media.encode import fitted, write_clip, write_picture, write_wav
from manazir.media.probe import probe


def psnr(left, right):
    return 10 * np.log10(255**2 / np.mean((left.astype(float) - right) ** 2))


def test_the_same_clip_gives_the_same_bytes_however_memory_looks(tmp_path):
    """An encoder that reads what was never written gives other bytes now and then."""
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 255, (24, 12, 12, 3)).repeat(8, 1).repeat(8, 2).astype(np.uint8)
    written = set()
    for trial in range(20):
        junk = [np.full(int(size), trial, np.uint8) for size in rng.integers(10, 50_000, 30)]
        write_clip(Clip(frames, 12.0), tmp_path / "a.mp4")
        written.add((tmp_path / "a.mp4").read_bytes())
        del junk
    assert len(written) == 1


def test_the_same_clip_gives_the_same_bytes(tmp_path, small_clip):
    write_clip(small_clip, tmp_path / "a.mp4")
    write_clip(small_clip, tmp_path / "b.mp4")
    written = (tmp_path / "a.mp4").read_bytes()
    assert written == (tmp_path / "b.mp4").read_bytes()
    assert b"Lavf" not in written
    assert written.index(b"moov") < written.index(b"mdat")  # ready to stream


def test_a_clip_comes_back(tmp_path, small_clip):
    write_clip(small_clip, tmp_path / "a.mp4")
    clip = read_clip(tmp_path / "a.mp4", sample_rate=16_000)
    assert clip.frame_rate == 12.0
    assert clip.frames.shape == small_clip.frames.shape
    luma = np.array([0.2126, 0.7152, 0.0722])
    assert psnr(clip.frames @ luma, small_clip.frames @ luma) > 42
    assert psnr(clip.frames, small_clip.frames) > 34
    assert clip.sound is not None
    assert small_clip.sound is not None
    heard, truth = clip.sound.samples, small_clip.sound.samples
    assert heard.shape == (10_667, 2)
    assert np.corrcoef(heard[: len(truth), 0], truth[: len(heard), 0])[0, 1] > 0.999  # so not a sample late


def test_players_are_told_the_colours(tmp_path, small_clip):
    write_clip(small_clip, tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as container:
        frame = next(container.decode(video=0))
        assert frame.format.name == "yuv420p"
        assert (frame.colorspace, frame.color_trc, frame.color_primaries, frame.color_range) == (1, 1, 1, 1)


@pytest.mark.parametrize("frame_rate", [30000 / 1001, 25.0, 7.5])
def test_odd_rates_and_the_length_of_the_sound(tmp_path, small_clip, frame_rate):
    assert small_clip.sound is not None
    write_clip(Clip(small_clip.frames, frame_rate, small_clip.sound), tmp_path / "a.mp4")
    found = probe(tmp_path / "a.mp4")
    assert found.video is not None
    assert found.sound is not None
    assert found.video.frame_rate == pytest.approx(frame_rate)
    assert found.sound.duration_seconds == pytest.approx(8 / frame_rate, abs=1e-4)


def test_a_silent_clip(tmp_path, small_clip):
    write_clip(Clip(small_clip.frames[:1], 12.0), tmp_path / "a.mp4")
    clip = read_clip(tmp_path / "a.mp4")
    assert len(clip.frames) == 1
    assert clip.sound is None


def test_what_cannot_be_written_is_said(tmp_path, small_clip):
    odd = Clip(small_clip.frames[:, :63, :95], 12.0)
    with pytest.raises(MediaError, match=r"is 95x63; make it 94x62 or 96x64"):
        write_clip(odd, tmp_path / "a.mp4")
    with pytest.raises(MediaError, match="no frames"):
        write_clip(Clip(small_clip.frames[:0], 12.0), tmp_path / "a.mp4")
    with pytest.raises(MediaError, match="colours are aces; an mp4 here is rec709"):
        write_clip(Clip(small_clip.frames, 12.0, colour="aces"), tmp_path / "a.mp4")
    with pytest.raises(MediaError, match=r"must end in \.mp4"):
        write_clip(small_clip, tmp_path / "a.avi")
    with pytest.raises(MediaError, match=r"must end in \.png or \.jpg or \.jpeg or \.webp"):
        write_picture(small_clip.frames[0], tmp_path / "a.bmp")
    with pytest.raises(MediaError, match="uint8"):
        write_picture(small_clip.frames[0].astype(float), tmp_path / "a.png")
    with pytest.raises(MediaError, match="not numbers"):
        write_wav(Sound(np.full((4, 1), np.nan, np.float32), 16_000), tmp_path / "a.wav")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.mp4", "a.png", "a.jpg", "a.webp", "a.wav"])
@pytest.mark.parametrize("room", [0, 0.5, 0.99])
def test_a_full_disk_leaves_the_older_file(tmp_path, small_clip, name, room):
    assert small_clip.sound is not None
    write = {
        ".mp4": lambda path: write_clip(small_clip, path),
        ".wav": lambda path: write_wav(small_clip.sound, path),
    }.get(name[1:], lambda path: write_picture(small_clip.frames[0], path))
    write(tmp_path / name)
    size_bytes = (tmp_path / name).stat().st_size
    (tmp_path / name).write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size_bytes * room), hard))
    try:
        with pytest.raises(MediaError, match=r"cannot write .*: File too large; make room"):
            write(tmp_path / name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"old"


@pytest.mark.parametrize(("name", "floor"), [("a.png", np.inf), ("a.jpg", 38), ("a.JPEG", 38), ("a.webp", 34)])
def test_pictures_come_back(tmp_path, small_clip, name, floor):
    picture = small_clip.frames[3]
    write_picture(picture, tmp_path / name)
    again = read_picture(tmp_path / name)
    assert np.array_equal(picture, again) if floor == np.inf else psnr(picture, again) > floor


def test_a_wav_is_what_was_given(tmp_path):
    samples = np.array([[0.0], [0.5], [-0.5], [1.5], [-1.0]], np.float32)
    write_wav(Sound(samples, 44_100), tmp_path / "a.wav")
    sound = read_sound(tmp_path / "a.wav", None)
    assert sound.sample_rate == 44_100
    assert np.allclose(sound.samples, samples.clip(-1, 1), atol=1e-4)


def test_sound_is_cut_or_padded():
    sound = Sound(np.full((1600, 1), 0.5, np.float32), 16_000)
    assert fitted(sound, 0.05).shape == (2400, 1)
    padded = fitted(sound, 0.2)
    assert padded.shape == (9600, 1)
    assert padded[2400, 0] == pytest.approx(0.5, abs=0.01)
    assert not padded[4801:].any()
