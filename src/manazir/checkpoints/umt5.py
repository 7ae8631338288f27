"""The prompt encoder of an imported Wan, from its folder. Nothing in the folder is executed, nothing is fetched."""

from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.models.text.umt5 import PromptEncoder


def load_prompt_encoder(folder: Path, dtype: torch.dtype) -> PromptEncoder:
    """The tokenizer and the encoder in a model's folders `tokenizer` and `text_encoder`.

    Raises:
        UnsupportedError: transformers is not installed.
        CheckpointError: a part is missing or damaged, or not in safetensors.
    """
    try:
        transformers: Any = import_module("transformers")
    except ModuleNotFoundError as error:
        raise UnsupportedError(
            "the text encoder of this model needs transformers; install it with `pip install 'manazir[engine]'`"
        ) from error
    own = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "tokenizer", **own)
        encoder = transformers.UMT5EncoderModel.from_pretrained(
            folder / "text_encoder", dtype=dtype, use_safetensors=True, **own
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise CheckpointError(f"no text encoder of Wan in {folder} ({reason}); import the model again") from error
    return PromptEncoder(tokenizer, encoder.eval())
