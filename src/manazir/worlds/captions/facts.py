"""What a caption may say of a scene, in closed vocabularies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from manazir.core.errors import SceneError
from manazir.worlds.captions.light import light_side
from manazir.worlds.captions.noise import Noise, noise
from manazir.worlds.palette import BACKDROPS, COLOURS, GROUND_COLOURS, LIGHT_COLOURS
from manazir.worlds.scene import SIZE_CLASSES, Body, CameraMove, Direction, Event, Material, Scene, Shape

LABELLED_BODIES = 4
"""How many bodies have labels; further ones are counted only."""

BODY_VOCABULARIES: dict[str, tuple[str, ...]] = {
    "colour": tuple(COLOURS),
    "shape": tuple(Shape),
    "size": tuple(SIZE_CLASSES),
    "material": tuple(Material),
}

SCENE_VOCABULARIES: dict[str, tuple[str, ...]] = {
    "event": tuple(Event),
    "direction": tuple(direction for direction in Direction if direction is not Direction.NONE),
    "count": tuple(str(count) for count in range(1, 11)),
    "actor": tuple(str(place) for place in range(1, LABELLED_BODIES + 1)),
    "patient": tuple(str(place) for place in range(1, LABELLED_BODIES + 1)),
    "light_side": ("left", "right", "front", "behind", "above"),
    "light_colour": tuple(LIGHT_COLOURS),
    "camera": tuple(CameraMove),
    "ground_colour": tuple(GROUND_COLOURS),
    "ground_pattern": ("plain", "checker", "planks"),
    "backdrop": tuple(BACKDROPS),
    "sound": tuple(Noise),
}


@cache
def vocabularies() -> dict[str, tuple[str, ...]]:
    """The values of every label by its key, in the order of `Facts.labels`; label 0 is none of them, 1 the first."""
    bodies = {
        f"body{place}_{attribute}": values
        for place in range(1, LABELLED_BODIES + 1)
        for attribute, values in BODY_VOCABULARIES.items()
    }
    return SCENE_VOCABULARIES | bodies


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyFacts:
    """What a caption may say of one body."""

    colour: str
    shape: Shape
    size: str | None
    """None: between two size classes, or in a flat world with a scale of its own."""
    material: Material | None
    """None: a flat picture, which shows none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a caption may say of a scene. None: there is nothing to say."""

    bodies: tuple[BodyFacts, ...]
    """`facts` puts the actor first and the patient second; in a caption they stand in the order of mention."""
    event: Event
    direction: Direction | None
    actor: int | None
    """A place in `bodies`."""
    patient: int | None
    light_side: str | None
    """left, right, front, behind or above, as the camera sees it; None also where it lies between two."""
    light_colour: str | None
    camera: CameraMove
    ground_colour: str | None
    ground_pattern: str | None
    backdrop: str
    sound: Noise | None

    def labels(self) -> dict[str, int]:
        """Integers for every key of `vocabularies`; 0 where the fact is absent, else 1 + its place there."""
        return {
            key: 0 if value is None or value not in places else places[value]
            for (key, places), value in zip(_places().items(), self._values(), strict=True)
        }

    def reordered(self, order: Sequence[int]) -> "Facts":
        """The same facts with the bodies in another order."""
        bodies = tuple(self.bodies[index] for index in order)
        actor = None if self.actor is None else order.index(self.actor)
        patient = None if self.patient is None else order.index(self.patient)
        return replace(self, bodies=bodies, actor=actor, patient=patient)

    def _values(self) -> list[str | None]:
        """What the labels stand for, in their order."""
        values: list[str | None] = [self.event, self.direction, str(len(self.bodies)), _ordinal(self.actor)]
        values += [_ordinal(self.patient), self.light_side, self.light_colour, self.camera]
        values += [self.ground_colour, self.ground_pattern, self.backdrop, self.sound]
        for body in self.bodies[:LABELLED_BODIES]:
            values += [body.colour, body.shape, body.size, body.material]
        return values + [None] * (len(BODY_VOCABULARIES) * max(0, LABELLED_BODIES - len(self.bodies)))


def facts(scene: Scene) -> Facts:
    """Read off a scene what captions may say of it.

    Raises:
        SceneError: a colour, pattern or backdrop that captions have no name for.
    """
    order = canonical_order(scene)
    light = None if scene.is_flat or not scene.lights else scene.lights[0]
    return Facts(
        bodies=tuple(_body_facts(scene.bodies[index], is_flat=scene.is_flat) for index in order),
        event=scene.event,
        direction=None if scene.direction is Direction.NONE or scene.event is Event.REST else scene.direction,
        actor=0 if scene.bodies else None,
        patient=None if scene.patient is None else order.index(scene.patient),
        light_side=None if light is None else light_side(light, scene.camera),
        light_colour=None if light is None else _named("light_colour", light.colour),
        camera=scene.camera.move,
        ground_colour=None if scene.ground is None else _named("ground_colour", scene.ground.colour),
        ground_pattern=None if scene.ground is None else _named("ground_pattern", scene.ground.pattern),
        backdrop=_named("backdrop", scene.backdrop),
        sound=noise(scene),
    )


def canonical_order(scene: Scene) -> tuple[int, ...]:
    """Indices of the scene's bodies: the actor, the patient, the others as they stand."""
    named = [] if not scene.bodies else [scene.actor]
    if scene.patient is not None and scene.patient != scene.actor:
        named.append(scene.patient)
    return (*named, *(index for index in range(len(scene.bodies)) if index not in named))


def _body_facts(body: Body, *, is_flat: bool) -> BodyFacts:
    if body.colour not in COLOURS:
        raise SceneError(f"captions have no word for a body's colour {body.colour!r}; use one of {', '.join(COLOURS)}")
    size, material = (None, None) if is_flat else (body.size_class, body.material)
    return BodyFacts(colour=body.colour, shape=body.shape, size=size, material=material)


def _named(key: str, value: str) -> str:
    names = SCENE_VOCABULARIES[key]
    if value not in names:
        raise SceneError(
            f"captions have no word for the {key.replace('_', ' ')} {value!r}; use one of {', '.join(names)}"
        )
    return value


def _ordinal(place: int | None) -> str | None:
    return None if place is None else str(place + 1)


@cache
def _places() -> dict[str, dict[str, int]]:
    return {key: {value: place for place, value in enumerate(names, 1)} for key, names in vocabularies().items()}
