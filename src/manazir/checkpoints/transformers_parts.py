"""Parts of a model that transformers runs, from the model's folder. Nothing there is executed, nothing is fetched."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.models.text.umt5 import PromptEncoder
from manazir.models.wan.picture_encoder import PictureEncoder

_PROCESSOR = "CLIPImageProcessorPil"
"""The one that scales with Pillow, as when Wan was published; the other gives other numbers where torchvision is."""
_OWN = {"local_files_only": True, "trust_remote_code": False}


def load_prompt_encoder(folder: Path, dtype: torch.dtype) -> PromptEncoder:
    """Wan's tokenizer and text encoder, in a model's folders `tokenizer` and `text_encoder`.

    Raises:
        UnsupportedError: transformers or ftfy is not installed.
        CheckpointError: a part is missing or damaged, or not in safetensors.
    """
    if find_spec("ftfy") is None:
        raise UnsupportedError("Wan's prompts need ftfy; install it with `pip install 'manazir[engine]'`")
    tokenizer = load_part(folder / "tokenizer", "AutoTokenizer", "text encoder of Wan")
    encoder = load_part(folder / "text_encoder", "UMT5EncoderModel", "text encoder of Wan", dtype)
    return PromptEncoder(tokenizer, encoder.eval().requires_grad_(False))


def load_picture_encoder(folder: Path, dtype: torch.dtype) -> PictureEncoder:
    """The processor and encoder of pictures, in a model's folders `image_processor` and `image_encoder`.

    Raises:
        UnsupportedError: transformers is not installed.
        CheckpointError: a part is missing or damaged, or not in safetensors.
    """
    processor = load_part(folder / "image_processor", _PROCESSOR, "picture encoder")
    encoder = load_part(folder / "image_encoder", "CLIPVisionModel", "picture encoder", dtype)
    return PictureEncoder(processor, encoder.eval().requires_grad_(False))


def load_part(folder: Path, class_name: str, what: str, dtype: torch.dtype | None = None) -> Any:
    """An object of a class of transformers.

    Args:
        what: it is, for messages.
        dtype: of its weights; None: it has none.

    Raises:
        UnsupportedError: transformers is not installed.
        CheckpointError: it is missing or damaged, or not in safetensors.
    """
    try:
        transformers: Any = import_module("transformers")
    except ModuleNotFoundError as error:
        raise UnsupportedError(
            f"the {what} of this model needs transformers; install it with `pip install 'manazir[engine]'`"
        ) from error
    weights = {} if dtype is None else {"dtype": dtype, "use_safetensors": True}
    try:
        with _without_bars(transformers):
            return getattr(transformers, class_name).from_pretrained(folder, **weights, **_OWN)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise CheckpointError(f"no {what} in {folder.parent} ({reason}); import the model again") from error


@contextmanager
def _without_bars(transformers: Any) -> Iterator[None]:
    """Its progress bars would stand across ours."""
    logging = transformers.utils.logging
    was_on = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_on:
            logging.enable_progress_bar()
