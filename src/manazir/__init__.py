"""Manazir: a world-model and video platform that people run themselves.

Names are looked up when they are first used, so that `import manazir` stays free of torch and numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from manazir.api import generate, take
    from manazir.checkpoints.adapter_files import AdapterFile
    from manazir.core.canvas import CameraPath, Canvas, Extension, Keyframe, Modification, Reframing, Region
    from manazir.core.errors import ManazirError
    from manazir.core.rectangles import Rectangle
    from manazir.core.take import Take
    from manazir.inference.engine import Settings
    from manazir.media.clip import Clip, Sound

__all__ = [
    "AdapterFile",
    "CameraPath",
    "Canvas",
    "Clip",
    "Extension",
    "Keyframe",
    "ManazirError",
    "Modification",
    "Rectangle",
    "Reframing",
    "Region",
    "Settings",
    "Sound",
    "Take",
    "generate",
    "take",
]

_HOMES = {
    "manazir.api": ("generate", "take"),
    "manazir.checkpoints.adapter_files": ("AdapterFile",),
    "manazir.core.canvas": ("CameraPath", "Canvas", "Extension", "Keyframe", "Modification", "Reframing", "Region"),
    "manazir.core.errors": ("ManazirError",),
    "manazir.core.rectangles": ("Rectangle",),
    "manazir.core.take": ("Take",),
    "manazir.inference.engine": ("Settings",),
    "manazir.media.clip": ("Clip", "Sound"),
}


def __getattr__(name: str) -> Any:
    """Look up a public name where it lives."""
    if name == "__version__":
        return import_module("importlib.metadata").version("manazir")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'manazir' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Public names, whether they were looked up yet or not."""
    return [*__all__, "__version__"]
