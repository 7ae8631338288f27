"""The scenes of an examination: combinations that training never saw, described in every language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from manazir.core.seeds import derive
from manazir.media.clip import Clip
from manazir.worlds.captions import LANGUAGES, Caption, Language, draw_caption, is_held_out
from manazir.worlds.families import MIXTURE, draw
from manazir.worlds.motion import Motion
from manazir.worlds.phyworld import LAWS
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Event, Scene
from manazir.worlds.sound import synthesise

EXAMINED: Mapping[Event, float] = {event: share for event, share in MIXTURE.items() if event not in (Event.PLAY, *LAWS)}
"""Played scenes are told by actions, not by words; PhyWorld's laws have an examination of their own."""
DETAILS = (2, 3)
"""Of captions, by turns: what is examined must have been said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A scene, what it does, how it is described, and the seed to generate it with in every language."""

    scene: Scene
    truth: Motion
    captions: Mapping[Language, Caption]
    seed: int


def draw_items(count: int, seed: int, *, frames: int = 24, frame_rate: float = 12.0) -> Iterator[Item]:
    """Yield held-out scenes, the same for the same seed."""
    found = 0
    attempt = 0
    while found < count:
        scene, truth = draw(derive(seed, "item", attempt), EXAMINED, frames=frames, frame_rate=frame_rate)
        attempt += 1
        if is_held_out(scene):
            detail = DETAILS[found % len(DETAILS)]
            own = derive(seed, "words", attempt)
            captions = {language: draw_caption(scene, language, own, detail) for language in LANGUAGES}
            yield Item(scene=scene, truth=truth, captions=captions, seed=derive(seed, "noise", attempt))
            found += 1


def true_clip(item: Item, width: int, height: int) -> Clip:
    """Render a scene and its sound as training clips are."""
    frames = render_frames(item.scene, item.truth, width, height, threads=1)
    return Clip(frames, item.scene.frame_rate, synthesise(item.scene, item.truth))
