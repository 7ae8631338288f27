"""The prompt encoder of an imported LTX-2, from its folder. Nothing in the folder is executed, nothing is fetched."""

from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.models.text.gemma import LayeredEncoder

CLASSES = ("Gemma3ForConditionalGeneration", "Gemma4UnifiedForConditionalGeneration")
"""Of transformers: what the `text_encoder` of an LTX-2 or 2.3, and of a 2.5, may be."""


def load_layered_encoder(folder: Path, class_name: str, dtype: torch.dtype) -> LayeredEncoder:
    """The tokenizer and the language model in a model's folders `tokenizer` and `text_encoder`.

    What the encoder has for seeing pictures, and for telling the next word, is let go.

    Args:
        class_name: of the encoder, as its manifest has it.

    Raises:
        UnsupportedError: transformers is not installed, or the encoder is another one.
        CheckpointError: a part is missing or damaged, or not in safetensors.
    """
    if class_name not in CLASSES:
        raise UnsupportedError(f"prompts that {class_name} reads; this version can do {' or '.join(CLASSES)}")
    try:
        transformers: Any = import_module("transformers")
    except ModuleNotFoundError as error:
        raise UnsupportedError(
            "the text encoder of this model needs transformers; install it with `pip install 'manazir[engine]'`"
        ) from error
    own = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "tokenizer", **own)
        whole = getattr(transformers, class_name).from_pretrained(
            folder / "text_encoder", dtype=dtype, use_safetensors=True, **own
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise CheckpointError(f"no text encoder of LTX-2 in {folder} ({reason}); import the model again") from error
    return LayeredEncoder(tokenizer, whole.model.language_model.eval().requires_grad_(False))
