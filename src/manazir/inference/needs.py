"""What a film takes of a device's memory, stage by stage, as is counted before it is made; no weight is read."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from manazir.checkpoints.library import model_folder
from manazir.checkpoints.manifest import load_manifest
from manazir.checkpoints.memory import Verdict, parameters_of, stages_of
from manazir.core.canvas import Canvas
from manazir.core.errors import UnsupportedError
from manazir.inference.engine import Settings
from manazir.inference.ltx.engine import LtxEngine
from manazir.inference.ltx.loading import unread_ltx
from manazir.inference.placement import Placement, hold
from manazir.inference.produce import check_size
from manazir.inference.wan.engine import WanEngine
from manazir.inference.wan.loading import unread_wan

Unread = Callable[[Path, Placement], tuple[WanEngine | LtxEngine, Mapping[str, int]]]
UNREAD: Mapping[str, Unread] = MappingProxyType({"wan": unread_wan, "ltx": unread_ltx})
"""Engines without weights, by families."""
WANTED = Placement(device=torch.device("cuda"), dtype=torch.bfloat16)
"""How models are laid on GPUs, unless somebody chooses."""


def needs_of_film(name: str, canvas: Canvas, free_bytes: int | None = None) -> dict[str, Any]:
    """Of an installed model: which film, what each stage of it needs in bfloat16, and how a device would hold it.

    Args:
        free_bytes: of a GPU; None: nothing is said of one.

    Raises:
        UnsupportedError: no engine of ours runs the model.
        ShapeError: it makes no such film; says what it makes.
        CheckpointError: the model is damaged.
    """
    folder = model_folder(name)
    manifest = load_manifest(folder)
    if manifest.family not in UNREAD:
        raise UnsupportedError(f"{name} runs through diffusers, so only its weights are counted; ask for no film")
    engine, streamed = UNREAD[manifest.family](folder, WANTED)
    check_size(canvas, engine, allows_resampling=False)
    film = engine.film_of(canvas, Settings())
    width, height = (canvas.width, canvas.height) if canvas.width else engine.makes.sizes[0]
    working, parameters = engine.working(film), parameters_of(manifest)
    stages = stages_of(parameters, working_bytes=working)
    told: dict[str, Any] = {
        "film": f"{width}x{height}, {film.seconds:.2f} s at once, in bfloat16",
        "film_needs_bytes": {stage.name: stage.needed_bytes for stage in stages},
    }
    if free_bytes is None:
        return told
    placed, result = hold(free_bytes, WANTED, parameters, streamed, working)
    words = ", and words are read on the CPU"
    beside = words if placed.words_on_cpu and result.verdict is not Verdict.TOO_LARGE else ""
    return told | {"on_that_device": result.told() + beside}
