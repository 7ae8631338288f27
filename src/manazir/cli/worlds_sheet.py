"""`manazir worlds sheet`: families of scenes, seen at a glance."""

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
    "manazir worlds sheet -o families.png",
    "manazir worlds sheet --events drop collide swing --seed 4 -o three.png",
)
PICTURES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Make a contact sheet with one scene of each family, its captions above it and its sound below."""

    events: Annotated[tuple[str, ...], arg(metavar="EVENT ...", help_behavior_hint="")] = ()
    """Which families. Without it: all."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """The same seed is the same sheet."""
    size: Annotated[str, arg(metavar="TEXT")] = "128x128"
    """Width x height of a frame, in pixels."""
    output: Annotated[Path, arg(metavar="FILE", aliases=("-o",))] = Path("sheet.png")
    """Where to: PNG, JPEG or WebP; a file of that name is replaced."""
    json: bool = False
    """Print the captions by event."""


def run(arguments: Sequence[str]) -> None:
    """Draw a scene of each family, write, and tell."""
    options = read_options(Sheet, "worlds sheet", arguments, examples=EXAMPLES)
    width, height = parse_size(options.size)
    check_output(options.output, PICTURES)
    refuse_without_worlds()
    from manazir.media.encode import write_picture
    from manazir.media.sheet import contact_sheet
    from manazir.worlds.families import FAMILIES

    events = [check_event(name) for name in options.events] or list(FAMILIES)
    rows = []
    with progress(DRAWING) as tell:
        for done, event in enumerate(events):
            tell(done, len(events))
            rows.append(draw_one(event, options.seed, width, height, 2.0))
    texts = [captions(row.scene, options.seed) for row in rows]
    labels = [f"{event.value}: {text['en'][2]} {text['ar'][1]}" for event, text in zip(events, texts, strict=True)]
    write_picture(contact_sheet([row.clip for row in rows], labels=labels, waveform_height=24), options.output)
    if options.json:
        told = {event.value: text for event, text in zip(events, texts, strict=True)}
        print(json.dumps({"output": str(options.output), "captions": told}, ensure_ascii=False))
    else:
        print(f"{options.output}: {', '.join(event.value for event in events)}")
