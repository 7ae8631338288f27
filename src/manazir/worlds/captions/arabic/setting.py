"""Arabic phrases for the setting, in whichever place of a text they are to stand."""

from random import Random
from typing import Literal

from manazir.worlds.captions.arabic import settings as words
from manazir.worlds.captions.arabic.modifiers import Fixed, Modifier, Qualified
from manazir.worlds.captions.arabic.morphology import Agreement, Case, Gender, Number
from manazir.worlds.captions.arabic.nouns import NounPhrase
from manazir.worlds.captions.grammar import favour, pick
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
    side = favour(rng, words.LIGHT_SIDES[facts.light_side]) if "light_side" in plan.said and facts.light_side else ""
    colour = (
        favour(rng, words.LIGHT_COLOURS[facts.light_colour])
        if "light_colour" in plan.said and facts.light_colour
        else None
    )
    if place == "sentence":
        his, hers = (Agreement(gender, Number.SINGULAR) for gender in Gender)
        masculine, feminine = ("", "") if colour is None else (colour.form(a, Case.NOMINATIVE) for a in (his, hers))
        frame = pick(rng, words.LIGHT_SENTENCES[colour is not None, bool(side)])
        return frame.format(m=masculine, f=feminine, side=side)
    modifiers: list[Modifier] = [Qualified(colour)] if colour else []
    modifiers += [Fixed(side)] if side else []
    phrase = NounPhrase(favour(rng, words.LIGHTS), 1, tuple(modifiers))
    return _frame(rng, words.LIGHT, place).format(x=phrase.text(Case.GENITIVE))


def _camera(rng: Random, plan: Plan, place: Place) -> str:
    verb, rest = favour(rng, words.CAMERA_MOVES[plan.facts.camera])
    return _frame(rng, words.CAMERA, place).format(verb=verb, rest=rest)


def _ground(rng: Random, plan: Plan, place: Place) -> str:
    modifiers: list[Modifier] = []
    if "ground_colour" in plan.said and plan.facts.ground_colour:
        modifiers.append(favour(rng, words.GROUND_COLOURS[plan.facts.ground_colour]))
    if "ground_pattern" in plan.said and plan.facts.ground_pattern:
        modifiers.append(favour(rng, words.GROUND_PATTERNS[plan.facts.ground_pattern]))
    phrase = NounPhrase(favour(rng, words.GROUNDS), 1, tuple(modifiers))
    return _frame(rng, words.GROUND, place).format(x=phrase.text(Case.GENITIVE), subject=phrase.text(Case.NOMINATIVE))


def _backdrop(rng: Random, plan: Plan, place: Place) -> str:
    return _frame(rng, words.BACKDROP, place).format(x=favour(rng, words.BACKDROPS[plan.facts.backdrop]))


def _sound(rng: Random, plan: Plan, place: Place) -> str:
    noise = plan.facts.sound
    assert noise is not None, "a sound that is not there cannot be said"
    if noise is Noise.SILENCE:
        return _frame(rng, words.SILENCE, place)
    return _frame(rng, words.SOUND, place).format(x=favour(rng, words.SOUNDS[noise]))
