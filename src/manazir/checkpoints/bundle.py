"""Bundles: a folder with a model's weights and all that is needed to use them.

    model.json                        what the model is: kind, configuration, hashes of the files, how it was made
    PART-00001-of-0000N.safetensors   weights in half precision, in shards that any host of files takes

Nothing in a bundle is executed. Every file is checked against its hash before a weight is used.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import Tensor, nn

from manazir.core.errors import CheckpointError

LARGEST_SHARD_BYTES = 16 * 2**20
FORMAT = 1


def save_bundle(folder: Path, about: dict[str, Any], parts: dict[str, dict[str, Tensor]]) -> None:
    """Write a bundle. `parts` are named groups of tensors; floating-point ones are stored as float16."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, dict[str, Any]] = {}
    for part, tensors in parts.items():
        shards = _shards({name: _stored(tensor) for name, tensor in tensors.items()})
        for index, shard in enumerate(shards, start=1):
            name = f"{part}-{index:05d}-of-{len(shards):05d}.safetensors"
            save_file(shard, folder / name)
            data = (folder / name).read_bytes()
            files[name] = {"part": part, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    for stale in set(folder.glob("*.safetensors")) - {folder / name for name in files}:
        stale.unlink()
    text = json.dumps({"format": FORMAT, **about, "files": files}, indent=1, ensure_ascii=False)
    (folder / "model.json").write_text(text + "\n")


def load_about(folder: Path) -> dict[str, Any]:
    """Read what a bundle says of itself.

    Raises:
        CheckpointError: there is no bundle, or this version cannot read it.
    """
    path = folder / "model.json"
    try:
        about: dict[str, Any] = json.loads(path.read_text())
        known = about["format"]
    except FileNotFoundError:
        raise CheckpointError(f"no model in {folder}: model.json is missing") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); install the model again") from error
    if known != FORMAT:
        raise CheckpointError(f"{path} has format {known}; this version reads format {FORMAT}")
    return about


def load_part(folder: Path, about: dict[str, Any], part: str) -> dict[str, Tensor]:
    """Read the tensors of one part, as float32, after checking their files.

    Raises:
        CheckpointError: a file is missing, cut short, or not the one that was saved.
    """
    tensors: dict[str, Tensor] = {}
    for name, facts in about["files"].items():
        if facts["part"] == part:
            tensors |= _read(folder / name, facts)
    if not tensors:
        raise CheckpointError(f"the model in {folder} has no part {part!r}; install it again")
    return {key: value.float() if value.is_floating_point() else value for key, value in tensors.items()}


def fill(module: nn.Module, tensors: dict[str, Tensor], what: str) -> None:
    """Put tensors into a module.

    Raises:
        CheckpointError: they belong to another architecture.
    """
    check_fit(module, tensors, what)
    module.load_state_dict(tensors)


def check_fit(module: nn.Module, tensors: dict[str, Tensor], what: str) -> None:
    """Refuse tensors that are not a module's, which may be on the meta device.

    Raises:
        CheckpointError: they belong to another architecture.
    """
    own = module.state_dict()
    missing, extra = sorted(set(own) - set(tensors)), sorted(set(tensors) - set(own))
    shapes = [name for name in set(own) & set(tensors) if own[name].shape != tensors[name].shape]
    if missing or extra or shapes:
        first = (missing or extra or sorted(shapes))[0]
        raise CheckpointError(
            f"the weights of {what} are of another architecture: {len(missing)} missing, {len(extra)} unknown, "
            f"{len(shapes)} of another shape (for one, {first}); install weights made for this version"
        )


def weights_hash(about: dict[str, Any]) -> str:
    """One hash for all the files of a bundle."""
    text = "\n".join(f"{name} {facts['sha256']}" for name, facts in sorted(about["files"].items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path, facts: dict[str, Any]) -> dict[str, Tensor]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing; install the model again") from None
    if len(data) != facts["size_bytes"]:
        raise CheckpointError(
            f"{path} has {len(data)} bytes and should have {facts['size_bytes']}: it was cut short or replaced; "
            "install the model again"
        )
    if hashlib.sha256(data).hexdigest() != facts["sha256"]:
        raise CheckpointError(f"{path} is not the file that was saved (its hash differs); install the model again")
    try:
        return load(data)
    except SafetensorError as error:
        raise CheckpointError(f"{path} is not a safetensors file ({error}); install the model again") from error


def _stored(tensor: Tensor) -> Tensor:
    stored = tensor.detach().cpu().contiguous()
    return stored.to(torch.float16) if stored.is_floating_point() else stored


def _shards(tensors: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    shards: list[dict[str, Tensor]] = [{}]
    room = LARGEST_SHARD_BYTES - 2**18  # for the header
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        if size > room and shards[-1]:
            shards.append({})
            room = LARGEST_SHARD_BYTES - 2**18
        shards[-1][name] = tensor
        room -= size
    return shards
