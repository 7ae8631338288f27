"""Models as others publish them: the folders that diffusers saves. What is taken from one, and what is left.

Only the names of files are looked at, so that the same choice is made in a folder and from a hub's listing.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from manazir.checkpoints.families import EXTRA, NEEDED, family_of
from manazir.core.errors import CheckpointError

INDEX = "model_index.json"

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
"""Endings of files that can run code when they are read."""

PLAIN = (".json", ".txt", ".model", ".jinja")
"""Endings of a part's other files that are taken: configurations, vocabularies, sentence pieces, chat templates."""

WITHOUT_WEIGHTS = re.compile(r".*(Scheduler|Tokenizer|Processor|FeatureExtractor|Guidance)(Fast|Pil)?")
"""Classes of parts that have none."""

WEIGHTS = re.compile(
    r"(?:diffusion_pytorch_model|model)(?:\.(?P<variant>[\w-]+?))?(?:-\d+-of-(?P<shards>\d+))?\.safetensors"
)
"""As diffusers and transformers name them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPart:
    """A part that an index names, and its files."""

    name: str
    library: str
    class_name: str
    weights: tuple[str, ...]
    """Paths in the model's folder."""
    others: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A model that an index describes."""

    pipeline: str
    settings: Mapping[str, Any]
    parts: tuple[FoundPart, ...]
    files: tuple[str, ...]
    """Those taken that belong to no part."""

    def all_files(self) -> list[str]:
        """All that are taken."""
        return [*self.files, *(name for part in self.parts for name in (*part.weights, *part.others))]


def find_parts(index: Mapping[str, Any], names: Sequence[str], where: str) -> Found:
    """Choose from a model's files.

    Args:
        index: `model_index.json`.
        names: of all files there, by their paths in its folder.
        where: what messages call it.

    Raises:
        CheckpointError: the index makes no sense, a part is lacking or has only pickles, or needs code of its own.
    """
    parts, settings = [], {}
    for key, value in index.items():
        if isinstance(value, (list, tuple)):
            if list(value) != [None, None]:
                parts.append(find_part(key, value, names, where))
        elif not key.startswith("_"):
            settings[key] = value
    if not parts:
        raise CheckpointError(f"{where}: {INDEX} names no parts; give the folder of a diffusers model")
    pipeline = str(index.get("_class_name"))
    named = {part.name for part in parts}
    _check_is_whole(pipeline, named, where)
    for name, class_name in EXTRA.get(family_of(pipeline), {}).items():
        if name not in named and f"{name}/config.json" in names:
            parts.append(find_part(name, ("diffusers", class_name), names, where))
    roots = tuple(name for name in names if name == INDEX or re.fullmatch(r"LICEN[SC]E(\.\w+)?", name))
    return Found(pipeline=pipeline, settings=settings, parts=tuple(parts), files=roots)


def _check_is_whole(pipeline: str, names: Set[str], where: str) -> None:
    lacking = [name for name in NEEDED.get(family_of(pipeline), ()) if name not in names]
    if lacking:
        raise CheckpointError(f"{where}: {INDEX} names no {' and no '.join(lacking)}; get the whole model")


def no_index(names: Sequence[str], where: str) -> CheckpointError:
    """What to say of a folder without an index."""
    pickles = sorted(name for name in names if name.endswith(PICKLES))
    wants = "give the folder of a diffusers model, or fetch a known one: `manazir models pull NAME`"
    if any(WEIGHTS.fullmatch(name) for name in names):
        wants += (
            "; its safetensors alone come in with --base NAME, an installed model that all other parts are taken from"
        )
    if pickles:
        return CheckpointError(
            f"{where} has no {INDEX}, and {pickles[0]} is a pickle, which can run code when it is read; {wants}"
        )
    return CheckpointError(f"{where} has no {INDEX}; {wants}")


def find_part(name: str, value: Sequence[Any], names: Sequence[str], where: str) -> FoundPart:
    """Choose one part's files.

    Args:
        name: of the part, and of its folder.
        value: its library and class, as an index has them; the rest as above.

    Raises:
        CheckpointError: as above.
    """
    if not re.fullmatch(r"\w+", name) or len(value) != 2:
        raise CheckpointError(f"{where}: {INDEX} has a part {name!r} that makes no sense; get the model again")
    library, class_name = map(str, value)
    if library not in ("diffusers", "transformers"):
        library = _inside(library, name, where)
    own = [each for each in names if PurePosixPath(each).parent == PurePosixPath(name)]
    weights = () if WITHOUT_WEIGHTS.fullmatch(class_name) else _weights(name, own, where)
    others = tuple(each for each in own if each.endswith(PLAIN) and (len(weights) > 1 or not _is_index(each)))
    if not others:
        raise CheckpointError(f"{where} lacks {name}/, which {INDEX} names; get the whole model")
    return FoundPart(name=name, library=library, class_name=class_name, weights=weights, others=others)


def _is_index(name: str) -> bool:
    """Whether it says which shard has which weight."""
    return re.search(r"\.index\.([\w-]+\.)?json$", name) is not None


def _inside(library: str, name: str, where: str) -> str:
    """The library of a part that diffusers keeps beside a pipeline, such as LTX-2's vocoder (`ltx2`)."""
    if library in ("ltx2",):
        return "diffusers"
    raise CheckpointError(
        f"{where}: its part {name} needs code of its own ({library}), and code that comes with weights is never run; "
        "give a model whose parts are those of diffusers and transformers"
    )


def loose_weights(names: Sequence[str], part: str, where: str) -> tuple[str, ...]:
    """Of the files of a folder that holds one part's weights and no index, as Wan publishes transformers: its weights.

    Raises:
        CheckpointError: there are none, or not all shards.
    """
    own = [name for name in names if "/" not in name]
    if not any(WEIGHTS.fullmatch(name) for name in own):
        raise CheckpointError(f"{where} has neither {INDEX} nor weights in safetensors files; give a folder with some")
    return _weights(part, own, where)


def _weights(name: str, own: Sequence[str], where: str) -> tuple[str, ...]:
    """The one set of weights that is taken: the plain one, else bfloat16's, else float16's."""
    sets: dict[str, list[str]] = {}
    for each in own:
        if found := WEIGHTS.fullmatch(PurePosixPath(each).name):
            sets.setdefault(found["variant"] or "", []).append(each)
    chosen = next((sets[variant] for variant in ("", "bf16", "fp16") if variant in sets), None)
    if chosen is None:
        raise _no_weights(name, own, where)
    return _one_set(sorted(chosen), where)


def _one_set(chosen: list[str], where: str) -> tuple[str, ...]:
    """Shards if there are some, and then all of them."""
    shards = [(each, found["shards"]) for each in chosen if (found := WEIGHTS.fullmatch(PurePosixPath(each).name))]
    sharded = [each for each, count in shards if count is not None]
    if not sharded:
        return tuple(chosen)
    count = int(next(count for _, count in shards if count is not None))
    if len(sharded) != count:
        raise CheckpointError(
            f"{where} has {len(sharded)} of {count} files of weights like {sharded[0]}; get those that are lacking"
        )
    return tuple(sharded)


def _no_weights(name: str, own: Sequence[str], where: str) -> CheckpointError:
    pickles = sorted(each for each in own if each.endswith(PICKLES))
    if not pickles:
        return CheckpointError(f"{where} has no weights in {name}/; get the whole model")
    return CheckpointError(
        f"{where} has the weights of {name} only as a pickle ({pickles[0]}), which can run code when it is read; "
        "get its safetensors files, or have their owner save them with save_pretrained(safe_serialization=True)"
    )
