"""Captions of simulated scenes, drawn from a grammar in English and Modern Standard Arabic."""

from manazir.worlds.captions.caption import (
    DETAILS,
    LANGUAGES,
    Caption,
    Language,
    describe,
    draw_caption,
    draw_whole_caption,
)
from manazir.worlds.captions.facts import BodyFacts, Facts, facts, vocabularies
from manazir.worlds.captions.holdout import is_held_out

__all__ = [
    "DETAILS",
    "LANGUAGES",
    "BodyFacts",
    "Caption",
    "Facts",
    "Language",
    "describe",
    "draw_caption",
    "draw_whole_caption",
    "facts",
    "is_held_out",
    "vocabularies",
]
