from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from manazir.media.clip import Clip, Sound

WIDTH, HEIGHT = 64, 48
CORNERS = {"red": (230, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 230), "white": (235, 235, 235)}


def corner_frame(level: int) -> np.ndarray:
    """Grey `level`, with another colour in each corner: red, green above; blue, white below."""
    frame = np.full((HEIGHT, WIDTH, 3), level, np.uint8)
    frame[:16, :16], frame[:16, -16:] = CORNERS["red"], CORNERS["green"]
    frame[-16:, :16], frame[-16:, -16:] = CORNERS["blue"], CORNERS["white"]
    return frame


def name_of(pixel: np.ndarray) -> str:
    return min(CORNERS, key=lambda name: int(np.abs(np.array(CORNERS[name]) - pixel).sum()))


@pytest.fixture
def corners_of() -> Callable[[np.ndarray], tuple[str, str, str, str]]:
    """Names of the corners: left top, right top, left bottom, right bottom."""
    return lambda frame: (
        name_of(frame[6, 6]),
        name_of(frame[6, -6]),
        name_of(frame[-6, 6]),
        name_of(frame[-6, -6]),
    )


@pytest.fixture
def make_film(tmp_path: Path) -> Callable[..., Path]:
    """Write a film whose frame `i` has the grey level `20 + 8 i` in its middle."""

    def make(
        name: str = "film.mp4",
        rate: Fraction | int = 12,
        count: int = 12,
        *,
        milliseconds: Sequence[int] | None = None,
        rotation: int = 0,
        mirrored: bool = False,
        sound: np.ndarray | None = None,
        sound_rate: int = 48_000,
        sound_start: int = 0,
        codecs: tuple[str, str] = ("libx264", "aac"),
        pixel_aspect: Fraction | None = None,
        tags: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            video = container.add_stream(codecs[0], rate=rate, options={"crf": "8", **(tags or {})})
            video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            if pixel_aspect:
                video.sample_aspect_ratio = pixel_aspect
            if rotation or mirrored:
                video.set_display_rotation(rotation, hflip=mirrored)
            audio = None
            if sound is not None:
                layout = "mono" if sound.shape[1] == 1 else "stereo"
                audio = container.add_stream(codecs[1], rate=sound_rate, layout=layout)
            for index in range(count):
                frame = av.VideoFrame.from_ndarray(corner_frame(20 + 8 * index), format="rgb24")
                if milliseconds:
                    frame.pts, frame.time_base = milliseconds[index], Fraction(1, 1000)
                else:
                    frame.pts, frame.time_base = index, 1 / Fraction(rate)
                container.mux(video.encode(frame))
            if audio is not None:
                block = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format="fltp", layout=layout)
                block.sample_rate, block.pts, block.time_base = sound_rate, sound_start, Fraction(1, sound_rate)
                container.mux(audio.encode(block))
                container.mux(audio.encode(None))
            container.mux(video.encode(None))
        return path

    return make


@pytest.fixture
def levels_of() -> Callable[[Clip], list[int]]:
    """Which frame of `make_film` each frame of a clip is."""
    return lambda clip: [round((float(frame[22:26, 30:34].mean()) - 20) / 8) for frame in clip.frames]


@pytest.fixture
def clicks() -> Callable[..., np.ndarray]:
    """Silence with decaying tones at given seconds."""

    def make(at: Sequence[float], seconds: float, rate: int = 48_000, channels: int = 1) -> np.ndarray:
        sound = np.zeros((round(seconds * rate), channels), np.float32)
        length = rate // 20
        time = np.arange(length) / rate
        tone = (0.8 * np.exp(-time * 60) * np.sin(2 * np.pi * 900 * time)).astype(np.float32)
        for moment in at:
            start = round(moment * rate)
            sound[start : start + length] += tone[: len(sound) - start, None]
        return sound

    return make


@pytest.fixture
def small_clip(clicks: Callable[..., np.ndarray]) -> Clip:
    """Two thirds of a second: a disc that moves over a gradient, with two clicks."""
    rows, columns = np.mgrid[:64, :96]
    frames = [
        np.where(
            ((columns - 20 - 5 * index) ** 2 + (rows - 32) ** 2 < 200)[..., None],
            np.array([200, 60, 60]),
            np.stack([80 + rows, 90 + rows, 100 + rows], axis=-1),
        )
        for index in range(8)
    ]
    return Clip(np.array(frames, np.uint8), 12.0, Sound(clicks([0.1, 0.4], 2 / 3, 16_000, 2), 16_000))
