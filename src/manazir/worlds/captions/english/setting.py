"""English phrases for the setting, in whichever place of a text they are to stand."""

from random import Random
from typing import Literal

from manazir.worlds.captions.english import settings as words
from manazir.worlds.captions.english.inflect import Form, verb, with_article
from manazir.worlds.captions.grammar import favour, fill, pick
from manazir.worlds.captions.noise import Noise
from manazir.worlds.captions.plan import Plan

Place = Literal["lead", "trail", "sentence", "tag"]


def setting(rng: Random, plan: Plan, extra: str, place: Place) -> str:
    """Say one of `Plan.extras`: `light`, `camera`, `ground`, `backdrop` or `sound`."""
    return {"light": _light, "camera": _camera, "ground": _ground, "backdrop": _backdrop, "sound": _sound}[extra](
        rng, plan, place
    )


def _frame(rng: Random, frames: words.Frames, place: Place) -> str:
    options: tuple[str, ...] = getattr(frames, place)
    return pick(rng, options)


def _light(rng: Random, plan: Plan, place: Place) -> str:
    facts = plan.facts
    side = colour = ""
    if "light_side" in plan.said and facts.light_side:
        side = " " + favour(rng, words.LIGHT_SIDES[facts.light_side])
    if "light_colour" in plan.said and facts.light_colour:
        colour = " " + favour(rng, words.LIGHT_COLOURS[facts.light_colour])
    text = _frame(rng, words.LIGHT, place).format(c=colour, C=colour.strip() or "the", s=side)
    if not colour:
        text = text.replace(" by light", "")
    return text.strip() if place != "trail" else text


def _camera(rng: Random, plan: Plan, place: Place) -> str:
    move = favour(rng, words.CAMERA_MOVES[plan.facts.camera])
    return _frame(rng, words.CAMERA, place).format(fin=_inflected(move, "s"), ing=_inflected(move, "ing"))


def _inflected(template: str, form: Form) -> str:
    return fill(template, {}, lambda _, base: verb(base, form))


def _ground(rng: Random, plan: Plan, place: Place) -> str:
    adjectives = []
    if "ground_colour" in plan.said and plan.facts.ground_colour:
        adjectives.append(favour(rng, words.GROUND_COLOURS[plan.facts.ground_colour]))
    if "ground_pattern" in plan.said and plan.facts.ground_pattern:
        adjectives.append(favour(rng, words.GROUND_PATTERNS[plan.facts.ground_pattern]))
    noun = " ".join([*adjectives, favour(rng, words.GROUNDS)])
    return _frame(rng, words.GROUND, place).format(x=noun if place == "tag" else with_article(noun))


def _backdrop(rng: Random, plan: Plan, place: Place) -> str:
    return _frame(rng, words.BACKDROP, place).format(x=favour(rng, words.BACKDROPS[plan.facts.backdrop]))


def _sound(rng: Random, plan: Plan, place: Place) -> str:
    noise = plan.facts.sound
    assert noise is not None, "a sound that is not there cannot be said"
    if noise is Noise.SILENCE:
        return _frame(rng, words.SILENCE, place)
    return _frame(rng, words.SOUND, place).format(x=favour(rng, words.SOUNDS[noise]))
