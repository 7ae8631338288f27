"""What a canvas is given: pictures, clips and sounds, from files or from memory, as models want them."""

from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from manazir.core.canvas import Canvas, File, Frames, Pixels, Samples
from manazir.core.errors import MediaError
from manazir.media.clip import Clip, Sound
from manazir.media.decode import read_clip, read_picture, read_sound


def fit(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scale a picture (Lanczos) to cover a size, and cut off what stands over, evenly at both sides."""
    h, w = picture.shape[:2]
    if (w, h) == (width, height):
        return picture
    scale = max(width / w, height / h)
    crop_w, crop_h = width / scale, height / scale
    box = ((w - crop_w) / 2, (h - crop_h) / 2, (w + crop_w) / 2, (h + crop_h) / 2)
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS, box=box))


def fitted(frames: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """`fit` for each frame `[t, h, w, 3]`."""
    return np.stack([fit(frame, width, height) for frame in frames])


def source_clip(canvas: Canvas, frame_rate: float) -> Clip | None:
    """The clip that the canvas starts from, at a frame rate; None: it starts from none."""
    part = canvas.extension or canvas.modification or canvas.reframing
    clip = part.clip if part else canvas.sound_for
    return None if clip is None else clip_at(clip, frame_rate)


def clip_at(source: File | Frames, frame_rate: float) -> Clip:
    """A clip at a frame rate; of frames in memory the nearest ones before are taken."""
    if isinstance(source, Clip):
        times = np.arange(max(1, round(len(source.frames) / source.frame_rate * frame_rate))) / frame_rate
        picks = np.minimum((times * source.frame_rate + 1e-6).astype(int), len(source.frames) - 1)
        return Clip(source.frames[picks], frame_rate, source.sound)
    if isinstance(source, Frames):
        return clip_at(Clip(np.asarray(source.frames), source.frame_rate), frame_rate)
    return read_clip(Path(source), frame_rate=frame_rate)


def whole_clip(source: File | Frames) -> Clip:
    """A source as it is, at its own rate and size."""
    if isinstance(source, Clip):
        return source
    if isinstance(source, Frames):
        return Clip(np.asarray(source.frames), source.frame_rate)
    return read_clip(Path(source))


def picture_of(image: File | Pixels) -> NDArray[np.uint8]:
    """A picture `[h, w, 3]`; from memory an array, or what is one to numpy, such as a picture of Pillow.

    Raises:
        MediaError: it is none, or a file that cannot be read.
    """
    if isinstance(image, str | PathLike):
        return read_picture(Path(image))
    picture = np.asarray(image)
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise MediaError(
            f"a picture in memory is uint8 [h, w, 3], not {picture.dtype} {list(picture.shape)}; "
            "convert it, such as by numpy.asarray(image.convert('RGB')), or give a file"
        )
    return picture


def sound_of(source: File | Samples, sample_rate: int) -> Sound:
    """A sound; from a file at that rate, from memory at its own."""
    if isinstance(source, Samples):
        return Sound(np.asarray(source.samples), source.sample_rate)
    return read_sound(Path(source), sample_rate=sample_rate)


def stereo(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Two channels, the same if there was one."""
    return samples if samples.shape[1] == 2 else np.repeat(samples, 2, axis=1)
