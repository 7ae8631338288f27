"""`card.json`, beside an installed model's manifest: what it makes, for whoever must know that without torch.

It follows from the model's configurations, and reading those for networks imports torch: so it is written down once,
when a model is brought in, or first loaded if that was before there were cards.
"""

import json
from dataclasses import asdict, fields
from pathlib import Path

from manazir.core.errors import CheckpointError
from manazir.inference.makes import Makes
from manazir.media.atomic import write_bytes

NAME = "card.json"
FORMAT = 3
READ = (1, 2, FORMAT)
"""Those of before say less."""


def write_card(folder: Path, makes: Makes) -> None:
    """Put it into a model's folder.

    Raises:
        MediaError: the folder cannot be written.
    """
    told = {name: value for name, value in asdict(makes).items() if name != "name"}
    write_bytes(folder / NAME, (json.dumps({"format": FORMAT, **told}, indent=1) + "\n").encode())


def read_card(folder: Path) -> Makes | None:
    """What a model's card says; None: it has none, or one of another version.

    Raises:
        CheckpointError: it is damaged.
    """
    path = folder / NAME
    try:
        told = json.loads(path.read_text())
        if told.pop("format") not in READ:
            return None
        sizes = tuple((int(width), int(height)) for width, height in told.pop("sizes"))
        makes = Makes(name=folder.name, sizes=sizes, **told)
        _check(makes)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); delete it, and load the model to have it again") from error
    return makes


def is_newest(folder: Path) -> bool:
    """Whether a model's card says all that cards say by now, or is damaged, which its reader tells."""
    try:
        return bool(json.loads((folder / NAME).read_text())["format"] == FORMAT)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return True


def _check(makes: Makes) -> None:
    """Raise unless all its numbers are some."""
    if not makes.sizes:
        raise ValueError("it has no sizes")
    for field in fields(makes):
        value = getattr(makes, field.name)
        if field.name in ("name", "sizes") or (field.name in ("steps", "guidance_scale", "growth") and value is None):
            continue
        if field.name in ("holds_pictures", "has_fixed_steps"):
            if not isinstance(value, bool):
                raise TypeError(f"{field.name} is {value!r}")
        elif isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise ValueError(f"{field.name} is {value!r}")
