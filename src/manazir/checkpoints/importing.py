"""Bringing a model into the library: linked or copied, hashed, and there whole or not at all.

Files land in a hidden folder beside the models. What has landed is kept if the work is interrupted, and not done
again; only when all is on the disk does the folder take the model's name.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from manazir.checkpoints.checked import note_checked
from manazir.checkpoints.manifest import NAME, FileFacts, Manifest, Part, to_json
from manazir.checkpoints.survey import Survey
from manazir.core.errors import CheckpointError
from manazir.media.atomic import sync, write_bytes

PIECE_BYTES = 2**24
LANDED = "landed.json"


def bring_in(survey: Survey, folder: Path, source: str, licence: str | None = None) -> Iterator[tuple[int, int]]:
    """Put a model into the library, yielding (bytes done, bytes in all).

    Args:
        folder: of the model, in the library.
        source: where it is from, for the record.
        licence: of its weights; None: as its source says.

    Raises:
        CheckpointError: a model of that name is there, another process brings one in, or the disk is full.
    """
    if folder.exists():
        raise CheckpointError(
            f"{folder.name} is installed in {folder}; give --name another, or remove it first "
            f"(`manazir models remove {folder.name}`)"
        )
    draft = folder.with_name(f".{folder.name}.importing")
    draft.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(draft):
            landed = yield from _land_all(survey, draft)
            manifest = _manifest(survey, folder.name, source, licence, landed)
            write_bytes(draft / NAME, to_json(manifest).encode())
            note_checked(draft, landed)
            for name in (LANDED, ".lock"):
                (draft / name).unlink(missing_ok=True)
            for inner in {(draft / name).parent for name in landed}:
                sync(inner)
            draft.rename(folder)
            sync(folder.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CheckpointError(f"cannot write to {draft}: {reason}; make room, and import it again to go on") from error


def _land_all(survey: Survey, draft: Path) -> Generator[tuple[int, int], None, dict[str, FileFacts]]:
    """Land and hash file after file."""
    known = _known(draft)
    sizes = {name: source.stat().st_size for name, source in survey.sources.items()}
    total, done = sum(sizes.values()), 0
    landed: dict[str, FileFacts] = {}
    for name, source in survey.sources.items():
        target, stamp = draft / name, _stamp(source)
        facts = known.get((name, stamp))
        if facts is None or not target.exists():
            _land(source, target)
            facts = yield from _hashed(target, done, total)
        landed[name] = facts
        known[name, stamp] = facts
        _keep(known, draft)
        done += sizes[name]
        yield done, total
    for stray in set(draft.glob("**/*")) - {draft / name for name in landed}:  # of an earlier, other attempt
        if stray.is_file() and stray.name not in (LANDED, ".lock"):
            stray.unlink()
    return landed


def _land(source: Path, target: Path) -> None:
    """Link a file, or copy it where that cannot be; a link to it is followed, since what holds it may go."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    real = source.resolve(strict=True)
    try:
        os.link(real, part)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copyfile(real, part)
    sync(part)
    part.replace(target)


def _hashed(path: Path, done: int, total: int) -> Generator[tuple[int, int], None, FileFacts]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            yield done + size, total
    return FileFacts(size, digest.hexdigest())


def _manifest(survey: Survey, name: str, source: str, licence: str | None, landed: dict[str, FileFacts]) -> Manifest:
    parts = tuple(
        Part(
            name=part.found.name,
            library=part.found.library,
            class_name=part.found.class_name,
            dtype=part.dtype,
            parameters=part.parameters,
            config=part.config,
            files={path: landed[path] for path in (*part.found.weights, *part.found.others)},
        )
        for part in survey.parts
    )
    return Manifest(
        name=name,
        family=survey.family,
        pipeline=survey.found.pipeline,
        source=source,
        licence=licence or survey.licence,
        settings=survey.found.settings,
        parts=parts,
        files={path: landed[path] for path in survey.found.files},
    )


@contextmanager
def _alone(draft: Path) -> Iterator[None]:
    """While no other process brings the same model in; the lock goes with the process."""
    with (draft / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CheckpointError(f"another process is importing into {draft}; wait for it") from None
        yield


def _stamp(source: Path) -> tuple[int, int]:
    """What changes when a file does."""
    facts = source.stat()
    return facts.st_size, facts.st_mtime_ns


def _known(draft: Path) -> dict[tuple[str, tuple[int, int]], FileFacts]:
    try:
        told = json.loads((draft / LANDED).read_text())
        return {(name, (size, time)): FileFacts(size, sha256) for name, size, time, sha256 in told}
    except (OSError, ValueError, TypeError, RecursionError):
        return {}


def _keep(known: dict[tuple[str, tuple[int, int]], FileFacts], draft: Path) -> None:
    rows = [(name, size, time, facts.sha256) for (name, (size, time)), facts in known.items()]
    write_bytes(draft / LANDED, json.dumps(rows).encode())
