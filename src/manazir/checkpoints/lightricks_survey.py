"""Surveys of Lightricks' single files: a whole LTX-2 in one, with Gemma from elsewhere.

As in `survey.py`, headers and configurations are read, weights are not.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from manazir.checkpoints import lightricks
from manazir.checkpoints.found import Found, FoundPart
from manazir.checkpoints.gemma import check_words
from manazir.checkpoints.headers import Stored, read_header
from manazir.checkpoints.ltx_networks_from_lightricks import connectors_shape, with_facts
from manazir.checkpoints.survey import Check, Survey, SurveyedPart, dtype_of
from manazir.checkpoints.text_folders import Words
from manazir.core.errors import CheckpointError, ManazirError

PIPELINE = "LTX2Pipeline"
SCHEDULE: Mapping[str, Any] = {
    "_class_name": "FlowMatchEulerDiscreteScheduler",
    "use_dynamic_shifting": True,
    "base_shift": 0.95,
    "max_shift": 2.05,
    "base_image_seq_len": 1024,
    "max_image_seq_len": 4096,
    "shift_terminal": 0.1,
}
"""Of all releases, as diffusers writes it down; files do not tell it."""


def survey_single(file: Path, words: Words, check: Check) -> Survey:
    """Look over a file that holds a whole LTX-2 but for what reads prompts.

    Args:
        words: that.

    Raises:
        CheckpointError: a part is lacking or does not fit, the file does not say what it is, or Gemma is another one.
    """
    header, config = read_header(file), lightricks.config_of(file)
    lightricks.refuse_scaled(header, file)
    weights = {part: {name: header[name] for name in lightricks.those_of(part, header)} for part in lightricks.PREFIXES}
    if lacking := [part for part, own in weights.items() if not own]:
        raise CheckpointError(
            f"{file} holds no {' and no '.join(lacking)}; give a file that holds a whole LTX-2, as Lightricks publish "
            "them (ltx-2-19b-dev.safetensors, for one)"
        )
    try:
        config = with_facts(config, {name: stored.shape for name, stored in weights["connectors"].items()})
    except ManazirError as error:
        raise CheckpointError(f"{file}: {error}") from error
    parts = [surveyed(part, file, own, config, check) for part, own in weights.items()]
    check_words(words.config, connectors_shape(config), words.where)
    found = Found(pipeline=PIPELINE, settings={}, parts=tuple(part.found for part in parts), files=())
    return Survey(
        family="ltx",
        found=found,
        parts=(*parts, _schedule(), *words.parts),
        sources={file.name: file} | dict(words.sources),
        licence=None,
    )


def surveyed(
    name: str, file: Path, weights: Mapping[str, Stored], config: Mapping[str, Any], check: Check
) -> SurveyedPart:
    """A part of a file, held against its network."""
    class_name = lightricks.CLASSES[name]
    check(class_name, config, weights, f"{name} in {file}")
    found = FoundPart(name=name, library=lightricks.LIBRARY, class_name=class_name, weights=(file.name,), others=())
    numbers = sum(stored.numbers for stored in weights.values())
    return SurveyedPart(found=found, config=config, dtype=dtype_of(weights), parameters=numbers, is_checked=True)


def _schedule() -> SurveyedPart:
    class_name = str(SCHEDULE["_class_name"])
    found = FoundPart(name="scheduler", library="diffusers", class_name=class_name, weights=(), others=())
    return SurveyedPart(found=found, config=SCHEDULE, dtype=None, parameters=0, is_checked=False)
