"""Text as words, words as bytes: the form in which captions reach a text encoder.

No vocabulary, no normalisation: any script is bytes, and a word that was never seen is still near the words that
are spelt like it. Words stay apart, so that two bodies in a sentence keep their own colours.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor

PAD = 256
"""The byte value of empty places; real bytes are 0 to 255."""

_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True, slots=True)
class WordLimits:
    """How much text a batch holds; what lies beyond is cut off, the last words first."""

    words: int = 64
    bytes_per_word: int = 24


def split_words(text: str) -> list[str]:
    """Words and punctuation marks of a text, in order.

    >>> split_words("A red ball, bouncing.")
    ['A', 'red', 'ball', ',', 'bouncing', '.']
    """
    return _WORD.findall(text)


def to_bytes(texts: Sequence[str], limits: WordLimits) -> tuple[Int[Tensor, "b words bytes"], Bool[Tensor, "b words"]]:
    """Bytes of each word, and which words there are. Holds as many words as the longest text has."""
    split = [split_words(text)[: limits.words] for text in texts]
    count = max(1, *map(len, split)) if split else 1
    values = torch.full((len(texts), count, limits.bytes_per_word), PAD, dtype=torch.long)
    present = torch.zeros(len(texts), count, dtype=torch.bool)
    for row, words in enumerate(split):
        for column, word in enumerate(words):
            encoded = list(word.encode())[: limits.bytes_per_word]
            values[row, column, : len(encoded)] = torch.tensor(encoded)
            present[row, column] = True
    return values, present
