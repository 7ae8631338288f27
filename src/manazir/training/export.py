"""From runs to a bundle: the averaged weights, the facts that loading needs, and what the card tells."""

from pathlib import Path
from typing import Any

from torch import Tensor

from manazir.checkpoints.bundle import save_bundle
from manazir.training.loop import load_average
from manazir.worlds.dataset import SIZES
from manazir.worlds.scene import Action


def export(codec_run: Path, noor_run: Path, folder: Path, card: dict[str, Any]) -> None:
    """Write the bundle of a trained Noor.

    Args:
        card: what a person should know of the model: data, time, figures, limits.

    Raises:
        CheckpointError: a run is missing.
    """
    codec, codec_facts = load_average(codec_run)
    noor, facts = load_average(noor_run)
    distilled = facts.get("distillation")
    makes = {
        "sizes": [list(size) for size in SIZES],
        "window": 24,
        "frame_rate": 12.0,
        "longest_seconds": 12.0,
        "shift": facts["teaching"]["shift"],
        "guidance_scale": 1.5,
        "drawing_guidance_scale": 1.0,
        "layout_steps": 8,
        "is_distilled": distilled is not None,
        "default_steps": 2,
        "draft_steps": 1,
        "actions": [action.value for action in Action],
    }
    about = {
        "kind": "noor",
        "noor": facts["noor"],
        "codec": codec_facts["codec"],
        "makes": makes,
        "trained": {"facts": facts, "codec": codec_facts},
        "card": card,
    }
    parts: dict[str, dict[str, Tensor]] = {"noor": noor, "codec": codec}
    save_bundle(folder, about, parts)
