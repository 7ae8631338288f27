"""What a job makes, in the engine's process: files in a folder, and the take. The one file here that imports torch."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from manazir.core.canvas import Canvas
from manazir.inference.cards import LARGEST_SIDE
from manazir.inference.engine import Engine, Settings, Step
from manazir.inference.produce import Produced, produce, resized
from manazir.inference.sources import fitted, whole_clip
from manazir.media.clip import Clip
from manazir.media.decode import read_picture
from manazir.media.encode import write_clip, write_picture
from manazir.media.probe import probe
from manazir.media.sheet import contact_sheet
from manazir.server.jobs.request import JobRequest, Kind

Pixels = NDArray[np.uint8]
THUMBNAIL_SIDE = 512
SHEET_COLUMNS = 5
SHEET_CELL_HEIGHT = 180


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What was made."""

    take: dict[str, Any]
    files: tuple[dict[str, Any], ...]
    """`role`, `path`, `mime_type` and `facts` of each, as `jobs.ending.Output` has them."""


def make(request: JobRequest, folder: Path, load: Callable[[str], Engine]) -> Iterator[Step | Made]:
    """Make what a request asks for: yields a Step after every step and, last, what was Made.

    Args:
        request: its files are paths.
        folder: empty; what is made is written there.
        load: a model by name.

    Raises:
        ManazirError: it cannot be made; says why.
    """
    if request.kind is Kind.UPSCALE:
        yield _upscaled(request, folder)
        return
    engine = load(request.model)
    settings = _settings(request.settings, engine)
    canvas = settled(request)
    for event in produce(canvas, engine, settings, allows_resampling=request.delivery.allows_resampling):
        if isinstance(event, Produced):
            yield _written(event, request, folder)
        else:
            assert isinstance(event, Step)
            yield event


def settled(request: JobRequest) -> Canvas:
    """A request's canvas with what only its files say.

    A picture that is changed is a clip of one frame. A clip that is changed or gone on from keeps its size where no
    other is asked for and resampling is allowed.

    Raises:
        MediaError: a file cannot be read.
    """
    canvas = request.canvas
    if canvas.modification is not None and request.kind is Kind.IMAGE:
        frames = read_picture(Path(str(canvas.modification.clip)))[None]
        canvas = replace(canvas, modification=replace(canvas.modification, clip=Clip(frames, 1.0)))
        size: tuple[int | None, int | None] = frames.shape[2], frames.shape[1]
    elif (part := canvas.modification or canvas.extension) is not None:
        found = probe(Path(str(part.clip)))
        size = found.width, found.height
    else:
        return canvas
    if canvas.width is not None or not request.delivery.allows_resampling or None in size:
        return canvas
    width, height = within(int(size[0] or 0), int(size[1] or 0))
    return replace(canvas, width=width, height=height)


def within(width: int, height: int) -> tuple[int, int]:
    """A size scaled down to what a result may have, both sides even.

    >>> within(607, 1080), within(8192, 4096)
    ((606, 1080), (4096, 2048))
    """
    scale = min(1.0, LARGEST_SIDE / max(width, height))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def _settings(told: Mapping[str, Any], engine: Engine) -> Settings:
    given = dict(told)
    is_draft = given.pop("is_draft", False)
    settings = Settings(**given)
    return engine.draft(settings) if is_draft else settings


def _written(produced: Produced, request: JobRequest, folder: Path) -> Made:
    clip, take = produced.clip, produced.take.to_json()
    if request.kind is Kind.IMAGE:
        middle = clip.frames[len(clip.frames) // 2]  # the first may be a picture that was given
        return Made(take=take, files=(_picture(middle, folder, request.delivery.image_format),))
    if not request.delivery.has_sound:
        clip = replace(clip, sound=None)
        take |= {"has_sound": False}
    return Made(take=take, files=_clip_files(clip, folder))


def _upscaled(request: JobRequest, folder: Path) -> Made:
    """A clip that is there, at another size; no model runs."""
    canvas = request.canvas
    assert canvas.modification is not None
    assert canvas.width is not None
    assert canvas.height is not None
    clip = whole_clip(canvas.modification.clip)
    native = {"native_width": clip.width, "native_height": clip.height}
    larger = resized(clip, canvas.width, canvas.height)
    note = f"resampled from {clip.width}x{clip.height} (Lanczos)"
    take: dict[str, Any] = {"model": None, "width": canvas.width, "height": canvas.height, **native, "notes": [note]}
    take |= {"frames": len(clip.frames), "frame_rate": clip.frame_rate, "has_sound": clip.sound is not None}
    return Made(take=take, files=_clip_files(larger, folder))


def _clip_files(clip: Clip, folder: Path) -> tuple[dict[str, Any], ...]:
    write_clip(clip, folder / "video.mp4")
    facts = {"width": clip.width, "height": clip.height, "frame_rate": clip.frame_rate}
    facts |= {"duration_seconds": clip.duration_seconds, "has_sound": clip.sound is not None}
    video = {"role": "video", "path": str(folder / "video.mp4"), "mime_type": "video/mp4", "facts": facts}
    thumbnail = _small(clip.frames[len(clip.frames) // 2], THUMBNAIL_SIDE)
    sheet = contact_sheet([clip], columns=SHEET_COLUMNS, cell_height=min(SHEET_CELL_HEIGHT, clip.height))
    return video, _webp(thumbnail, "thumbnail", folder), _webp(sheet, "spritesheet", folder)


def _picture(pixels: Pixels, folder: Path, image_format: str) -> dict[str, Any]:
    ending = {"png": "png", "jpeg": "jpg"}[image_format]
    path = folder / f"image.{ending}"
    write_picture(pixels, path)
    facts = {"width": pixels.shape[1], "height": pixels.shape[0]}
    return {"role": "image", "path": str(path), "mime_type": f"image/{image_format}", "facts": facts}


def _webp(pixels: Pixels, role: str, folder: Path) -> dict[str, Any]:
    path = folder / f"{role}.webp"
    write_picture(pixels, path)
    facts = {"width": pixels.shape[1], "height": pixels.shape[0]}
    return {"role": role, "path": str(path), "mime_type": "image/webp", "facts": facts}


def _small(pixels: Pixels, side: int) -> Pixels:
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    if scale == 1.0:
        return pixels
    frames: NDArray[np.uint8] = fitted(pixels[None], max(1, round(width * scale)), max(1, round(height * scale)))
    small: Pixels = frames[0]
    return small
