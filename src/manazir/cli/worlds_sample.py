"""`manazir worlds sample`: one simulated scene as a clip, with what is true of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from manazir.cli.options import check_output, parse_size, read_options
from manazir.cli.progress import progress
from manazir.cli.worlds import DRAWING, captions, check_event, draw_one, refuse_without_worlds

EXAMPLES = (
    "manazir worlds sample --event collide --seed 3 -o collide.mp4",
    "manazir worlds sample --size 224x128 --json",
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Simulate one scene: a clip with sound, its captions in English and Arabic, and its truth."""

    event: Annotated[str, arg(metavar="EVENT", help_behavior_hint="")] = ""
    """What happens: drop, roll, collide ... Without it: drawn from all."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """The same seed is the same scene."""
    size: Annotated[str, arg(metavar="TEXT")] = "256x256"
    """Width x height, in pixels."""
    seconds: Annotated[float, arg(metavar="X")] = 2.0
    """How long."""
    output: Annotated[Path, arg(metavar="MP4", aliases=("-o",))] = Path("scene.mp4")
    """Where to; a file of that name is replaced."""
    json: bool = False
    """Print captions and the whole truth: the scene, where everything went, what touched what."""


def run(arguments: Sequence[str]) -> None:
    """Draw, write, and tell."""
    options = read_options(Sample, "worlds sample", arguments, examples=EXAMPLES)
    width, height = parse_size(options.size)
    check_output(options.output, (".mp4",))
    refuse_without_worlds()
    event = check_event(options.event) if options.event else None
    with progress(DRAWING):
        drawn = draw_one(event, options.seed, width, height, options.seconds)
    from manazir.media.encode import write_clip

    write_clip(drawn.clip, options.output)
    texts = captions(drawn.scene, options.seed)
    if options.json:
        told = {"output": str(options.output), "captions": texts, "truth": drawn.truth}
        print(json.dumps(told, ensure_ascii=False))
        return
    print(f"{options.output}: {drawn.scene.event.value}, {width}x{height}, {drawn.clip.duration_seconds:.1f} s")
    for lines in texts.values():
        print(*lines, sep="\n")
