"""`manazir worlds encode`: shards of clips into shards of latents, which is what a generator learns from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from manazir.cli.options import read_options
from manazir.cli.progress import progress
from manazir.core.errors import MediaError

EXAMPLES = ("manazir worlds encode --rendered cache/rendered --codec runs/noor_nano_codec --out cache/latents",)


@dataclass(frozen=True, kw_only=True)
class Encode:
    """Send rendered clips through the codecs, once, before training.

    What is encoded already is left; an interrupted encoding goes on where it was.
    """

    rendered: Annotated[Path, arg(metavar="FOLDER")]
    """Shards of `manazir worlds render`."""
    codec: Annotated[Path, arg(metavar="FOLDER")]
    """The picture codec: a run of noor_nano_codec, or a model's bundle."""
    out: Annotated[Path, arg(metavar="FOLDER")]
    """Where the shards of latents go."""
    json: bool = False
    """Print what was encoded."""


def run(arguments: Sequence[str]) -> None:
    """Encode what is not encoded yet, and tell."""
    options = read_options(Encode, "worlds encode", arguments, examples=EXAMPLES)
    if not any(options.rendered.glob("*.tar")):
        raise MediaError(f"no shards in {options.rendered}; render some with `manazir worlds render`")
    from manazir.recipes.runs import load_codec
    from manazir.training.prepare import prepare

    done = 0
    with progress("shards") as tell:
        for done, total in prepare(options.rendered, options.out, load_codec(options.codec)):
            tell(done, total)
    told = {"folder": str(options.out), "shards": done}
    print(json.dumps(told) if options.json else f"{options.out}: {done} shards of latents")
