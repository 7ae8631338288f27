"""From runs to a bundle: the averaged weights, the facts that loading needs, and what the card tells."""

from pathlib import Path
from typing import Any

from torch import Tensor

from manazir.checkpoints.bundle import load_about, load_part, save_bundle
from manazir.core.errors import CheckpointError
from manazir.inference.noor.sampling import Sampling
from manazir.models.noor.steerer import ACTIONS
from manazir.training.distill import FEW
from manazir.training.loop import load_average
from manazir.worlds.dataset import SIZES


def export(
    codec_run: Path,
    noor_run: Path,
    folder: Path,
    card: dict[str, Any],
    *,
    steerer: Path,
    heeder: Path | None = None,
    animator_run: Path | None = None,
) -> None:
    """Write the bundle of a trained Noor.

    Args:
        steerer: a run of the steerer, or a bundle with one; it knows layouts, and no generator.
        heeder: a run of the heads that say what words ask of geometry, taught on that Noor's text encoder; None:
            nothing is done for words but what the generator does.
        animator_run: was taught with that Noor, after it; None: bodies stay as its own animator moves them.
        card: what a person should know of the model: data, time, figures, limits.

    Raises:
        CheckpointError: a run is missing.
    """
    codec, codec_facts = load_average(codec_run)
    noor, facts = load_trained(noor_run, animator_run)
    steering, facts["steerer"] = load_steerer(steerer)
    sampling = FEW if "distillation" in facts else Sampling()
    makes = {
        "sizes": [list(size) for size in SIZES],
        "window": 24,
        "frame_rate": 12.0,
        "longest_seconds": 12.0,
        "shift": facts["teaching"]["shift"],
        "guidance_scale": sampling.guidance_scale,
        "layout_steps": sampling.layout_steps,
        "is_distilled": sampling.is_distilled,
        "default_steps": sampling.steps,
        "draft_layout_steps": 1 if sampling.is_distilled else 4,
        "draft_steps": 1,
        "actions": list(ACTIONS),
    }
    about = {
        "kind": "noor",
        "noor": facts["noor"],
        "codec": codec_facts["codec"],
        "steerer": facts["steerer"]["steerer"],
        "makes": makes,
        "trained": {"facts": facts, "codec": codec_facts},
        "card": card,
    }
    parts: dict[str, dict[str, Tensor]] = {"noor": noor, "codec": codec, "steerer": steering}
    if heeder is not None:
        parts["heeder"], facts["heeder"] = load_average(heeder)
        about["heeder"] = facts["heeder"]["heeder"]
    save_bundle(folder, about, parts)


def load_noor(run: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The averaged weights and the facts of a Noor, without the heads with which it may have been taught.

    Raises:
        CheckpointError: the run is missing.
    """
    weights, facts = load_average(run)
    own = {name.removeprefix("noor."): value for name, value in weights.items() if name.startswith("noor.")}
    return own or weights, facts


def load_steerer(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The weights and the facts of a steerer, from a run or from a bundle.

    Raises:
        CheckpointError: the folder holds none.
    """
    if (folder / "state.pt").exists():
        return load_average(folder)
    about = load_about(folder)
    return load_part(folder, about, "steerer"), about["trained"]["facts"]["steerer"]


def load_trained(noor_run: Path, animator_run: Path | None) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The averaged weights and the facts of a Noor, with the animator of a run of its own if there is one.

    Raises:
        CheckpointError: a run is missing, or the animator is of another size than that Noor's.
    """
    noor, facts = load_noor(noor_run)
    if animator_run is not None:
        animator, facts["animator"] = load_average(animator_run)
        taught = {f"animator.{name}": value for name, value in animator.items()}
        own = {name: value.shape for name, value in noor.items() if name.startswith("animator.")}
        if {name: value.shape for name, value in taught.items()} != own:
            raise CheckpointError(
                f"the animator of {animator_run} does not fit the generator of {noor_run}; train it with that generator"
            )
        noor |= taught
    return noor, facts
