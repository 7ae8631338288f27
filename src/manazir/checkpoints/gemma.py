"""The prompt encoder of an imported LTX-2, from its folder. Nothing in the folder is executed, nothing is fetched."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from manazir.checkpoints.transformers_parts import load_part
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.models.ltx.connectors import ConnectorsShape
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
    tokenizer = load_part(folder / "tokenizer", "AutoTokenizer", "text encoder of LTX-2")
    whole = load_part(folder / "text_encoder", class_name, "text encoder of LTX-2", dtype)
    return LayeredEncoder(tokenizer, whole.model.language_model.eval().requires_grad_(False))


def check_words(config: Mapping[str, Any], connectors: ConnectorsShape, where: str) -> None:
    """Refuse a language model whose states connectors cannot take.

    Args:
        config: of the encoder.
        where: it is, for messages.

    Raises:
        CheckpointError: says what is given, and what is wanted.
    """
    told = config.get("text_config")
    told = told if isinstance(told, Mapping) else {}
    width, layers = told.get("hidden_size"), told.get("num_hidden_layers")
    if (width, layers) != (connectors.text_width, connectors.text_layers - 1):
        raise CheckpointError(
            f"the text encoder in {where} has {layers} layers of {width} numbers, and this LTX-2 was taught with one "
            f"of {connectors.text_layers - 1} layers of {connectors.text_width}; give that one"
        )
