"""Surveys: a model outside the library, read as far as is needed to know that it can be brought in.

Headers and configurations are read, weights are not.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from manazir.checkpoints.families import GENERIC, family_of
from manazir.checkpoints.found import INDEX, PICKLES, Found, FoundPart, find_parts, loose_weights, no_index
from manazir.checkpoints.headers import WORDS, Stored, read_header
from manazir.checkpoints.manifest import Manifest, Part
from manazir.core.errors import CheckpointError


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyedPart:
    """A part whose weights fit their network."""

    found: FoundPart
    config: Mapping[str, Any]
    dtype: str | None
    parameters: int
    is_checked: bool
    """Whether a table of its names is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """A model that can be brought in."""

    family: str
    found: Found
    parts: tuple[SurveyedPart, ...]
    sources: Mapping[str, Path]
    """By their paths in the model's folder: the files that are taken."""
    licence: str | None


Check = Callable[[str, Mapping[str, Any], Mapping[str, Stored], str], bool]
"""As `family_checks.check_part`."""


def survey_folder(folder: Path, check: Check) -> Survey:
    """Look a diffusers folder over.

    Args:
        check: for models of our families; those of others are held against diffusers' own networks.

    Raises:
        CheckpointError: it is none, a part is lacking, has only pickles, needs code of its own or does not fit.
        UnsupportedError: diffusers is wanted and not installed.
    """
    if not folder.is_dir():
        raise CheckpointError(f"there is no folder {folder}; give that of a diffusers model")
    names = sorted(str(path.relative_to(folder)) for path in folder.glob("**/*") if path.is_file())
    if INDEX not in names:
        raise no_index(names, str(folder))
    found = find_parts(read_json(folder / INDEX), names, str(folder))
    family = family_of(found.pipeline)
    sources = {name: folder / name for name in found.all_files()}
    if family == GENERIC:
        from manazir.checkpoints.diffusers_classes import check_weights, described  # seconds

        _check_has_no_code(sources)
        found, check = described(found), check_weights
    parts = tuple(surveyed_part(part, sources, check) for part in found.parts)
    if family != GENERIC:
        _check_are_ours(parts, found.pipeline)
    return Survey(family=family, found=found, parts=parts, sources=sources, licence=_licence(folder / "README.md"))


def survey_file(file: Path, base_folder: Path, base: Manifest, part: str, check: Check) -> Survey:
    """Look weights over that are to stand in place of a part of an installed model.

    Args:
        file: of weights; or a folder with nothing but them, in shards or not.

    Raises:
        CheckpointError: it is a pickle, the model has no such part, or the weights do not fit.
    """
    old = base.part(part)
    if old is None or not old.weights_bytes:
        raise CheckpointError(f"{base.name} has no weights called {part!r}; have {', '.join(_with_weights(base))}")
    if base.family == GENERIC:
        from manazir.checkpoints.diffusers_classes import check_weights  # seconds

        check = check_weights
    sources = {f"{part}/{name}": path for name, path in _weights_of(file, part).items()}
    header: dict[str, Stored] = {}
    for path in sources.values():
        header |= read_header(path)
    is_checked = check(old.class_name, old.config, header, str(file))
    config = tuple(path for path in old.files if path == f"{part}/config.json")
    found = FoundPart(name=part, library=old.library, class_name=old.class_name, weights=tuple(sources), others=config)
    numbers = sum(each.numbers for each in header.values())
    changed = SurveyedPart(
        found=found, config=old.config, dtype=dtype_of(header), parameters=numbers, is_checked=is_checked
    )
    return replaced(survey_installed(base_folder, base), changed, sources)


def _weights_of(source: Path, part: str) -> dict[str, Path]:
    """Files of weights, by the names that they get."""
    if source.is_dir():
        names = [path.name for path in source.iterdir() if path.is_file()]
        return {name: source / name for name in loose_weights(names, part, str(source))}
    check_is_safe(source)
    return {"diffusion_pytorch_model.safetensors": source}


def replaced(survey: Survey, part: SurveyedPart, sources: Mapping[str, Path]) -> Survey:
    """A model with a part in place of the one of that name, or beside all others.

    Args:
        sources: of the part's files, those that the model has not.
    """
    names = [each.found.name for each in survey.parts]
    parts = tuple(part if each.found.name == part.found.name else each for each in survey.parts)
    parts = parts if part.found.name in names else (*parts, part)
    wanted = {name for each in parts for name in (*each.found.weights, *each.found.others)} | set(survey.found.files)
    kept = {name: path for name, path in survey.sources.items() if name in wanted}
    return replace(survey, parts=parts, sources=kept | dict(sources), licence=None)


def survey_installed(folder: Path, manifest: Manifest) -> Survey:
    """A model of the library again, as it was found when it was brought in."""
    parts = tuple(_as_surveyed(part) for part in manifest.parts)
    found = Found(
        pipeline=manifest.pipeline,
        settings=manifest.settings,
        parts=tuple(part.found for part in parts),
        files=tuple(manifest.files),
    )
    sources = {name: folder / name for name, _ in manifest.all_files()}
    return Survey(family=manifest.family, found=found, parts=parts, sources=sources, licence=manifest.licence)


def _as_surveyed(part: Part) -> SurveyedPart:
    weights = tuple(name for name in part.files if name.endswith(".safetensors"))
    others = tuple(name for name in part.files if not name.endswith(".safetensors"))
    found = FoundPart(name=part.name, library=part.library, class_name=part.class_name, weights=weights, others=others)
    return SurveyedPart(
        found=found, config=part.config, dtype=part.dtype, parameters=part.parameters, is_checked=bool(weights)
    )


def check_is_safe(file: Path) -> None:
    """Refuse what is no safetensors file by its name.

    Raises:
        CheckpointError: it is a pickle, or something else.
    """
    if file.name.endswith(PICKLES):
        raise CheckpointError(
            f"{file} is a pickle, which can run code when it is read; get the same weights as a safetensors file"
        )
    if file.suffix != ".safetensors":
        raise CheckpointError(f"{file} is no safetensors file; weights are read from nothing else")


def surveyed_part(found: FoundPart, sources: Mapping[str, Path], check: Check) -> SurveyedPart:
    """A part whose weights were held against its network.

    Raises:
        CheckpointError: they do not fit, or it needs code of its own.
    """
    config = _config(found, sources)
    stored: dict[str, Stored] = {}
    for name in found.weights:
        stored |= read_header(sources[name])
    is_checked = bool(stored) and check(found.class_name, config, stored, str(sources[found.weights[0]].parent))
    numbers = sum(each.numbers for each in stored.values())
    return SurveyedPart(found=found, config=config, dtype=dtype_of(stored), parameters=numbers, is_checked=is_checked)


def _config(found: FoundPart, sources: Mapping[str, Path]) -> dict[str, Any]:
    names = [f"{found.name}/config.json"] if found.weights else [f"{found.name}/scheduler_config.json"]
    config = next((read_json(sources[name]) for name in names if name in sources), None)
    if config is None and found.weights:
        raise CheckpointError(f"{sources[found.weights[0]].parent} has no config.json; get the whole model")
    if config and "auto_map" in config and found.weights:
        raise _needs_code(found.name, "config.json")
    return config or {}


def _check_are_ours(parts: Sequence[SurveyedPart], pipeline: str) -> None:
    """Refuse networks of diffusers that no engine of ours has."""
    for part in parts:
        if part.found.library == "diffusers" and part.found.weights and not part.is_checked:
            raise CheckpointError(
                f"{part.found.name} is of class {part.found.class_name}, which no {pipeline} that runs here has; "
                "get the model as it was published"
            )


def _check_has_no_code(sources: Mapping[str, Path]) -> None:
    """Refuse whatever asks for code in any of its configurations."""
    for name, source in sources.items():
        if name.endswith("config.json") and "auto_map" in read_json(source):
            raise _needs_code(str(Path(name).parent), Path(name).name)


def _needs_code(part: str, name: str) -> CheckpointError:
    return CheckpointError(
        f"{part} needs code of its own (auto_map in its {name}), and code that comes with weights is never run; "
        "give a model whose parts are those of diffusers and transformers"
    )


def dtype_of(stored: Mapping[str, Stored]) -> str | None:
    """Of most of them, as torch calls it; None: there are none."""
    sizes: dict[str, int] = {}
    for each in stored.values():
        sizes[each.kind] = sizes.get(each.kind, 0) + each.size_bytes
    most = max(sizes, key=lambda kind: sizes[kind], default=None)
    return None if most is None else WORDS.get(most, most.lower())


def read_json(path: Path) -> dict[str, Any]:
    """An object in a file.

    Raises:
        CheckpointError: there is none.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not JSON ({error}); get it again") from error
    if not isinstance(told, dict):
        raise CheckpointError(f"{path} holds a {type(told).__name__}, not an object; get it again")
    return told


def _licence(readme: Path) -> str | None:
    """As the first lines of a model's card say it."""
    try:
        head = readme.read_text(encoding="utf-8", errors="replace")[:4000]
    except OSError:
        return None
    found = re.search(r"^license_name:\s*(\S+)", head, re.MULTILINE) or re.search(
        r"^license:\s*(\S+)", head, re.MULTILINE
    )
    return found[1].strip("\"'") if found else None


def _with_weights(manifest: Manifest) -> list[str]:
    return [part.name for part in manifest.parts if part.weights_bytes]
