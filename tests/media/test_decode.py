import io
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from manazir.core.errors import MediaError
from manazir.media.clip import Sound
from manazir.media.decode import read_clip, read_picture, read_sound
from manazir.media.encode import write_wav
from manazir.media.limits import Limits


@pytest.mark.parametrize(
    ("rotation", "mirrored", "expected"),
    [
        (0, False, ("red", "green", "blue", "white")),
        (90, False, ("green", "white", "red", "blue")),  # counter-clockwise
        (180, False, ("white", "blue", "green", "red")),
        (-90, False, ("blue", "red", "white", "green")),
        (0, True, ("green", "red", "white", "blue")),
    ],
)
def test_turned_and_mirrored_films_come_out_as_they_are_shown(make_film, corners_of, rotation, mirrored, expected):
    clip = read_clip(make_film(count=2, rotation=rotation, mirrored=mirrored))
    assert (clip.height, clip.width) == ((64, 48) if rotation in (90, -90) else (48, 64))
    assert corners_of(clip.frames[1]) == expected


@pytest.mark.parametrize(
    ("rate", "name"),
    [(25, "film.mp4"), (Fraction(30000, 1001), "film.mp4"), (Fraction(24000, 1001), "film.mkv")],
)
def test_odd_rates_keep_every_frame(make_film, levels_of, rate, name):
    clip = read_clip(make_film(name, rate=rate, count=14))
    assert clip.frame_rate == pytest.approx(float(rate), rel=1e-9)
    assert levels_of(clip) == list(range(14))


def test_another_rate_shows_the_nearest_earlier_frame_and_keeps_the_length(make_film, levels_of):
    clip = read_clip(make_film(rate=25, count=25), frame_rate=12)
    assert levels_of(clip) == [int(index / 12 * 25) for index in range(12)]
    assert clip.duration_seconds == pytest.approx(1.0)


def test_a_variable_rate_is_sampled_by_time(make_film, levels_of):
    path = make_film(count=6, rate=30, milliseconds=[0, 100, 150, 400, 900, 1000])
    clip = read_clip(path, frame_rate=10)
    assert levels_of(clip) == [0, 1, 2, 2, 3, 3, 3, 3, 3, 4]


def test_colours_come_back(make_film):
    frame = read_clip(make_film(count=1)).frames[0]
    assert np.abs(frame[6, 6].astype(int) - (230, 20, 20)).max() <= 6
    assert np.abs(frame[24, 32].astype(int) - 20).max() <= 2


def test_oblong_pixels_become_square(make_film):
    clip = read_clip(make_film(count=2, pixel_aspect=Fraction(3, 2)))
    assert (clip.height, clip.width) == (48, 96)


def test_a_part_at_a_smaller_size(make_film, levels_of):
    clip = read_clip(make_film(count=24), start_seconds=0.5, seconds=1.0, short_side=24)
    assert clip.frames.shape == (12, 24, 32, 3)
    whole = read_clip(make_film(count=24), start_seconds=0.5, seconds=1.0)
    assert levels_of(whole) == list(range(6, 18))


def test_a_part_after_the_end_is_refused(make_film):
    with pytest.raises(MediaError, match=r"lasts 1.00 s and the part asked for starts at 3 s"):
        read_clip(make_film(), start_seconds=3)


@pytest.mark.parametrize(
    ("name", "codecs"), [("film.mp4", ("libx264", "aac")), ("film.webm", ("libvpx-vp9", "libopus"))]
)
def test_sound_is_in_step_and_as_long_as_the_frames(make_film, clicks, name, codecs):
    truth = clicks([0.2, 0.7], 1.4)
    clip = read_clip(make_film(name, sound=truth, codecs=codecs), sample_rate=16_000)
    assert clip.sound is not None
    assert clip.sound.samples.shape == (16_000, 1)
    assert _lag(clip.sound.samples[:, 0], truth[::3, 0]) <= 16  # a millisecond


def test_sound_that_begins_late_or_is_short_is_padded(make_film, clicks):
    path = make_film(sound=clicks([0.1], 0.3), sound_start=12_000)
    sound = read_clip(path).sound
    assert sound is not None
    assert len(sound.samples) == 48_000
    onset = int(np.argmax(np.abs(sound.samples[:, 0]) > 0.1)) / 48_000
    assert onset == pytest.approx(0.35, abs=0.005)
    assert not sound.samples[40_000:].any()


def test_the_part_of_the_sound_goes_with_the_part_of_the_frames(make_film, clicks):
    sound = read_clip(make_film(sound=clicks([0.2, 0.7], 1.0)), start_seconds=0.5).sound
    assert sound is not None
    onset = int(np.argmax(np.abs(sound.samples[:, 0]) > 0.1)) / 48_000
    assert onset == pytest.approx(0.2, abs=0.005)


def _lag(heard, truth):
    length = min(len(heard), len(truth)) - 400
    scores = [float(heard[200 + lag : 200 + lag + length] @ truth[200 : 200 + length]) for lag in range(-200, 201)]
    return abs(int(np.argmax(scores)) - 200)


def test_a_film_without_sound_has_none(make_film):
    assert read_clip(make_film()).sound is None
    with pytest.raises(MediaError, match="no sound"):
        read_sound(make_film())


def test_sound_of_a_film_is_exactly_as_long(make_film, clicks):
    sound = read_sound(make_film(sound=clicks([0.5], 0.9, channels=2)))
    assert sound.samples.shape == (14_400, 2)
    assert sound.sample_rate == 16_000


def test_wav_samples_come_back(tmp_path, clicks):
    truth = Sound(clicks([0.01], 0.1, 16_000, 2), 16_000)
    write_wav(truth, tmp_path / "a.wav")
    sound = read_sound(tmp_path / "a.wav")
    assert np.abs(sound.samples - truth.samples).max() < 1e-4
    assert read_sound(tmp_path / "a.wav", 8000).samples.shape == (800, 2)


def test_hdr_is_refused_by_name(make_film):
    path = make_film(tags={"color_trc": "arib-std-b67", "color_primaries": "bt2020", "colorspace": "bt2020nc"})
    with pytest.raises(MediaError, match="HLG"):
        read_clip(path)


def test_limits_name_what_would_work(make_film):
    path = make_film()
    with pytest.raises(MediaError, match=r"1200 frames would be read and 500 is the limit"):
        read_clip(make_film("slow.mp4", rate=1), frame_rate=100, limits=Limits(max_frames=500))
    with pytest.raises(MediaError, match="smaller short side"):
        read_clip(path, limits=Limits(max_decoded_bytes=50_000))
    with pytest.raises(MediaError, match="64x48, and 1000 pixels is the limit"):
        read_clip(path, limits=Limits(max_pixels=1000))
    with pytest.raises(MediaError, match="bytes and the limit is 100"):
        read_clip(path, limits=Limits(max_file_bytes=100))
    with pytest.raises(MediaError, match="frame_rate is 0"):
        read_clip(path, frame_rate=0)


def test_a_picture_is_turned_by_its_exif(tmp_path):
    stored = Image.new("RGB", (40, 20), (10, 200, 30))
    exif = stored.getexif()
    exif[0x0112] = 6  # turn clockwise to show
    stored.save(tmp_path / "a.jpg", exif=exif)
    assert read_picture(tmp_path / "a.jpg").shape == (40, 20, 3)


def test_what_is_transparent_lies_on_white(tmp_path):
    pixels = np.zeros((4, 6, 4), np.uint8)
    pixels[:, 3:] = (255, 0, 0, 128)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture[0, 0].tolist() == [255, 255, 255]
    assert picture[0, 4].tolist() == [255, 127, 127]


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "I;16"])
def test_other_layouts_become_rgb(tmp_path, mode):
    name = "a.jpg" if mode == "CMYK" else "a.png"
    if mode == "I;16":
        image = Image.fromarray(np.full((5, 7), 32_896, np.uint16))
    else:
        image = Image.new("RGB", (7, 5), (255, 255, 255)).convert(mode)
    image.save(tmp_path / name)
    picture = read_picture(tmp_path / name)
    assert picture.shape == (5, 7, 3)
    assert picture[2, 3].tolist() == ([128] * 3 if mode == "I;16" else [255] * 3)


def test_a_profile_is_honoured(tmp_path):
    from PIL import ImageCms

    image = Image.new("RGB", (4, 4), (128, 128, 128))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    buffer = io.BytesIO()
    image.save(buffer, "PNG", icc_profile=profile)
    (tmp_path / "a.png").write_bytes(buffer.getvalue())
    assert np.abs(read_picture(tmp_path / "a.png").astype(int) - 128).max() <= 1
