"""Which models there are, where their weights lie, and what of a canvas Noor honours. Imports no torch."""

from pathlib import Path

from manazir.checkpoints.known_models import KNOWN
from manazir.checkpoints.library import installed_manifests, is_installed
from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.core.home import home

SHIPPED = Path(__file__).parent.parent / "weights"
"""Weights that come with the package."""

DEFAULT = "noor-nano"

MODELS = {
    "noor-nano": "16 million parameters, 128 pixels; ships with Manazir and runs on two CPU cores",
    "noor-mini": "28 million parameters, 128 pixels; trained on one GPU",
}

ABILITIES = frozenset(Need) - {Need.REFRAME, Need.REFERENCES}
"""What of a canvas Noor honours."""


def bundle_folders(name: str) -> tuple[Path, Path]:
    """Where a model's weights may lie; what was installed in the home goes before what was shipped."""
    return home() / "models" / name, SHIPPED / name


def installed_bundle(name: str) -> Path | None:
    """The folder of a model's weights; None: they are not on this machine.

    Raises:
        UnsupportedError: no model has that name.
    """
    if name not in MODELS:
        told = f"no model {name!r}; have {', '.join(MODELS)}"
        raise UnsupportedError(told).named("no_such_model", name=name)
    return next((folder for folder in bundle_folders(name) if (folder / "model.json").exists()), None)


def find_bundle(name: str) -> Path:
    """The folder of a model's weights: installed in the home, or shipped.

    Raises:
        UnsupportedError: no model has that name.
        CheckpointError: its weights are not on this machine.
    """
    folder = installed_bundle(name)
    if folder is None:
        place = bundle_folders(name)[0]
        others = [other for other in MODELS if other != name and installed_bundle(other) is not None]
        instead = f", or use {' or '.join(others)}" if others else ""
        raise CheckpointError(f"the weights of {name} are not on this machine; put its bundle into {place}{instead}")
    return folder


def check_is_here(name: str) -> None:
    """Raise unless a model can be loaded by that name: one of Noor's, or one that was brought into the library.

    Raises:
        UnsupportedError: no model has that name.
        CheckpointError: its weights are not on this machine.
    """
    if name in MODELS:
        find_bundle(name)
    elif not is_installed(name):
        if name in KNOWN:
            raise CheckpointError(
                f"the weights of {name} are not on this machine; fetch them with `manazir models pull {name}`"
            )
        told = f"no model {name!r}; have {', '.join([*MODELS, *installed_manifests()])}, "
        told += "and `manazir models list` has those that can be fetched"
        raise UnsupportedError(told).named("no_such_model", name=name)
