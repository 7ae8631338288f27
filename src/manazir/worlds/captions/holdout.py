"""Combinations that training never sees, so that an examination can tell learning from remembering."""

from manazir.core.seeds import in_share
from manazir.worlds.scene import Body, Event, Scene

HELD_OUT_SHARE = 0.08
"""Share of the (event, colour, shape) triples, and as well of the pairs of (colour, shape)."""


def is_held_out(scene: Scene) -> bool:
    """Whether the scene shows a combination kept out of training: what happens to what, or what meets what.

    It is about the scene, so it holds for every language. Colours, shapes and events alone are all in training.
    """
    if not scene.bodies:
        return False
    actor = scene.bodies[scene.actor]
    if is_triple_held_out(scene.event, actor):
        return True
    return scene.patient is not None and is_pair_held_out(actor, scene.bodies[scene.patient])


def is_triple_held_out(event: Event, actor: Body) -> bool:
    """Whether this event is never shown with an actor of this colour and shape."""
    return in_share(f"triple/{event}/{actor.colour}/{actor.shape}", HELD_OUT_SHARE)


def is_pair_held_out(one: Body, other: Body) -> bool:
    """Whether two bodies of these colours and shapes never meet, whichever of them acts."""
    first, second = sorted(f"{body.colour}/{body.shape}" for body in (one, other))
    return in_share(f"pair/{first}/{second}", HELD_OUT_SHARE)
