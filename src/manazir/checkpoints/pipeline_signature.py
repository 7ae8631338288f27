"""Whether a pipeline of diffusers can fill in a canvas: told by its signature, without making one."""

import inspect
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from inspect import Parameter
from typing import Any

from manazir.checkpoints.pipeline_call import NAMES, Call
from manazir.core.errors import CheckpointError

WANT_PICTURE = (
    "LTXImageToVideoPipeline",
    "I2VGenXLPipeline",
    "CosmosVideoToWorldPipeline",
    "Cosmos2VideoToWorldPipeline",
)
"""Pipelines that do not run without a picture though their signature calls it optional."""

CONTROLS = ("control_video", "controls", "conditioning_frames", "mask_video", "reference_conditions")
"""What a pipeline is made for, optional as the signature may call it, and no canvas has."""

FRAME_RATES = {
    "Allegro": 15,
    "AnimateDiff": 8,
    "AnyFlow": 16,
    "ChronoEdit": 16,
    "CogVideoX": 8,
    "ConsisID": 8,
    "Cosmos2_5": 16,
    "EasyAnimate": 8,
    "Helios": 24,
    "HunyuanSkyreels": 24,
    "HunyuanVideo": 24,
    "HunyuanVideoFramepack": 30,
    "Kandinsky5": 24,
    "Latte": 8,
    "Mochi": 30,
    "MotifVideo": 24,
    "PIA": 8,
    "SanaImageToVideo": 16,
    "SanaVideo": 16,
    "SkyReelsV2": 24,
    "TextToVideoSD": 8,
    "Wan": 16,
}
"""Of pipelines that are told none, by how their names begin. Source: their examples and model cards."""


def call_of(pipeline: type[Any]) -> Call:
    """How a pipeline is called.

    Raises:
        CheckpointError: it makes no video, or wants what a canvas does not have.
    """
    name = pipeline.__name__
    parameters = dict(list(inspect.signature(pipeline.__call__).parameters.items())[1:])  # without self
    takes = _takes(parameters)
    required = [each for each, facts in parameters.items() if _is_required(facts)]
    _check(pipeline, parameters, required, takes)
    if takes.get("guidance_scale") == "guidance_scale" and "true_cfg_scale" in parameters:
        takes.pop("negative_prompt", None)  # heeded by that other guidance alone, which is off unless asked for
    return Call(
        takes=takes,
        usual=_numbers(takes, parameters) | _rate(name, takes),
        needs_picture=takes.get("first_frame") in required or name in WANT_PICTURE,
    )


def _takes(parameters: Mapping[str, Parameter]) -> dict[str, str]:
    found = {ours: next((each for each in theirs if each in parameters), None) for ours, theirs in NAMES.items()}
    return {ours: theirs for ours, theirs in found.items() if theirs is not None}


def _is_required(facts: Parameter) -> bool:
    return facts.default is Parameter.empty and facts.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def _check(
    pipeline: type[Any], parameters: Mapping[str, Parameter], required: list[str], takes: Mapping[str, str]
) -> None:
    name, instead = pipeline.__name__, "give a model of another pipeline"
    if not _makes_frames(pipeline):
        raise CheckpointError(f"{name} of diffusers makes no video; {instead}")
    beyond = [each for each in parameters if each in CONTROLS or (each in required and each not in takes.values())]
    if beyond:
        raise CheckpointError(f"{name} of diffusers wants {' and '.join(beyond)}, which no canvas has; {instead}")
    lacking = [NAMES[each][0] for each in ("frames", "generator", "output_type") if each not in takes]
    if lacking:
        raise CheckpointError(
            f"{name} of diffusers takes no {' and no '.join(lacking)}, which a film of some length and seed needs; "
            f"{instead}"
        )
    if "prompt" not in takes and "first_frame" not in takes:
        raise CheckpointError(f"{name} of diffusers takes neither a prompt nor a picture; {instead}")


def _makes_frames(pipeline: type[Any]) -> bool:
    """Whether what it returns has frames: one of the outputs that its module knows."""
    known = [each for each in vars(sys.modules[pipeline.__module__]).values() if inspect.isclass(each)]
    outputs = [each for each in known if is_dataclass(each) and each.__name__.endswith("Output")]
    return any(field.name == "frames" for each in outputs for field in fields(each))


def _numbers(takes: Mapping[str, str], parameters: Mapping[str, Parameter]) -> dict[str, float]:
    defaults = {ours: parameters[theirs].default for ours, theirs in takes.items()}
    return {ours: value for ours, value in defaults.items() if type(value) in (int, float)}


def _rate(name: str, takes: Mapping[str, str]) -> dict[str, float]:
    if "frame_rate" in takes:
        return {}
    known = [prefix for prefix in FRAME_RATES if name.startswith(prefix)]
    return {"frame_rate": FRAME_RATES[max(known, key=len)]} if known else {}
