"""Prompts as Wan reads them: encoded by umT5, a row for each piece of a word, rows of zeros behind the last.

The encoder and its tokenizer are transformers' own; here is what is done to words before and after.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

WAN_WORDS = 512
"""Rows that every Wan was taught with."""


def cleaned(prompt: str) -> str:
    r"""A prompt without the marks of web pages, with straight quotes and whole letters, and with single spaces.

    >>> cleaned("  a &amp;lt;red&amp;gt;   ball ")
    'a <red> ball'
    >>> cleaned("the fox\u2019s cafÃ©")
    "the fox's café"
    """
    from ftfy import fix_text  # of the extra `engine`, as the encoder is

    return " ".join(html.unescape(html.unescape(fix_text(prompt))).split())


@dataclass(frozen=True, slots=True)
class PromptEncoder:
    """A tokenizer, and the encoder whose pieces it makes."""

    tokenizer: Any
    encoder: Any

    @torch.no_grad()
    def encode(self, prompts: Sequence[str], rows: int = WAN_WORDS) -> Float[Tensor, "b rows d"]:
        """Encode prompts; what is longer than `rows` pieces is cut off."""
        pieces = self.tokenizer(
            [cleaned(prompt) for prompt in prompts],
            padding="max_length",
            max_length=rows,
            truncation=True,
            return_attention_mask=True,
            return_tensors="pt",
        )
        device = next(self.encoder.parameters()).device
        numbers, present = pieces.input_ids.to(device), pieces.attention_mask.to(device)
        read: Tensor = self.encoder(numbers, present).last_hidden_state
        # What stands behind the words is not zero after the encoder, and Wan was taught that it is.
        words: Tensor = torch.where(present[..., None] > 0, read, torch.zeros_like(read))
        return words
