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

_WORD = re.compile(r"[\w\u064b-\u0652]+|[^\w\s]")  # Arabic vowel signs belong to their words


@dataclass(frozen=True, kw_only=True, slots=True)
class WordLimits:
    """How much text a batch holds; what lies beyond is cut off, the last words first."""

    words: int = 80
    bytes_per_word: int = 24


def split_words(text: str) -> list[str]:
    """Words and punctuation marks of a text, in order.

    >>> split_words("A red ball, bouncing.")
    ['A', 'red', 'ball', ',', 'bouncing', '.']
    """
    return _WORD.findall(text)


@dataclass(frozen=True, slots=True)
class Words:
    """A batch of texts: each spelling once, and where it stands."""

    spellings: Int[Tensor, "u bytes"]
    places: Int[Tensor, "b words"]
    """Index of each word's spelling."""
    present: Bool[Tensor, "b words"]

    def to(self, device: torch.device) -> "Words":
        """Return the batch on a device."""
        return Words(self.spellings.to(device), self.places.to(device), self.present.to(device))


def read_words(texts: Sequence[str], limits: WordLimits) -> Words:
    """Words of texts as bytes; as many places as the longest text has words."""
    split = [split_words(text)[: limits.words] for text in texts]
    known: dict[str, int] = {"": 0}
    places = torch.zeros(len(texts), max([1, *map(len, split)]), dtype=torch.long)
    present = torch.zeros(places.shape, dtype=torch.bool)
    for row, words in enumerate(split):
        places[row, : len(words)] = torch.tensor([known.setdefault(word, len(known)) for word in words])
        present[row, : len(words)] = True
    spellings = torch.full((len(known), limits.bytes_per_word), PAD, dtype=torch.long)
    for word, index in known.items():
        encoded = list(word.encode())[: limits.bytes_per_word]
        spellings[index, : len(encoded)] = torch.tensor(encoded, dtype=torch.long)
    return Words(spellings, places, present)
