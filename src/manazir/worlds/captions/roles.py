"""Who does what in a scene, so that captions speak of each body in its place."""

from dataclasses import dataclass

from manazir.core.errors import SceneError
from manazir.worlds.captions.facts import canonical_order
from manazir.worlds.scene import Body, Event, Scene

TRANSITIVE = frozenset({Event.COLLIDE, Event.STRIKE, Event.OCCLUDE, Event.COLLISION})
"""Events that happen to a patient."""

_MOVING = frozenset({Event.ROLL, Event.SLIDE, Event.THROW, Event.UNIFORM, Event.PARABOLA})
_ALOFT_METRES = 0.15
"""How high above the ground a body must start to fall with the actor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Roles:
    """Places in `Facts.bodies`, by what the bodies do."""

    doers: tuple[int, ...]
    """The actor, and the bodies that do the same."""
    undergoers: tuple[int, ...] = ()
    """What is struck or passed behind; empty where a wall is."""
    bystanders: tuple[int, ...] = ()


def roles(scene: Scene) -> Roles:
    """Tell the scene's bodies apart by what they do.

    Raises:
        SceneError: an event that happens to something, and nothing for it to happen to.
    """
    order = canonical_order(scene)
    doers = tuple(place for place, index in enumerate(order) if index == scene.actor or _joins_in(scene, index))
    undergoers: tuple[int, ...] = ()
    if scene.event in TRANSITIVE and scene.bodies:
        undergoers = _undergoers(scene, len(order))
    others = (place for place in range(len(order)) if place not in doers and place not in undergoers)
    return Roles(doers=doers, undergoers=undergoers, bystanders=tuple(others))


def _undergoers(scene: Scene, count: int) -> tuple[int, ...]:
    """The patient; all the others where a body is thrown into a group, or where no patient is named."""
    if scene.event is Event.OCCLUDE and scene.patient is None and scene.walls:
        return ()
    if count < 2:
        raise SceneError(f"a {scene.event.value} scene needs a second body, its patient; it has {count} in all")
    is_group = scene.event is Event.STRIKE or scene.patient is None
    return tuple(range(1, count)) if is_group else (1,)


def _joins_in(scene: Scene, index: int) -> bool:
    """Whether another body does what the actor does."""
    body, actor = scene.bodies[index], scene.bodies[scene.actor]
    if index == scene.patient or (body.is_fixed and scene.event is not Event.REST):
        return False
    if scene.event in (Event.REST, Event.STACK):
        return True
    if scene.event is Event.DROP:
        return _height_above_ground(body) > _ALOFT_METRES
    if scene.event is Event.SWING:
        return body.pendulum is not None
    return scene.event in _MOVING and _moves_along(body, actor)


def _height_above_ground(body: Body) -> float:
    """Of its lowest point in any rotation: never less than this, in metres."""
    return body.position[2] - max(body.half_extents)


def _moves_along(body: Body, actor: Body) -> bool:
    return sum(one * other for one, other in zip(body.velocity, actor.velocity, strict=True)) > 1e-6
