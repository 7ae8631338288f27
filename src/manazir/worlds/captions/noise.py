"""What a scene sounds like, as far as words go."""

from enum import StrEnum

from manazir.worlds.scene import Event, Material, Scene, Shape


class Noise(StrEnum):
    """The main sound of a scene."""

    SILENCE = "silence"
    RING = "ring"  # a blow on metal
    THUD = "thud"  # on rubber
    CLINK = "clink"  # on glass
    KNOCK = "knock"  # on wood
    CLACK = "clack"  # on stone
    RUMBLE = "rumble"  # something rolls
    SCRAPE = "scrape"  # something slides


BLOWS: dict[Material, Noise] = {
    Material.METAL: Noise.RING,
    Material.RUBBER: Noise.THUD,
    Material.GLASS: Noise.CLINK,
    Material.WOOD: Noise.KNOCK,
    Material.STONE: Noise.CLACK,
}

_SILENT = frozenset({Event.REST, Event.SWING, Event.UNIFORM, Event.PARABOLA})
_ROLLING = frozenset({Event.ROLL, Event.RAMP, Event.OCCLUDE})


def noise(scene: Scene) -> Noise | None:
    """The scene's main sound, by its event and the actor's material and shape; None where that does not settle it."""
    if not scene.bodies or scene.event in _SILENT:
        return Noise.SILENCE
    if scene.event is Event.PLAY:  # depends on what the player does
        return None
    actor = scene.bodies[scene.actor]
    if scene.event is Event.SLIDE:
        return Noise.SCRAPE
    if scene.event in _ROLLING:
        return Noise.SCRAPE if actor.shape is Shape.CUBE else Noise.RUMBLE
    return BLOWS[actor.material]
