"""Manifests: what is in an installed model's folder, file by file, and where it is from.

    manazir.json              the manifest
    model_index.json          as diffusers has it
    transformer/, vae/ …      parts: a configuration, and weights in safetensors
    tokenizer/, scheduler/ …  parts without weights
    NAME.safetensors          a file of Lightricks', in which several parts have their weights

Nothing in the folder is executed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from manazir.checkpoints.families import FAMILIES, GENERIC
from manazir.core.errors import CheckpointError

NAME = "manazir.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One network of a model, or its tokenizer or schedule."""

    name: str
    """Of its folder."""
    library: str
    """`diffusers`, `transformers` or `lightricks`: whose configuration it is."""
    class_name: str
    dtype: str | None
    """Of most of its stored weights, as torch calls it; None: it has no weights."""
    parameters: int
    config: Mapping[str, Any]
    files: Mapping[str, FileFacts]
    """By their paths in the model's folder; several parts may have their weights in one file."""

    @property
    def weights_bytes(self) -> int:
        """Of the files with its weights, as they are stored."""
        return sum(facts.size_bytes for name, facts in self.files.items() if name.endswith(".safetensors"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """An installed model."""

    name: str
    family: str
    """`wan`, `ltx`, or `diffusers`: one that no engine of ours runs."""
    pipeline: str
    """The class of diffusers that the model was published for."""
    source: str
    licence: str | None
    """None: the source does not say."""
    settings: Mapping[str, Any]
    """What `model_index.json` says beside the parts, such as where one transformer hands over to the other; of the
    family `diffusers` also how its pipeline is called."""
    parts: tuple[Part, ...]
    files: Mapping[str, FileFacts]
    """Those that belong to no part."""

    def all_files(self) -> Iterator[tuple[str, FileFacts]]:
        """Paths in the folder, and what is known of each; every file once."""
        files = dict(self.files)
        for part in self.parts:
            files |= part.files
        yield from files.items()

    @property
    def size_bytes(self) -> int:
        """Of all files."""
        return sum(facts.size_bytes for _, facts in self.all_files())

    @property
    def weights_hash(self) -> str:
        """One hash for all files."""
        digest = hashlib.sha256()
        for name, facts in sorted(self.all_files()):
            digest.update(f"{name} {facts.sha256}\n".encode())
        return digest.hexdigest()

    def part(self, name: str) -> Part | None:
        """The part of that name, if there is one."""
        return next((part for part in self.parts if part.name == name), None)


def to_json(manifest: Manifest) -> str:
    """A manifest as text."""
    return json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1, ensure_ascii=False) + "\n"


def load_manifest(folder: Path) -> Manifest:
    """Read the manifest of a model's folder; the model is called as its folder is.

    Raises:
        CheckpointError: there is none, or this version cannot read it.
    """
    path = folder / NAME
    try:
        told = json.loads(path.read_text())
        version = told.pop("format")
        if version == FORMAT:
            return _manifest(told | {"name": folder.name})
    except FileNotFoundError:
        raise CheckpointError(f"no model in {folder}: {NAME} is missing") from None
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); import the model again") from error
    raise CheckpointError(f"{path} has format {version}; this version reads format {FORMAT}")


def _manifest(told: dict[str, Any]) -> Manifest:
    parts = tuple(_part(part) for part in told["parts"])
    manifest = Manifest(**told | {"parts": parts, "files": _files(told["files"])})
    _all_are(str, manifest.family, manifest.pipeline, manifest.source, manifest.licence or "")
    _all_are(dict, manifest.settings)
    if manifest.family not in (GENERIC, *FAMILIES.values()):
        raise ValueError(f"nothing here runs the family {manifest.family!r}")
    return manifest


def _part(told: dict[str, Any]) -> Part:
    part = Part(**told | {"files": _files(told["files"])})
    _all_are(str, part.name, part.library, part.class_name, part.dtype or "")
    _all_are(int, part.parameters)
    _all_are(dict, part.config)
    return part


def _files(told: dict[str, Any]) -> dict[str, FileFacts]:
    """Files by paths that stay inside the folder."""
    for name in told:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ValueError(f"{name} lies outside")
    files = {name: FileFacts(**facts) for name, facts in told.items()}
    for facts in files.values():
        _all_are(int, facts.size_bytes)
        _all_are(str, facts.sha256)
    return files


def _all_are(kind: type[object], *values: object) -> None:
    """Raise unless values are of a kind."""
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} is no {kind.__name__}")
