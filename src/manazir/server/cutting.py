"""One frame of a clip as a picture of its own, for a request that goes on from there."""

import tempfile
from pathlib import Path

from manazir.media.decode import read_clip
from manazir.media.encode import write_picture
from manazir.media.probe import probe
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
    assert clip.sha256 is not None  # a clip of a job that succeeded, or an upload that is ready
    path = service.storage.path(clip.sha256)
    facts = probe(path, UPLOAD_LIMITS).video
    if facts is None:
        raise ApiError(Problem.INVALID, "this file has no frames; give a clip")
    step = 1 / facts.frame_rate
    start = max(0.0, facts.duration_seconds - 1.5 * step) if is_last else 0.0
    found = read_clip(path, start_seconds=start, seconds=None if is_last else step, limits=UPLOAD_LIMITS)
    with tempfile.TemporaryDirectory(prefix="manazir-frame-") as folder:
        picture = Path(folder) / "frame.png"
        write_picture(found.frames[-1 if is_last else 0], picture)
        return service.bring(caller, [picture.read_bytes()], role=ROLE)
