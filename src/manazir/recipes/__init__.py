"""Recipes: functions that return a complete configuration."""

from manazir.recipes.noor_nano import noor_nano, noor_nano_codec, noor_nano_distilled, noor_nano_reader

RECIPES = {recipe.__name__: recipe for recipe in (noor_nano_codec, noor_nano_reader, noor_nano, noor_nano_distilled)}
