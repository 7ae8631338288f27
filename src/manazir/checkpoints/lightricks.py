"""Lightricks' own files of LTX-2: which weights of one belong to which part. Imports no torch.

    model.diffusion_model.*                              the transformer
    model.diffusion_model.video_embeddings_connector.*   the connectors, and the other one for sound
    text_embedding_projection.*                          what the connectors start from
    vae.*, audio_vae.*, vocoder.*                        the codecs

The file's metadata has the configurations of all of them as JSON, under `config`. What reads prompts, Gemma, is not in
it; nor is an upsampler, which is a file of its own, without prefixes.

Source: `model_configurator.py`, `encoder_configurator.py` and `sft_loader.py` in Lightricks' LTX-2 (commit 400fd31).
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from manazir.checkpoints.config_fields import parsed
from manazir.checkpoints.headers import read_metadata
from manazir.core.errors import CheckpointError

LIBRARY = "lightricks"
"""Of parts whose configuration and weights are as Lightricks publish them."""

_TRANSFORMER = "model.diffusion_model."
PREFIXES: Mapping[str, tuple[str, ...]] = {
    "connectors": (
        f"{_TRANSFORMER}video_embeddings_connector.",
        f"{_TRANSFORMER}audio_embeddings_connector.",
        "text_embedding_projection.",
    ),
    "transformer": (_TRANSFORMER,),
    "vae": ("vae.",),
    "audio_vae": ("audio_vae.",),
    "vocoder": ("vocoder.",),
}
"""How the names of each part's weights begin; of two parts that a name may belong to, the first has it."""

CLASSES: Mapping[str, str] = {
    "connectors": "Embeddings1DConnector",
    "transformer": "AVTransformer3DModel",
    "vae": "CausalVideoAutoencoder",
    "audio_vae": "AudioAutoencoder",
    "vocoder": "Vocoder",
    "latent_upsampler": "LatentUpsampler",
}
"""What each part is called in manifests."""

_SCALES = (".weight_scale", ".input_scale", ".scale_weight", ".scale_input", ".weight_scale_2", ".comfy_quant")


def home_of(name: str) -> str | None:
    """The part that a weight belongs to; None: none is known."""
    return next((part for part, prefixes in PREFIXES.items() if name.startswith(prefixes)), None)


def those_of(part: str, names: Collection[str]) -> list[str]:
    """Of a file's weights, those of a part; all, where the file holds nothing else and has no prefixes."""
    if not any(home_of(name) for name in names):
        return list(names)
    return [name for name in names if home_of(name) == part]


def is_whole(names: Collection[str]) -> bool:
    """Whether a file holds a transformer of LTX-2 and the codecs beside it."""
    homes = {home_of(name) for name in names}
    return {"transformer", "vae"} <= homes


def is_upsampler(names: Collection[str]) -> bool:
    """Whether a file holds a latent upsampler."""
    return {"initial_conv.weight", "final_conv.weight"} <= set(names)


def config_of(file: Path) -> dict[str, Any]:
    """The configurations in a file's metadata.

    Raises:
        CheckpointError: there are none, or they make no sense.
    """
    told = read_metadata(file).get("config")
    if told is None:
        raise CheckpointError(
            f"{file} does not say what it is: there is no `config` in its metadata, where Lightricks write it; take "
            "the file as they published it"
        )
    return parsed(told, f"the configuration in {file}")


def refuse_scaled(names: Collection[str], file: Path) -> None:
    """Refuse weights that are narrowed by scales beside them.

    Raises:
        CheckpointError: says what would do.
    """
    if scaled := sorted(name for name in names if name.endswith(_SCALES)):
        raise CheckpointError(
            f"{file} holds weights in float8 or float4 with scales beside them (for one, {scaled[0]}), which are not "
            "read; take the bfloat16 file of that model, and --precision float8 when it is used"
        )
