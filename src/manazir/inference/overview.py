"""Every model there is, as plain data: Noor's bundles, what was brought into the library, what could be pulled.

Imports no torch.
"""

import json
from typing import Any

from manazir.checkpoints.families import GENERIC, honoured
from manazir.checkpoints.known_models import KNOWN, KnownModel, those_that_fit
from manazir.checkpoints.library import installed_manifests, is_installed, model_folder
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.memory import Verdict, fit, parameters_of, stages_of
from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.inference.card_file import read_card
from manazir.inference.cards import Card, card_of
from manazir.inference.catalogue import ABILITIES, DEFAULT, MODELS, installed_bundle
from manazir.inference.choices import choices_of

LICENCE = "Apache-2.0"
"""Of Noor; a bundle's card may say otherwise."""

OURS = "manazir"
"""What models run through that an engine of ours runs."""


def all_models() -> list[dict[str, Any]]:
    """In the order of lists: Noor, what is installed, what could be."""
    manifests = installed_manifests()
    rows = [_noor(name) for name in MODELS]
    rows += [_installed(name, told) for name, told in manifests.items() if name not in MODELS]
    rows += [_known(name, known) for name, known in KNOWN.items() if name not in manifests]
    return rows


def describe_open(name: str, memory_bytes: int | None = None) -> dict[str, Any]:
    """What a model of the library is, or one that could be pulled.

    Args:
        memory_bytes: free on the device that it is to run on, of which weights alone are counted; None: nothing is
            said of that.

    Raises:
        UnsupportedError: no model has that name.
        CheckpointError: its manifest is damaged.
    """
    if is_installed(name):
        manifest = load_manifest(model_folder(name))
        told, parameters = (
            _installed(name, manifest) | _made(name, manifest) | _details(manifest),
            parameters_of(manifest),
        )
    elif name in KNOWN:
        known = KNOWN[name]
        parts = {part: {"parameters": count} for part, count in known.parameters.items()}
        about = {"sizes": list(known.sizes), **_made_at_once(known), "source": known.repository, "parts": parts}
        told, parameters = _known(name, known) | about, dict(known.parameters)
    else:
        raise UnsupportedError(f"no model {name!r}; have {', '.join(row['name'] for row in all_models())}")
    told["refuses"] = [need.value for need in Need if need.value not in told["honours"]]
    if memory_bytes is not None:
        told["on_that_device"] = _held(name, parameters, memory_bytes)
    return told


def _held(name: str, parameters: dict[str, int], memory_bytes: int) -> str:
    result = fit(parameters, memory_bytes)
    is_too_large = result.verdict is Verdict.TOO_LARGE
    return result.told(other for other in those_that_fit(memory_bytes) if is_too_large and other != name)


def _noor(name: str) -> dict[str, Any]:
    folder = installed_bundle(name)
    size = None
    if folder is not None:
        try:
            files = json.loads((folder / "model.json").read_text())["files"]
            size = sum(facts["size_bytes"] for facts in files.values())
        except (OSError, ValueError, KeyError, TypeError):
            size = None  # `models show` says what is wrong
    return {
        "name": name,
        "about": MODELS[name],
        "is_default": name == DEFAULT,
        "runs_through": OURS,
        "folder": folder and str(folder),
        "licence": LICENCE,
        "size_bytes": size,
        "needs_bytes": {},
        "honours": [need.value for need in Need if need in ABILITIES],
    }


def _installed(name: str, manifest: Manifest | CheckpointError) -> dict[str, Any]:
    folder = str(model_folder(name))
    if isinstance(manifest, CheckpointError):
        nothing: dict[str, Any] = {"licence": None, "size_bytes": None, "needs_bytes": {}, "honours": []}
        damaged = {"name": name, "about": f"damaged: {manifest}", "is_default": False, "runs_through": OURS}
        return damaged | {"folder": folder} | nothing
    known = KNOWN.get(name)
    transformer = manifest.part("transformer")
    config = {} if transformer is None else transformer.config
    try:
        honours = honoured(manifest.family, manifest.settings, config)
    except CheckpointError as error:
        return _installed(name, error)
    return {
        "name": name,
        "about": known.about if known else f"brought in from {manifest.source}",
        "is_default": False,
        "runs_through": f"{GENERIC}: {manifest.pipeline}" if manifest.family == GENERIC else OURS,
        "folder": folder,
        "licence": manifest.licence,
        "size_bytes": manifest.size_bytes,
        "needs_bytes": {stage.name: stage.needed_bytes for stage in stages_of(parameters_of(manifest))},
        "honours": [need.value for need in Need if need in honours],
    }


def _made(name: str, manifest: Manifest) -> dict[str, Any]:
    """What it makes, as far as it is known."""
    if manifest.family == GENERIC:
        return _made_by_pipeline(card_of(name))
    makes = read_card(model_folder(name))
    if makes is None:
        return {}
    return {
        "sizes": [f"{width}x{height}" for width, height in makes.sizes],
        "size_multiple": makes.multiple,
        "frame_rate": makes.frame_rate,
        "frames": f"{makes.frames_per_latent}n + 1, and those beyond what is asked for are cut off",
        "seconds_at_once": round(makes.frames / makes.frame_rate, 3),
        "longest_seconds": round(makes.longest_seconds, 3),
        "steps": makes.steps,
    }


def _made_at_once(known: KnownModel) -> dict[str, Any]:
    return {
        "frame_rate": known.frame_rate,
        "seconds_at_once": round(known.frames / known.frame_rate, 3),
        "steps": known.steps,
    }


def _made_by_pipeline(card: Card) -> dict[str, Any]:
    """Of what its call says, all; the rest is known once it is loaded."""
    told = {
        "sizes": [f"{width}x{height}" for width, height in card.sizes] or None,
        "size_multiple": card.size_multiple,
        "frame_rate": card.rate_for(None),
        "seconds_at_once": card.default_seconds and round(card.default_seconds, 3),
        "longest_seconds": card.longest_seconds,
        "steps": card.steps,
    }
    return {"is_generic": True} | {name: value for name, value in told.items() if value is not None}


def _details(manifest: Manifest) -> dict[str, Any]:
    parts = {
        part.name: {"class": part.class_name, "parameters": part.parameters, "dtype": part.dtype}
        for part in manifest.parts
    }
    takes = [name.replace("_", " ") for name in choices_of(manifest)]
    return {"takes": takes, "family": manifest.family, "source": manifest.source, "parts": parts}


def _known(name: str, known: KnownModel) -> dict[str, Any]:
    return {
        "name": name,
        "about": known.about,
        "is_default": False,
        "runs_through": OURS,
        "folder": None,
        "licence": known.licence,
        "size_bytes": known.download_bytes,
        "needs_bytes": {stage.name: stage.needed_bytes for stage in stages_of(known.parameters)},
        "honours": [need.value for need in Need if need in known.honours],
    }
