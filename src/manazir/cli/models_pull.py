"""`manazir models pull`: open weights from a hub into the library."""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from manazir.checkpoints.known_models import KNOWN, known_name
from manazir.checkpoints.library import is_installed, model_folder
from manazir.checkpoints.manifest import load_manifest
from manazir.checkpoints.memory import gigabytes
from manazir.cli.options import read_options
from manazir.cli.progress import progress
from manazir.core.errors import CheckpointError, UnsupportedError

EXAMPLES = ("manazir models pull wan2.1-t2v-1.3b", "manazir models pull someone/tuned-wan --name tuned")


@dataclass(frozen=True, kw_only=True)
class Pull:
    """Fetch a model from a hub, check it and bring it in. If it is interrupted, the same command goes on.

    HF_ENDPOINT names a mirror, HF_TOKEN who asks.
    """

    model: Annotated[str, Positional, arg(metavar="NAME|OWNER/NAME")]
    """A known model (`manazir models list`), or a repository in diffusers' form."""
    name: str | None = None
    """What the model is called here; otherwise as it is known, or like its repository."""
    revision: Annotated[str | None, arg(metavar="COMMIT")] = None
    """A branch, a tag or a commit; otherwise the newest."""
    offline: bool = False
    """Fetch nothing: take it from the cache that other programs of this user filled."""
    json: bool = False
    """Print what was installed."""


def run(arguments: Sequence[str]) -> None:
    """Fetch, bring in, and tell."""
    options = read_options(Pull, "models pull", arguments, examples=EXAMPLES)
    repository = _repository(options.model)
    name = options.name or known_name(repository) or _like(repository)
    folder = model_folder(name)
    if is_installed(name):
        raise CheckpointError(f"{name} is installed in {folder}; give --name another, or delete that folder first")
    if options.offline:
        from manazir.checkpoints.hub import find_cached

        cached = find_cached(repository, options.revision)
        _bring(name, folder, cached, f"{repository}@{cached.name}")
    else:
        _fetch(name, folder, repository, options.revision)
    size = load_manifest(folder).size_bytes
    told = {"name": name, "folder": str(folder), "source": load_manifest(folder).source, "size_bytes": size}
    print(json.dumps(told) if options.json else f"{name}: {gigabytes(size)} in {folder}")


def _fetch(name: str, folder: Path, repository: str, revision: str | None) -> None:
    from manazir.checkpoints.hub import fetch, list_repository

    listing = list_repository(repository, revision)
    staged = folder.with_name(f".{name}.pulling")
    staged.mkdir(parents=True, exist_ok=True)
    with progress(f"fetching {repository} (MB)") as tell:
        fetch(listing, staged, lambda done, total: tell(done // 10**6, total // 10**6))
    _bring(name, folder, staged, f"{repository}@{listing.commit}")
    shutil.rmtree(staged)


def _bring(name: str, folder: Path, source: Path, origin: str) -> None:
    from manazir.checkpoints.family_checks import check_part  # imports torch
    from manazir.checkpoints.importing import bring_in
    from manazir.checkpoints.survey import survey_folder
    from manazir.inference.engines import keep_card

    survey = survey_folder(source, check_part)
    known = KNOWN.get(name)
    licence = known.licence if known and survey.licence is None else None
    with progress(f"importing {name} (MB)") as tell:
        for done, total in bring_in(survey, folder, origin, licence):
            tell(done // 10**6, total // 10**6)
    keep_card(folder, load_manifest(folder))


def _repository(model: str) -> str:
    if model in KNOWN:
        return KNOWN[model].repository
    if re.fullmatch(r"[\w.-]+/[\w.-]+", model):
        return model
    raise UnsupportedError(f"no model {model!r} is known; have {', '.join(KNOWN)}, or give OWNER/NAME at a hub")


def _like(repository: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", repository.partition("/")[2].lower()).strip("-._")
