"""Captions in memory, word by word, so that a batch of them is a matter of indices."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from manazir.core import layout as at
from manazir.models.text.words import PAD, WordLimits, Words

WORDS_MULTIPLE = 8
"""Texts are padded to a multiple of this: attention's kernels on a GPU want such lengths."""


class Spellings:
    """Every word that was met, once, and its bytes. Number 0 is the empty word that pads."""

    def __init__(self, limits: WordLimits, words: list[str] | None = None) -> None:
        self.limits = limits
        self.numbers: dict[str, int] = {}
        self._bytes = np.full((1024, limits.bytes_per_word), PAD, dtype=np.int64)
        for word in words or [""]:
            self.number(word)

    def number(self, word: str) -> int:
        """The number of a word, old or new."""
        known = self.numbers.get(word)
        if known is not None:
            return known
        new = self.numbers[word] = len(self.numbers)
        if new == len(self._bytes):
            self._bytes = np.concatenate([self._bytes, np.full_like(self._bytes, PAD)])
        encoded = list(word.encode())[: self.limits.bytes_per_word]
        self._bytes[new, : len(encoded)] = encoded
        return new

    def rows(self, texts: list[list[str]]) -> NDArray[np.int32]:
        """`[texts, limits.words]`: the words' numbers, cut off and padded."""
        rows = np.zeros((len(texts), self.limits.words), dtype=np.int32)
        for row, words in zip(rows, texts, strict=True):
            numbers = [self.number(word) for word in words[: self.limits.words]]
            row[: len(numbers)] = numbers
        return rows

    def words(self, rows: NDArray[np.int32]) -> Words:
        """Rows as an encoder takes them: each spelling of the batch once, and no more places than the longest needs."""
        longest = int((rows > 0).sum(axis=1).max())
        length = min(-(-max(longest, 1) // WORDS_MULTIPLE) * WORDS_MULTIPLE, rows.shape[1])
        used, places = np.unique(rows[:, :length], return_inverse=True)
        return Words(
            torch.from_numpy(self._bytes[used]),
            torch.from_numpy(places.reshape(len(rows), length)),
            torch.from_numpy(rows[:, :length] > 0),
        )


@dataclass(frozen=True, slots=True)
class Captions:
    """Room for the captions of `n` clips, and what they answer."""

    rows: NDArray[np.int32]
    """`[n, captions, words]`"""
    answers: NDArray[np.int16]
    """`[n, captions, questions]`"""
    order: NDArray[np.int8]
    """`[n, captions, bodies]`: see `spoken.Spoken`."""

    @classmethod
    def empty(cls, room: int, captions: int, words: int, questions: int) -> "Captions":
        """Room without captions."""
        rows = np.zeros((room, captions, words), dtype=np.int32)
        answers = np.zeros((room, captions, questions), dtype=np.int16)
        return cls(rows, answers, np.zeros((room, captions, at.BODIES.stop - at.BODIES.start), dtype=np.int8))
