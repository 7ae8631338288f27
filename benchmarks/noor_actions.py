"""Does a model follow a player? python benchmarks/noor_actions.py [--model noor-nano] [--pairs 300] [--prompts 16]

First the steerer alone: of what actions change in scenes that were simulated with them and without, how much does it
tell, beside what is known of pushes and jumps before anything is learnt? Then films: the same prompt and seed with and
without an action that is held for eight frames; an eye looks where the thing that changed most has gone. What hangs on
a rod or is fixed cannot be steered: of films whose prompt speaks of such a thing first, figures are given too, by
themselves.

Writes benchmarks/results/noor-actions-<model>.json.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor

from manazir.core import layout as at
from manazir.core.canvas import Canvas
from manazir.evaluation.held_out import Item, draw_items
from manazir.evaluation.intervals import mean_figure
from manazir.inference.catalogue import DEFAULT
from manazir.inference.engine import Made, Settings
from manazir.inference.noor.engine import generate
from manazir.inference.noor.model import NoorModel, load_model
from manazir.models.codecs.levels import to_pictures
from manazir.models.noor.gathering import gather
from manazir.models.noor.steerer import PLAYED, Steerer
from manazir.training.steered_scenes import STEERED, steered_pair
from manazir.worlds.captions import LANGUAGES, Caption
from manazir.worlds.dataset import Rendering
from manazir.worlds.layout import roles
from provenance import provenance

RESULTS = Path(__file__).parent / "results"
SEED = 20_261_122
"""Other scenes than those that taught."""
ASKED = {
    "left": (at.ACROSS, -1.0),
    "right": (at.ACROSS, 1.0),
    "away": (at.BULK, -1.0),
    "towards": (at.BULK, 1.0),
    "jump": (at.UP, 1.0),
}
"""Which feature of the steered body changes, and which way."""
LOOKED_AT = {"jump": 7}
"""The frame in which the eye looks; 11 for the others."""
LEAST = 0.1
"""Of a feature, about three pixels of 128: what changes less has not followed."""
_LOOKS = [*range(at.COLOUR.start, at.SIZE)]


def main() -> None:
    arguments = _arguments()
    model = load_model(arguments.model)
    report: dict[str, Any] = provenance() | {"model": model.name, "weights_hash": model.weights_hash}
    report |= {"steerer": _steerer(model, arguments.pairs), "films": _films(model, arguments.prompts)}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"noor-actions-{model.name}.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    report["films"].pop("tried")
    Console().print_json(json.dumps(report))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--pairs", type=int, default=300, help="scenes, each simulated with actions and without")
    parser.add_argument("--prompts", type=int, default=16, help="prompts in each language, each with every action")
    return parser.parse_args()


def _steerer(model: NoorModel, count: int) -> dict[str, Any]:
    """Shares of what actions change that are not told, where things are in the picture."""
    rendering = Rendering(clips=count, folder=RESULTS, per_shard=count, seed=SEED, mixture=STEERED)
    pairs = [steered_pair(rendering, clip) for clip in track(range(count), "simulating pairs")]
    left, true, actions = (torch.stack(parts) for parts in zip(*pairs, strict=True))
    unlearnt = Steerer(8, model.frame_rate)
    with torch.no_grad():
        made = {"learnt": model.steerer(left, actions.long()), "unlearnt": unlearnt(left, actions.long())}
    return {name: _not_told(one, left, true) for name, one in made.items()} | {"pairs": count}


def _not_told(made: Tensor, left: Tensor, true: Tensor) -> dict[str, float]:
    body = at.BODIES.start + PLAYED
    is_seen = (true[:, :, body, at.ACROSS : at.UP + 1].abs() < 0.95 * at.LARGEST).all(-1, keepdim=True)
    told = {}
    for name, features in {"place": [at.ACROSS, at.UP], "size": [at.BULK], "height": [at.HEIGHT]}.items():
        error, change = (((one - true)[:, :, body][..., features] * is_seen).square().sum() for one in (made, left))
        told[name] = round(float(error / change), 4)
    return told


def _films(model: NoorModel, prompts: int) -> dict[str, Any]:
    """Of films with an action, in how many does what changed most go where it was sent?"""
    tried: list[dict[str, Any]] = []
    spoken = [(item, language) for item in draw_items(prompts, SEED) for language in LANGUAGES]
    for number, (item, language) in enumerate(track(spoken, "films")):
        caption = item.captions[language]
        alone = _seen(model, caption.text, "none", number)
        for action in ASKED:
            frame, (feature, way) = LOOKED_AT.get(action, 11), ASKED[action]
            change = _change(alone[frame], _seen(model, caption.text, action, number)[frame])
            gone = None if change is None else round(way * float(change[feature]), 3)
            about = {
                "prompt": caption.text,
                "event": caption.facts.event.value,
                "can_be_steered": _is_free(item, caption),
            }
            tried.append({**about, "action": action, "gone": gone})
    free, held = ([one for one in tried if one["can_be_steered"] is is_free] for is_free in (True, False))
    return {"that can be steered": _followed(free), "that cannot": _followed(held), "tried": tried}


def _is_free(item: Item, caption: Caption) -> bool:
    """Whether the body that is spoken of first, which is the one that is steered, can be."""
    body = item.scene.bodies[roles(item.scene)[caption.layout_order[0]]]
    return body.pendulum is None and not body.is_fixed


def _followed(tried: list[dict[str, Any]]) -> dict[str, Any]:
    """Shares of films that followed, action by action and event by event."""
    right = [(one, float(one["gone"] is not None and one["gone"] > LEAST)) for one in tried]
    return {
        key: {
            name: mean_figure(np.array([value for one, value in right if one[key] == name])).plain()
            for name in sorted({one[key] for one in tried})
        }
        for key in ("action", "event")
    }


def _seen(model: NoorModel, prompt: str, action: str, seed: int) -> Tensor:
    """What an eye sees in each frame of a film whose action is held from the fourth frame on; a jump is one frame."""
    held = 1 if action == "jump" else 8
    actions = ("none",) * 3 + (action,) * held + ("none",) * (21 - held)
    for made in generate(Canvas(prompt=prompt, actions=actions), model, Settings(), seed):
        if isinstance(made, Made):
            pictures = to_pictures(torch.from_numpy(made.clip.frames))
    with torch.no_grad():
        return gather(model.noor.eye(pictures))


def _change(alone: Tensor, steered: Tensor) -> Tensor | None:
    """How that body has changed that did so most; None: no body is seen in both."""
    changes = []
    for body in alone[at.BODIES]:
        others = steered[at.BODIES]
        is_there = (others[:, at.PRESENT] > 0) & (body[at.PRESENT] > 0)
        if bool(is_there.any()):
            unlike = (others[:, _LOOKS] - body[_LOOKS]).square().sum(-1) + 1e6 * ~is_there
            changes.append(others[int(unlike.argmin())] - body)
    return max(changes, key=lambda change: float(change[[at.ACROSS, at.UP, at.BULK]].norm())) if changes else None


if __name__ == "__main__":
    main()
