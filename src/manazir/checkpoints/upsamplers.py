"""Latent upsamplers of LTX-2, from a file of Lightricks or a folder of diffusers, beside an installed model."""

from collections.abc import Mapping
from pathlib import Path

from manazir.checkpoints import lightricks
from manazir.checkpoints.families import EXTRA, UPSAMPLER
from manazir.checkpoints.found import find_part
from manazir.checkpoints.headers import read_header
from manazir.checkpoints.lightricks_survey import surveyed
from manazir.checkpoints.ltx_from_diffusers import upsampler_shape as shape_in_diffusers
from manazir.checkpoints.ltx_from_diffusers import video_shape as video_in_diffusers
from manazir.checkpoints.ltx_from_lightricks import upsampler_shape as shape_at_lightricks
from manazir.checkpoints.ltx_from_lightricks import video_shape as video_at_lightricks
from manazir.checkpoints.survey import Check, Survey, SurveyedPart, read_json, replaced, surveyed_part
from manazir.core.errors import CheckpointError
from manazir.models.codecs.ltx_upsampler import LtxUpsamplerShape

CLASS = EXTRA["ltx"][UPSAMPLER]
Added = tuple[SurveyedPart, Mapping[str, Path]]
"""A part, and its files by their paths in a model's folder."""


def survey_upsampler(source: Path, check: Check) -> Added | None:
    """Look over what may be an upsampler; None: it is something else.

    Args:
        source: a file of Lightricks, or a folder of diffusers.

    Raises:
        CheckpointError: it is one that does not fit its configuration, or that doubles frames.
    """
    found = _in_folder(source, check) if source.is_dir() else _in_file(source, check)
    if found is None:
        return None
    if _shape(found[0]).doubles_time:
        raise CheckpointError(
            f"{source} doubles the frames of a clip, and a second stage enlarges them; give a spatial upsampler "
            "(ltx-2-spatial-upscaler-x2-1.0.safetensors, for one)"
        )
    return found


def with_upsampler(survey: Survey, part: SurveyedPart, sources: Mapping[str, Path]) -> Survey:
    """An installed LTX-2 with an upsampler, in place of the one that it has.

    Raises:
        CheckpointError: it is no LTX-2, or one of other latents.
    """
    if survey.family != "ltx":
        raise CheckpointError(
            f"an upsampler of LTX-2 beside a model of the family {survey.family}; give --base an LTX-2"
        )
    codec = next(each for each in survey.parts if each.found.name == "vae")
    read = video_at_lightricks if codec.found.library == lightricks.LIBRARY else video_in_diffusers
    channels, own = read(codec.config).latent_channels, _shape(part).latent_channels
    if channels != own:
        raise CheckpointError(f"an upsampler of {own} channels for latents of {channels}; give the one of that release")
    return replaced(survey, part, sources)


def _shape(part: SurveyedPart) -> LtxUpsamplerShape:
    read = shape_at_lightricks if part.found.library == lightricks.LIBRARY else shape_in_diffusers
    return read(part.config)


def _in_file(file: Path, check: Check) -> Added | None:
    header = read_header(file)
    if not lightricks.is_upsampler(header):
        return None
    return surveyed(UPSAMPLER, file, header, lightricks.config_of(file), check), {file.name: file}


def _in_folder(folder: Path, check: Check) -> Added | None:
    config = folder / "config.json"
    if not config.exists() or read_json(config).get("_class_name") != CLASS:
        return None
    files = {f"{UPSAMPLER}/{path.name}": path for path in sorted(folder.iterdir()) if path.is_file()}
    found = find_part(UPSAMPLER, ("diffusers", CLASS), list(files), str(folder))
    sources = {name: files[name] for name in (*found.weights, *found.others)}
    return surveyed_part(found, sources, check), sources
