"""Captions of simulated scenes, drawn from a grammar in English and Modern Standard Arabic."""

from manazir.worlds.captions.facts import BodyFacts, Facts, facts, vocabularies
from manazir.worlds.captions.holdout import is_held_out

__all__ = ["BodyFacts", "Facts", "facts", "is_held_out", "vocabularies"]
