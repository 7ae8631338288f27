"""Shards: tar files of samples that stream, in WebDataset's convention (members of one sample share a key).

The contract of a sample:

    KEY.json     the truth: whatever the maker knows of the clip, and how to read the other two
    KEY.frames   zlib of uint8 [t, h, w, 3], each frame but the first as its difference from the one before
    KEY.sound    zlib of int16 [samples, channels]; absent when there is no sound

A shard is written to a temporary name and renamed when whole: a shard that is there is complete.
"""

import io
import json
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from manazir.core.errors import MediaError
from manazir.media.clip import Clip, Sound


@dataclass(frozen=True, slots=True)
class Sample:
    """One training item: a clip and the truth about it."""

    key: str
    clip: Clip
    truth: dict[str, Any]


def write_shard(path: Path, samples: Iterable[Sample]) -> int:
    """Write a shard, atomically; return how many samples it holds."""
    temporary = path.with_suffix(".tar.tmp")
    count = 0
    try:
        with tarfile.open(temporary, "w") as tar:
            for sample in samples:
                for suffix, data in _members(sample):
                    info = tarfile.TarInfo(f"{sample.key}.{suffix}")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))
                count += 1
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return count


def read_shard(path: Path) -> Iterator[Sample]:
    """Stream the samples of a shard.

    Raises:
        MediaError: the file is not a shard, or is damaged.
    """
    try:
        with tarfile.open(path, "r|") as tar:
            parts: dict[str, bytes] = {}
            key = ""
            for member in tar:
                member_key, _, suffix = member.name.rpartition(".")
                if member_key != key and parts:
                    yield _sample(key, parts)
                    parts = {}
                handle = tar.extractfile(member)
                key = member_key
                parts[suffix] = handle.read() if handle else b""
            if parts:
                yield _sample(key, parts)
    except (tarfile.TarError, zlib.error, KeyError, ValueError) as error:
        raise MediaError(f"{path} is not a whole shard ({error}); render it again") from error


def _members(sample: Sample) -> Iterator[tuple[str, bytes]]:
    clip = sample.clip
    header: dict[str, Any] = {"frames": list(clip.frames.shape), "frame_rate": clip.frame_rate}
    if clip.sound is not None:
        header |= {"sound": list(clip.sound.samples.shape), "sample_rate": clip.sound.sample_rate}
    yield "json", json.dumps({"clip": header, "truth": sample.truth}, ensure_ascii=False).encode()
    differences = clip.frames.copy()
    differences[1:] -= clip.frames[:-1]  # uint8 wraps around, and unwraps when summed
    yield "frames", zlib.compress(differences.tobytes(), 1)
    if clip.sound is not None:
        yield "sound", zlib.compress(np.round(clip.sound.samples * 32767).astype(np.int16).tobytes(), 1)


def _sample(key: str, parts: dict[str, bytes]) -> Sample:
    header = json.loads(parts["json"])
    about = header["clip"]
    differences = np.frombuffer(zlib.decompress(parts["frames"]), np.uint8).reshape(about["frames"])
    frames = np.add.accumulate(differences, axis=0, dtype=np.uint8)
    sound = None
    if "sound" in parts:
        samples = np.frombuffer(zlib.decompress(parts["sound"]), np.int16).reshape(about["sound"])
        sound = Sound((samples / 32767).astype(np.float32), about["sample_rate"])
    return Sample(key, Clip(frames, about["frame_rate"], sound), header["truth"])
