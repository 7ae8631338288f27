"""`manazir worlds simulate`: scenes without pictures, which teach a generator what happens and how it sounds."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from manazir.cli.options import read_options
from manazir.cli.progress import progress
from manazir.cli.worlds import refuse_without_worlds
from manazir.core.errors import SceneError

EXAMPLES = (
    "manazir worlds simulate --out cache/scenes --scenes 20000",
    "manazir worlds simulate --steered --out cache/steered --scenes 8000",
)


@dataclass(frozen=True, kw_only=True)
class Simulate:
    """Simulate scenes and their sound without drawing them, into shards that a generator learns from.

    It takes a quarter of the time of rendering. What is interrupted goes on where it was.
    """

    out: Annotated[Path, arg(metavar="FOLDER")]
    """Where the shards go."""
    scenes: Annotated[int, arg(metavar="N")]
    """How many scenes there are to be in all."""
    workers: Annotated[int, arg(metavar="N", help_behavior_hint="")] = 0
    """How many processes. Without it: one for each core."""
    seed: Annotated[int, arg(metavar="N")] = 7
    """The same seed makes the same scenes; another than that of the rendering, so that these are new ones."""
    per_shard: Annotated[int, arg(metavar="N")] = 256
    """Scenes in a shard."""
    steered: bool = False
    """Pairs of scenes instead, without sound: steered by a player, and left alone. They teach what actions do."""
    json: bool = False
    """Print what was simulated."""


def run(arguments: Sequence[str]) -> None:
    """Simulate what is not there yet, and tell."""
    options = read_options(Simulate, "worlds simulate", arguments, examples=EXAMPLES)
    refuse_without_worlds()
    if min(options.scenes, options.per_shard) < 1 or min(options.workers, options.seed) < 0:
        raise SceneError("--scenes and --per-shard are whole numbers from 1 on, --workers and --seed from 0 on")
    from manazir.training.bare_scenes import prepare_scenes
    from manazir.training.steered_scenes import STEERED, prepare_steered
    from manazir.worlds.dataset import Rendering

    rendering = Rendering(clips=options.scenes, folder=options.out, per_shard=options.per_shard, seed=options.seed)
    if options.steered:
        rendering, prepared = replace(rendering, mixture=STEERED), prepare_steered
    else:
        prepared = prepare_scenes
    done = 0
    with progress("shards") as tell:
        for done, total in prepared(rendering, options.workers or os.cpu_count() or 1):
            tell(done, total)
    told = {"folder": str(options.out), "scenes": options.scenes, "shards": done}
    print(json.dumps(told) if options.json else f"{options.out}: {options.scenes} scenes in {done} shards")
