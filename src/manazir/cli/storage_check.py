"""`manazir storage check`: whether files and record fit together, as after one of them was restored from a backup."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from manazir.cli.options import read_options
from manazir.core.errors import StorageError

EXAMPLES = (
    "manazir storage check",
    "manazir storage check --keep found-again   # copy files that belong to nothing into a folder",
    "manazir storage check --accept             # they may be swept away",
)


@dataclass(frozen=True, kw_only=True)
class StorageCheck:
    """List files that no row of the record names, and rows whose files are gone. Nothing is deleted."""

    keep: Annotated[str, arg(metavar="FOLDER", help_behavior_hint="")] = ""
    """Copy the files that belong to nothing into this folder, which is made."""
    accept: bool = False
    """From now on these files belong to this record, and what it does not name may be swept away."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Compare and tell."""
    options = read_options(StorageCheck, "storage check", arguments, examples=EXAMPLES)
    from manazir.server.belonging import check, remember
    from manazir.server.opening import open_service

    service = open_service()
    found = check(service)
    if options.keep:
        for orphan in found.orphans:
            _copy(service.storage.path(orphan.sha256), Path(options.keep))
    if options.accept:
        remember(service)
    if options.json:
        print(json.dumps(asdict(found)))
        return
    print(f"{found.file_count} files, {found.size_bytes >> 20} MiB")
    for orphan in found.orphans:
        print(f"belongs to nothing  {orphan.sha256}  {orphan.size_bytes} bytes")
    for sha256 in found.missing:
        print(f"is gone             {sha256}")
    if not found.belongs and not options.accept:
        print("The storage was last used with another record, or with a newer one: nothing of it is swept away.")


def _copy(path: Path, folder: Path) -> None:
    from manazir.media.sniff import HEAD_BYTES, kind_of

    with path.open("rb") as file:
        kind = kind_of(file.read(HEAD_BYTES))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / f"{path.name[:16]}.{kind or 'bin'}")
    except OSError as error:
        raise StorageError(f"cannot copy into {folder}: {error.strerror}; choose another folder") from error
