"""Models from a hub: listed, chosen from, fetched file by file, and held against the hashes that the hub tells.

What has arrived is kept when the work is interrupted, and the rest of a file is fetched from where it was cut.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manazir.checkpoints.families import GENERIC, family_of
from manazir.checkpoints.found import INDEX, find_parts, no_index
from manazir.checkpoints.memory import gigabytes
from manazir.core.errors import CheckpointError
from manazir.core.hashes import hash_of_file
from manazir.core.home import hub_endpoint

Tell = Callable[[int, int], None]
"""Of bytes done, and bytes in all."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file at the hub."""

    size_bytes: int
    sha256: str | None
    """None: it is small, and the hub does not tell."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one moment."""

    repository: str
    commit: str
    files: dict[str, Remote]


def list_repository(repository: str, revision: str | None = None) -> Listing:
    """Ask the hub what a repository has.

    Raises:
        CheckpointError: there is none, it is not for everybody, or the hub cannot be reached.
    """
    with _errors_told(repository):
        from huggingface_hub import HfApi  # half a second

        told = HfApi(endpoint=hub_endpoint()).model_info(repository, revision=revision, files_metadata=True)
    files = {
        each.rfilename: Remote(each.size or 0, each.lfs.sha256 if each.lfs else None) for each in told.siblings or ()
    }
    return Listing(repository, told.sha or revision or "main", files)


def fetch(listing: Listing, folder: Path, tell: Tell) -> None:
    """Fetch what a model needs of a repository.

    Args:
        folder: where to; what lies there of an earlier attempt is gone on with.

    Raises:
        CheckpointError: it is no model that runs here, the disk has no room, or what came is not what was told.
    """
    if INDEX not in listing.files:
        raise no_index(list(listing.files), listing.repository)
    _fetch_file(listing, INDEX, folder, lambda _: None)
    found = find_parts(json.loads((folder / INDEX).read_text()), list(listing.files), listing.repository)
    if family_of(found.pipeline) == GENERIC:
        from manazir.checkpoints.diffusers_classes import described  # seconds

        described(found)
    names = [*found.all_files(), *(name for name in ("README.md",) if name in listing.files)]
    total, done = sum(listing.files[name].size_bytes for name in names), 0
    _check_room(folder, total - sum(_size(folder / name) for name in names))
    for name in names:
        _fetch_file(listing, name, folder, _Counter(tell, done, total))
        done += listing.files[name].size_bytes
        tell(done, total)


def find_cached(repository: str, revision: str | None = None) -> Path:
    """A repository in the cache that programs of this user fetched it into before.

    Raises:
        CheckpointError: it is not there.
    """
    with _errors_told(repository, is_offline=True):
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(repository, revision=revision, local_files_only=True))


class _Counter:
    """Adds up the bytes of a file as they come."""

    def __init__(self, tell: Tell, done: int, total: int) -> None:
        self._tell, self._done, self._total = tell, done, total

    def __call__(self, more: int) -> None:
        self._done = min(self._done + more, self._total)
        self._tell(self._done, self._total)


def _fetch_file(listing: Listing, name: str, folder: Path, count: Callable[[int], None]) -> None:
    with _errors_told(listing.repository):
        from huggingface_hub import hf_hub_download

        hf_hub_download(
            listing.repository,
            name,
            revision=listing.commit,
            local_dir=folder,
            endpoint=hub_endpoint(),
            tqdm_class=_silent(count),
        )
    told, path = listing.files[name], folder / name
    is_whole = _size(path) == told.size_bytes and (told.sha256 is None or hash_of_file(path) == told.sha256)
    if not is_whole:
        path.unlink(missing_ok=True)  # so that it is fetched anew
        raise CheckpointError(f"{name} of {listing.repository} came damaged (its hash differs); pull it again to go on")


def _silent(count: Callable[[int], None]) -> Any:
    """A progress bar that shows nothing, and says what it is told."""
    from huggingface_hub.utils import tqdm  # type: ignore[attr-defined]

    class Silent(tqdm):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options | {"disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> bool | None:
            count(int(n or 0))
            return None

    return Silent


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CheckpointError(
            f"{gigabytes(needed)} are to come, and {folder.parent} has room for {gigabytes(free)}; make room, or set "
            "MANAZIR_HOME to a larger disk"
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


@contextmanager
def _errors_told(repository: str, is_offline: bool = False) -> Iterator[None]:
    """Say in a line what went wrong at the hub or on the way, and what to do."""
    try:
        from huggingface_hub import errors
    except ImportError:
        raise CheckpointError(
            "fetching weights needs the package huggingface-hub; install it with: pip install 'manazir[engine]'"
        ) from None
    where = hub_endpoint() or "https://huggingface.co"
    try:
        yield
    except errors.GatedRepoError as error:
        raise CheckpointError(
            f"{repository} asks for consent first: accept its terms at {where}/{repository}, then set HF_TOKEN"
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise CheckpointError(
            f"{where} has no {repository}, or it is private; check the name, or set HF_TOKEN"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise CheckpointError(f"{repository} has no such revision; give a branch, a tag or a commit") from error
    except errors.HFValidationError as error:
        raise CheckpointError(f"{repository!r} is no name of a repository; give OWNER/NAME") from error
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        raise CheckpointError(_unreachable(repository, where, is_offline)) from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else "nothing"
        raise CheckpointError(
            f"{where} answered {status} for {repository}; try again later, or a mirror: HF_ENDPOINT"
        ) from error
    except (OSError, errors.HTTPError) as error:  # type: ignore[attr-defined]
        raise CheckpointError(f"{_unreachable(repository, where, False)} ({error})") from error


def _unreachable(repository: str, where: str, is_offline: bool) -> str:
    instead = "bring its folder here and run `manazir models import FOLDER`"
    if is_offline:
        return f"{repository} is not in this user's cache, and --offline fetches nothing; {instead}"
    return f"cannot fetch {repository} from {where}; set HF_ENDPOINT to a mirror, or {instead}"
