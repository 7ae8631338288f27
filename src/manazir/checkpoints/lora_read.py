"""Adapters out of files: every key finds its layer, or is named."""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from manazir.checkpoints.lora import Adapter, Change, Full, Kronecker, LowRank, check_shapes
from manazir.checkpoints.lora_keys import Key, Places, parse_key
from manazir.checkpoints.names import Name
from manazir.checkpoints.survey import check_is_safe
from manazir.core.errors import CheckpointError
from manazir.core.hashes import hash_of_file


@dataclass(slots=True)
class _Layer:
    """What a file says of one layer."""

    key: Key
    first_key: str
    roles: dict[str, Tensor] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


def read_adapter(
    path: Path,
    layouts: Sequence[Sequence[Name]],
    shapes: Mapping[str, tuple[int, ...]],
    part: str = "transformer",
) -> Adapter:
    """Read an adapter for a model.

    Args:
        layouts: names under which the model's weights are published; diffusers' first.
        shapes: of the model's weights, by our names.
        part: for files with changes of two transformers: which of them.

    Raises:
        CheckpointError: it is no safetensors file, of a kind that is not read, for another model or another size.
    """
    check_is_safe(path)
    sha256 = hash_of_file(path)
    tensors, metadata = _content(path)
    keys = _of_part(list(tensors), part)
    layers, unmatched = _layers({key: tensors[key] for key in keys})
    alphas = _Alphas(metadata, path.parent / "adapter_config.json", keys)
    places, changes = Places(layouts), dict[str, Change]()
    for layer in layers:
        for leaf, change in _changes(layer, alphas).items():
            found = places.find(layer.key.layer, layer.key.is_flat, leaf)
            if found is None or found[0] not in shapes:
                unmatched += [key for key in layer.keys if key not in unmatched]
                continue
            name, adjust = found
            if name in changes:
                raise CheckpointError(
                    f"{path} changes {name} twice, for one by {layer.first_key}; give a file that does once"
                )
            changes[name] = change if adjust is None else _adjusted(change, adjust)
    if not changes:
        raise _nothing(path, keys, places)
    check_shapes(changes, shapes, str(path))
    moved = {name: change for name, change in changes.items() if not _is_nothing(change)}
    return Adapter(name=path.stem, sha256=sha256, changes=moved, unmatched=tuple(unmatched))


def _content(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(path, "pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise CheckpointError(f"{path} is no safetensors file, or damaged ({error}); get it again") from error


def _of_part(keys: list[str], part: str) -> list[str]:
    """Keys of one transformer, where a file has some of two."""
    if not any(key.startswith("transformer_2.") for key in keys):
        return keys
    return [key for key in keys if key.startswith(f"{part}.")]


def _layers(tensors: Mapping[str, Tensor]) -> tuple[list[_Layer], list[str]]:
    """By layer; and keys whose ending nobody knows."""
    layers: dict[tuple[str, bool], _Layer] = {}
    unknown = []
    for key, tensor in tensors.items():
        parsed = parse_key(key)
        if parsed is None:
            unknown.append(key)
            continue
        layer = layers.setdefault((parsed.layer, parsed.is_flat), _Layer(parsed, key))
        layer.roles[parsed.role] = tensor
        layer.keys.append(key)
    return list(layers.values()), unknown


def _changes(layer: _Layer, alphas: "_Alphas") -> dict[str, Change]:
    """Of a layer's weight and bias."""
    roles, changes = layer.roles, dict[str, Change]()
    if "down" in roles or "up" in roles:
        down, up = _both(layer, "down", "up")
        scale = alphas.scale(layer, down.shape[0])
        changes["weight"] = LowRank(down.flatten(1), up.flatten(1), scale)
        if "up_bias" in roles:
            changes["bias"] = Full(roles["up_bias"], scale)
    elif any(role.startswith("w") for role in roles):
        changes["weight"] = Kronecker(_factor(layer, "w1"), _factor(layer, "w2"), alphas.scale(layer, _rank(roles)))
    elif "diff" in roles:
        changes["weight"] = Full(roles["diff"])
    if "diff_bias" in roles:
        changes["bias"] = Full(roles["diff_bias"])
    return changes


def _adjusted(change: Change, adjust: Callable[[Tensor], Tensor]) -> Change:
    """In the order in which we keep the weight: what is done to its rows is done to those of the factor in front."""
    if isinstance(change, LowRank):
        return replace(change, up=adjust(change.up))
    if isinstance(change, Kronecker):  # rows of a Kronecker product are of both factors
        return Full(adjust(change.delta(torch.device("cpu"))))
    return replace(change, difference=adjust(change.difference))


def _both(layer: _Layer, first: str, second: str) -> tuple[Tensor, Tensor]:
    if first not in layer.roles or second not in layer.roles:
        raise CheckpointError(f"of the pair to which {layer.first_key} belongs, one is lacking; get the file again")
    both = layer.roles[first], layer.roles[second]
    _check_are_matrices(layer, *both)
    return both


def _factor(layer: _Layer, name: str) -> Tensor:
    """A factor of a Kronecker product, which may be a product of thin matrices itself."""
    whole = layer.roles.get(name)
    if whole is None:
        left, right = _both(layer, f"{name}_a", f"{name}_b")
        if left.shape[1] != right.shape[0]:
            raise CheckpointError(f"the factors {name} of {layer.key.layer} have no product; get the file again")
        whole = left.float() @ right.float()
    _check_are_matrices(layer, whole)
    return whole.flatten(1)


def _check_are_matrices(layer: _Layer, *factors: Tensor) -> None:
    """Refuse what has no rows and columns (kernels have more axes), holds nothing, or holds no fractions."""
    what = f"a factor of the change of {layer.key.layer}"
    for factor in factors:
        if factor.ndim < 2 or not factor.numel():
            raise CheckpointError(f"{what} is no matrix, or an empty one; get the file again")
        if not factor.is_floating_point():
            kind = str(factor.dtype).removeprefix("torch.")
            raise CheckpointError(f"{what} is kept as {kind}; give a file of float32, bfloat16 or float16")


def _rank(roles: Mapping[str, Tensor]) -> int | None:
    """Of thin factors; None: all are whole, and no alpha applies."""
    thin = roles.get("w2_b", roles.get("w1_b"))
    return None if thin is None else thin.shape[0]


class _Alphas:
    """By how much a file scales its changes: alpha over rank, where it says an alpha.

    It is a key beside the factors; or, as diffusers and PEFT save it, in the file's metadata or a file beside it.
    """

    def __init__(self, metadata: Mapping[str, str], beside: Path, keys: Sequence[str]) -> None:
        text = metadata.get("lora_adapter_metadata", "{}")
        if text == "{}" and beside.is_file() and any(key.startswith("base_model.model.") for key in keys):
            text = beside.read_text()
        try:
            told: dict[str, Any] = json.loads(text)
            self._told = {re.sub(r"^transformer(_2)?\.", "", name): value for name, value in told.items()}
            self._patterns = {
                which: {re.compile(rf"(.*\.)?({name})$"): _number(value) for name, value in self._of_layers(which)}
                for which in ("alpha_pattern", "rank_pattern")
            }
            self._alpha = _number(self._told.get("lora_alpha", self._told.get("alpha")))
            self._rank = _number(self._told.get("r"))
        except (ValueError, TypeError, AttributeError, RecursionError, re.error) as error:
            raise CheckpointError(
                f"what tells the alphas of an adapter in {beside.parent} is damaged ({error}); get it again"
            ) from error

    def scale(self, layer: _Layer, rank: int | None) -> float:
        """Of a layer; without a rank, of factors that are whole."""
        alpha = layer.roles.get("alpha")
        if alpha is not None:
            if alpha.numel() != 1:
                raise CheckpointError(f"the alpha of {layer.key.layer} is {alpha.numel()} numbers; get the file again")
            return 1.0 if rank is None else float(alpha) / rank
        wanted = self._of(layer, "alpha_pattern", self._alpha)
        told_rank = rank or self._of(layer, "rank_pattern", self._rank)
        if wanted is None or not told_rank:
            return 1.0
        return wanted / (math.sqrt(told_rank) if self._told.get("use_rslora") else told_rank)

    def _of(self, layer: _Layer, patterns: str, usual: float | None) -> float | None:
        """What is told of this layer, or of all."""
        matching = (value for name, value in self._patterns[patterns].items() if name.match(layer.key.layer))
        return next(matching, usual)

    def _of_layers(self, which: str) -> Iterable[tuple[str, Any]]:
        told: dict[str, Any] = self._told.get(which) or {}
        return told.items()


def _number(value: Any) -> float | None:
    """A number that can be an alpha or a rank, or none.

    Raises:
        ValueError, TypeError: it is something else.
    """
    if value is None:
        return None
    if not 0 <= float(value) < math.inf:
        raise ValueError(f"{value!r} is neither an alpha nor a rank")
    return float(value)


def _is_nothing(change: Change) -> bool:
    """A difference of zero, which tools write for norms that they did not teach."""
    return isinstance(change, Full) and not change.difference.any()


def _nothing(path: Path, keys: Sequence[str], places: Places) -> CheckpointError:
    first = f"its first key is {min(keys)}" if keys else "it has no keys for this part"
    return CheckpointError(
        f"{path} matches no layer of this model: {first}; keys of this model look like {' or '.join(places.examples())}"
    )
