"""What a person may choose beside a canvas, by a model's family, and which of that is no choice. Imports no torch."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from manazir.checkpoints.families import GENERIC, UPSAMPLER
from manazir.checkpoints.manifest import Manifest
from manazir.checkpoints.pipeline_call import Call, from_settings

_SKIP = ("skip_layer_scale", "skip_layers")
EVERY = (
    *("layout_steps", "steps", "guidance_scale", "guidance_rule", "guidance_rescale"),
    *(*_SKIP, "skip_layer_span", "modality_scale", "sound_guidance_scale", "solver", "shift", "cache", "two_stages"),
)
"""Names of `engine.Settings`, in the order in which they are told."""
NOOR = ("layout_steps", "steps", "guidance_scale")
OF_FAMILY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "wan": (
            *("steps", "guidance_scale", "guidance_rule", "guidance_rescale", *_SKIP, "skip_layer_span"),
            *("solver", "shift", "cache"),
        ),
        "ltx": (
            *("steps", "guidance_scale", "guidance_rescale", *_SKIP, "modality_scale", "sound_guidance_scale"),
            *("cache", "two_stages"),
        ),
    }
)
"""Of engines of ours."""
OF_PIPELINES = ("steps", "guidance_scale")
"""Of pipelines of diffusers, as far as one has an argument for it."""


def choices_of(manifest: Manifest) -> tuple[str, ...]:
    """What a model of the library takes.

    Raises:
        CheckpointError: they do not say it.
    """
    if manifest.family == GENERIC:
        return choices_of_pipeline(from_settings(manifest.settings))
    takes = OF_FAMILY[manifest.family]
    return takes if manifest.part(UPSAMPLER) else tuple(name for name in takes if name != "two_stages")


def choices_of_pipeline(call: Call) -> tuple[str, ...]:
    """What a pipeline of diffusers takes."""
    return tuple(name for name in OF_PIPELINES if name in call.takes)


def no_choice(chosen: Mapping[str, Any], takes: Collection[str]) -> str | None:
    """The first thing that was chosen and is not taken; None: all is."""
    return next((name for name in EVERY if chosen.get(name) is not None and name not in takes), None)


def told_of(who: str, name: str, takes: Collection[str]) -> str:
    """What is said of something that a model does not take.

    >>> told_of("noor-nano", "solver", ("steps", "guidance_scale"))
    'noor-nano takes no solver; leave it out (it takes steps, guidance scale)'
    """
    has = ", ".join(each.replace("_", " ") for each in EVERY if each in takes)
    return f"{who} takes no {name.replace('_', ' ')}; leave it out" + (f" (it takes {has})" if has else "")
