"""`manazir worlds render`: many scenes into shards, as many at once as there are workers."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import UseAppendAction, arg

from manazir.cli.options import parse_size, read_options
from manazir.cli.progress import progress
from manazir.cli.worlds import refuse_without_worlds
from manazir.core.errors import MediaError, SceneError

if TYPE_CHECKING:
    from manazir.worlds.dataset import Rendering

EXAMPLES = (
    "manazir worlds render --out scenes --clips 20000",
    "manazir worlds render --out wide --clips 640 --size 224x128 --workers 8 --seed 1",
)


@dataclass(frozen=True, kw_only=True)
class Render:
    """Render scenes with their sound and their truth into shards to learn from.

    An interrupted rendering goes on where it was: give the same command again.
    """

    out: Annotated[Path, arg(metavar="FOLDER")]
    """The folder of the shards; it is made if need be."""
    clips: Annotated[int, arg(metavar="N")]
    """How many clips there are to be in all."""
    workers: Annotated[int, arg(metavar="N", help_behavior_hint="")] = 0
    """How many processes. Without it: one for each core."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """The same seed renders the same clips."""
    per_shard: Annotated[int, arg(metavar="N")] = 64
    """Clips in a shard."""
    size: Annotated[tuple[str, ...], UseAppendAction, arg(metavar="TEXT", help_behavior_hint="(may be repeated)")] = ()
    """Width x height. Without it: the three shapes that Noor learns, the square one mostly."""
    with_held_out: bool = False
    """Also what is kept for examination."""
    json: bool = False
    """Print what was rendered."""


def run(arguments: Sequence[str]) -> None:
    """Render what is not there yet, and tell."""
    options = read_options(Render, "worlds render", arguments, examples=EXAMPLES)
    refuse_without_worlds()
    _check(options)
    from manazir.worlds.dataset import render_dataset

    rendering = _rendering(options)
    done = 0
    try:
        with progress("shards") as tell:
            for done in render_dataset(rendering, options.workers or os.cpu_count() or 1):
                tell(done, rendering.shards)
    except OSError as error:
        raise MediaError(f"cannot write to {options.out}: {error.strerror or error}; choose another place") from error
    told = {"folder": str(options.out), "clips": options.clips, "shards": done}
    print(json.dumps(told) if options.json else f"{options.out}: {options.clips} clips in {done} shards")


def _check(options: Render) -> None:
    for name in ("clips", "per_shard"):
        if getattr(options, name) < 1:
            raise SceneError(f"--{name.replace('_', '-')} is {getattr(options, name)}; give 1 or more")
    if options.workers < 0 or options.seed < 0:
        raise SceneError("--workers and --seed are whole numbers from 0 on")


def _rendering(options: Render) -> "Rendering":
    from manazir.worlds.dataset import Rendering

    rendering = Rendering(
        clips=options.clips,
        folder=options.out,
        per_shard=options.per_shard,
        seed=options.seed,
        with_held_out=options.with_held_out,
    )
    sizes = tuple(parse_size(text) for text in options.size)
    return replace(rendering, sizes=sizes, shares=(1.0,) * len(sizes)) if sizes else rendering
