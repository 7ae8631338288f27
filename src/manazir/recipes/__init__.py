"""Recipes: functions that return a complete configuration."""

from manazir.recipes.noor_nano import (
    noor_nano,
    noor_nano_amended,
    noor_nano_animator,
    noor_nano_distilled,
    noor_nano_heeder,
    noor_nano_steerer,
)
from manazir.recipes.noor_nano_around import (
    noor_nano_codec,
    noor_nano_eye,
    noor_nano_finisher,
    noor_nano_foley,
    noor_nano_painter,
    noor_nano_reader,
)

_ORDER = (
    noor_nano_codec,
    noor_nano_reader,
    noor_nano_painter,
    noor_nano_finisher,
    noor_nano_eye,
    noor_nano_foley,
    noor_nano,
    noor_nano_distilled,
    noor_nano_amended,
    noor_nano_animator,
    noor_nano_steerer,
    noor_nano_heeder,
)
RECIPES = {recipe.__name__: recipe for recipe in _ORDER}
