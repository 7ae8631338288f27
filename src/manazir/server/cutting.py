"""One frame of a clip as a picture of its own, for a request that goes on from there, or that it is pinned in."""

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from manazir.media.decode import read_clip
from manazir.media.encode import write_picture
from manazir.media.probe import VideoFacts, probe
from manazir.server.assets.checking import UPLOAD_LIMITS
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset
from manazir.server.keys import Caller
from manazir.server.service import Service

ROLE = "frame"


def cut_frame(service: Service, caller: Caller, clip: Asset, *, is_last: bool) -> Asset:
    """The first or the last frame of a clip, decoded in the confined child process and kept as a PNG of the caller's.

    Raises:
        ApiError: the file is no clip.
        MediaError, StorageError: it cannot be read, or the frame cannot be kept.
    """
    path, facts = _clip(service, clip)
    step = 1 / facts.frame_rate
    start = max(0.0, facts.duration_seconds - 1.5 * step) if is_last else 0.0
    found = read_clip(path, start_seconds=start, seconds=None if is_last else step, limits=UPLOAD_LIMITS)
    return service.bring(caller, [_png(found.frames[-1 if is_last else 0])], role=ROLE)


def cut_frame_at(service: Service, caller: Caller, clip: Asset, at_seconds: float) -> Asset:
    """The frame that is on the screen at a time, as a file that the caller might have brought.

    Args:
        at_seconds: the end of the clip stands for its last frame.

    Raises:
        ApiError: the file is no clip, or ends before.
        MediaError, StorageError: as of `cut_frame`.
    """
    path, facts = _clip(service, clip)
    if at_seconds > facts.duration_seconds:
        told = f"this clip ends at {facts.duration_seconds:.3f} s; give a time up to there"
        raise ApiError(
            Problem.INVALID, told, field="at_seconds", reason="past_the_end", values={"seconds": facts.duration_seconds}
        )
    step = 1 / facts.frame_rate
    start = max(0.0, min(at_seconds, facts.duration_seconds - step / 2))
    found = read_clip(path, start_seconds=start, seconds=step, limits=UPLOAD_LIMITS)
    stem = Path(clip.filename or "clip").stem
    return service.bring(caller, [_png(found.frames[0])], filename=f"{stem[:200]}-{at_seconds:.3f}s.png")


def _clip(service: Service, clip: Asset) -> tuple[Path, VideoFacts]:
    assert clip.sha256 is not None  # a clip of a job that succeeded, or an upload that is ready
    path = service.storage.path(clip.sha256)
    facts = probe(path, UPLOAD_LIMITS).video
    if facts is None:
        raise ApiError(Problem.INVALID, "this file has no frames; give a clip", reason="no_frames")
    return path, facts


def _png(pixels: NDArray[np.uint8]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="manazir-frame-") as folder:
        write_picture(pixels, Path(folder) / "frame.png")
        return (Path(folder) / "frame.png").read_bytes()
