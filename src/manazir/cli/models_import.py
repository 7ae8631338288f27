"""`manazir models import`: open weights from a folder or a file into the library."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from manazir.checkpoints import lightricks
from manazir.checkpoints.families import UPSAMPLER
from manazir.checkpoints.found import INDEX
from manazir.checkpoints.known_models import KNOWN, known_name
from manazir.checkpoints.library import installed_manifests, is_installed, model_folder
from manazir.checkpoints.manifest import load_manifest
from manazir.checkpoints.memory import gigabytes
from manazir.cli.options import read_options
from manazir.cli.progress import progress
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.inference.catalogue import MODELS

if TYPE_CHECKING:
    from manazir.checkpoints.survey import Survey

EXAMPLES = (
    "manazir models import Wan2.1-T2V-1.3B-Diffusers",
    "manazir models import my-wan.safetensors --base wan2.1-t2v-1.3b --name my-wan",
    "manazir models import ltx-2-19b-dev.safetensors --text-encoder gemma-3-12b-it",
)


@dataclass(frozen=True, kw_only=True)
class Import:
    """Bring a model in: a diffusers folder, a whole LTX-2 in one file, or a part; linked where possible, else copied.

    Names and shapes of weights are checked first. Pickles are refused, and code that lies beside weights is never run.
    If it is interrupted, the same command goes on.
    """

    source: Annotated[Path, Positional, arg(metavar="FOLDER|FILE")]
    """A folder with model_index.json, a whole LTX-2 in one file, or for --base a file or a folder of weights."""
    name: str | None = None
    """What the model is called here; otherwise as it is known, or like its folder or file."""
    base: Annotated[str | None, arg(metavar="NAME")] = None
    """For weights alone: an installed model that all its other parts are taken from."""
    part: str | None = None
    """For weights alone: which part of that model they stand for. Without it: transformer, or an upsampler of LTX-2."""
    text_encoder: Annotated[Path | None, arg(metavar="FOLDER")] = None
    """For a whole LTX-2 in one file: the folder of its Gemma, as published, or of a diffusers LTX-2."""
    licence: str | None = None
    """Of the weights, where their folder does not say it."""
    json: bool = False
    """Print what was installed."""


def run(arguments: Sequence[str]) -> None:
    """Import, and tell."""
    options = read_options(Import, "models import", arguments, examples=EXAMPLES)
    name = options.name or _name(options.source)
    if name in MODELS:
        raise UnsupportedError(f"{name} is a model of Manazir's own; give --name another")
    folder = model_folder(name)
    if not options.source.exists():
        raise CheckpointError(f"there is no {options.source}; give a folder with model_index.json, or a file")
    bring(name, options)
    size = load_manifest(folder).size_bytes
    told = {"name": name, "folder": str(folder), "size_bytes": size}
    print(json.dumps(told) if options.json else f"{name}: {gigabytes(size)} in {folder}")


def bring(name: str, options: Import) -> None:
    """Check and bring in."""
    from manazir.checkpoints.importing import bring_in
    from manazir.inference.engines import keep_card  # imports torch

    survey = _survey(options)
    licence = options.licence or (KNOWN[name].licence if survey.licence is None and name in KNOWN else None)
    with progress(f"importing {name} (MB)") as tell:
        for done, total in bring_in(survey, model_folder(name), str(options.source.resolve()), licence):
            tell(done // 10**6, total // 10**6)
    keep_card(model_folder(name), load_manifest(model_folder(name)))


def _survey(options: Import) -> "Survey":
    """Of what was given."""
    from manazir.checkpoints.family_checks import check_part  # imports torch
    from manazir.checkpoints.headers import read_header
    from manazir.checkpoints.survey import check_is_safe, survey_file, survey_folder, survey_installed
    from manazir.checkpoints.upsamplers import survey_upsampler, with_upsampler

    is_loose = options.source.is_dir() and options.base is not None and not (options.source / INDEX).exists()
    if options.source.is_dir() and not is_loose:
        if options.base is not None or options.part is not None or options.text_encoder is not None:
            raise CheckpointError(
                f"{options.source} is a folder, a whole model; --base, --part and --text-encoder are for parts"
            )
        return survey_folder(options.source, check_part)
    if not is_loose:
        check_is_safe(options.source)
    if not is_loose and options.part is None and lightricks.is_whole(read_header(options.source)):
        return _survey_single(options)
    if options.text_encoder is not None:
        raise CheckpointError(f"{options.source} is no whole LTX-2; --text-encoder is for one")
    if options.base is None:
        raise CheckpointError(
            f"{options.source} holds one part of a model; give --base NAME, an installed model for the others"
        )
    folder = _base_folder(options.base)
    manifest = load_manifest(folder)
    if options.part in (None, UPSAMPLER):
        added = survey_upsampler(options.source, check_part)
        if added is not None:
            return with_upsampler(survey_installed(folder, manifest), *added)
    return survey_file(options.source, folder, manifest, options.part or "transformer", check_part)


def _survey_single(options: Import) -> "Survey":
    """Of a whole LTX-2 in one file, with what reads prompts from elsewhere."""
    from manazir.checkpoints.family_checks import check_part
    from manazir.checkpoints.lightricks_survey import survey_single
    from manazir.checkpoints.survey import survey_installed
    from manazir.checkpoints.text_folders import WHAT_WOULD_DO, words_in, words_of

    if options.text_encoder is not None:
        return survey_single(options.source, words_in(options.text_encoder, check_part), check_part)
    if options.base is not None:
        folder = _base_folder(options.base)
        base = survey_installed(folder, load_manifest(folder))
        return survey_single(options.source, words_of(base, options.base), check_part)
    raise CheckpointError(
        f"{options.source} is a whole LTX-2 but for what reads prompts; give --text-encoder FOLDER, {WHAT_WOULD_DO}; "
        "or --base NAME, an installed LTX-2 to take it from"
    )


def _base_folder(name: str) -> Path:
    if not is_installed(name):
        here = ", ".join(installed_manifests()) or "none; import a whole folder first"
        raise CheckpointError(f"--base {name} is none of the models that were brought in: {here}")
    return model_folder(name)


def _name(source: Path) -> str:
    """As the model is known, or like its folder or file."""
    real = source.resolve()
    known = known_name(real) if real.is_dir() else None
    return known or re.sub(r"[^a-z0-9._-]+", "-", (real.name if real.is_dir() else real.stem).lower()).strip("-._")
