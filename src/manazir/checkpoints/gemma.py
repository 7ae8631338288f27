"""The prompt encoder of an imported LTX-2, from its folder. Nothing in the folder is executed, nothing is fetched."""

from pathlib import Path

import torch

from manazir.checkpoints.transformers_parts import load_part
from manazir.core.errors import UnsupportedError
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
