"""`manazir models export`: trained runs into a bundle that `manazir generate` loads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import arg

from manazir.cli.options import read_options
from manazir.core.errors import CheckpointError

EXAMPLES = (
    "manazir models export --codec runs/noor_nano_codec --noor runs/noor_nano --steerer runs/noor_nano_steerer "
    "--card card.json --out bundle",
    "manazir models export --codec runs/noor_nano_codec --noor runs/noor_nano_amended "
    "--animator runs/noor_nano_animator --steerer runs/noor_nano_steerer --heeder runs/noor_nano_heeder "
    "--card card.json --out bundle",
)


@dataclass(frozen=True, kw_only=True)
class Export:
    """Put the weights of finished runs into a bundle: safetensors shards and a description, checked when loaded."""

    codec: Annotated[Path, arg(metavar="FOLDER")]
    """A run of the picture codec."""
    noor: Annotated[Path, arg(metavar="FOLDER")]
    """A run of the generator, distilled or not."""
    animator: Annotated[Path | None, arg(metavar="FOLDER")] = None
    """A run of the animator that was taught with that generator; without it, the generator's own."""
    steerer: Annotated[Path, arg(metavar="FOLDER")]
    """A run of the steerer, or a bundle that has one: what a player's actions do, for any generator."""
    heeder: Annotated[Path | None, arg(metavar="FOLDER")] = None
    """A run of the heads that were taught on that generator's text encoder: what words ask of camera and collisions."""
    card: Annotated[Path, arg(metavar="FILE")]
    """A JSON object: what a person should know of the model (data, time, figures, limits)."""
    out: Annotated[Path, arg(metavar="FOLDER")]
    """The bundle's folder."""
    json: bool = False
    """Print what was written."""


def run(arguments: Sequence[str]) -> None:
    """Export, and tell."""
    options = read_options(Export, "models export", arguments, examples=EXAMPLES)
    card = _card(options.card)
    from manazir.training.export import export

    export(
        options.codec,
        options.noor,
        options.out,
        card,
        steerer=options.steerer,
        heeder=options.heeder,
        animator_run=options.animator,
    )
    size = sum(path.stat().st_size for path in options.out.iterdir())
    told = {"folder": str(options.out), "size_bytes": size}
    print(json.dumps(told) if options.json else f"{options.out}: {size / 1e6:.1f} MB")


def _card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads(path.read_text())
    except OSError as error:
        raise CheckpointError(f"cannot read the card {path}: {error.strerror}") from error
    except ValueError as error:
        raise CheckpointError(f"the card {path} is not JSON: {error}") from error
    if not isinstance(card, dict):
        raise CheckpointError(f"the card {path} holds a {type(card).__name__}; it must hold an object")
    return card
