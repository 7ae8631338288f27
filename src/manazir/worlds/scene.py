"""A scene as data: everything that the simulator, the ray caster, the synthesiser and the grammar read.

Units: metres, seconds, kilograms, radians unless a name says otherwise. Axes: x right, y away from the
camera's starting side, z up. Colours are named; `worlds/palette.py` says what they look like.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from manazir.core.errors import SceneError

Vec3 = tuple[float, float, float]
Quat = tuple[float, float, float, float]
"""A rotation as (w, x, y, z), MuJoCo's order."""


class Shape(StrEnum):
    """What a body looks like. Its local axis is z."""

    SPHERE = "sphere"
    CUBE = "cube"
    CYLINDER = "cylinder"
    CAPSULE = "capsule"
    CONE = "cone"


class Material(StrEnum):
    """What a body is made of: its look, its weight, its bounce and its sound."""

    RUBBER = "rubber"
    WOOD = "wood"
    METAL = "metal"
    GLASS = "glass"
    STONE = "stone"


class Event(StrEnum):
    """What happens in a scene: one family of scenes for each."""

    DROP = "drop"  # falls and bounces
    ROLL = "roll"  # rolls along the ground
    SLIDE = "slide"  # slides and comes to rest
    COLLIDE = "collide"  # two bodies run into each other
    TOPPLE = "topple"  # a standing body is tipped over
    THROW = "throw"  # a projectile flies in an arc
    SWING = "swing"  # a pendulum
    RAMP = "ramp"  # rolls or slides down a ramp
    STACK = "stack"  # a stack that falls
    STRIKE = "strike"  # a body thrown into others
    OCCLUDE = "occlude"  # passes behind another
    REST = "rest"  # nothing moves but, perhaps, the camera
    PLAY = "play"  # a body steered by per-frame actions
    UNIFORM = "uniform"  # PhyWorld's three laws, in its own units
    PARABOLA = "parabola"
    COLLISION = "collision"


class Direction(StrEnum):
    """Where a motion goes, as seen from the camera at the start."""

    LEFT = "left"
    RIGHT = "right"
    AWAY = "away"
    TOWARDS = "towards"
    DOWN = "down"
    NONE = "none"


class CameraMove(StrEnum):
    """How the camera moves over the whole scene."""

    STILL = "still"
    PAN_LEFT = "pan left"
    PAN_RIGHT = "pan right"
    TILT_UP = "tilt up"
    TILT_DOWN = "tilt down"
    ORBIT_LEFT = "orbit left"
    ORBIT_RIGHT = "orbit right"
    PUSH_IN = "push in"
    PULL_OUT = "pull out"
    CRANE_UP = "crane up"
    CRANE_DOWN = "crane down"


class Action(StrEnum):
    """What a player does during one frame of a played scene."""

    NONE = "none"
    LEFT = "left"
    RIGHT = "right"
    AWAY = "away"
    TOWARDS = "towards"
    JUMP = "jump"
    CAMERA_LEFT = "camera left"
    CAMERA_RIGHT = "camera right"


SIZE_CLASSES: dict[str, tuple[float, float]] = {"small": (0.24, 0.30), "medium": (0.36, 0.42), "large": (0.50, 0.58)}
"""The `size` of a body, in metres, of each size that captions name. The gaps keep the names apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pendulum:
    """A massless rod from a fixed point to a body's centre."""

    anchor: Vec3


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """One thing that moves, or could."""

    shape: Shape
    size: float
    """The radius of a ball of about the same bulk; `half_extents` has the exact dimensions."""
    colour: str
    material: Material
    position: Vec3
    """Of the centre (of a cone: the middle of its axis)."""
    rotation: Quat = (1.0, 0.0, 0.0, 0.0)
    velocity: Vec3 = (0.0, 0.0, 0.0)
    spin: Vec3 = (0.0, 0.0, 0.0)
    """Angular velocity in world axes, radians a second."""
    mass: float | None = None
    """None: from the material's density and the volume."""
    restitution: float | None = None
    """None: the material's."""
    friction: float | None = None
    """None: the material's."""
    pendulum: Pendulum | None = None
    is_fixed: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated."""
        if not 0.02 <= self.size <= 3.0:
            raise SceneError(f"a body's size is {self.size} m; it must be between 0.02 and 3")

    @property
    def half_extents(self) -> Vec3:
        """Half the width, depth and height along the body's own axes, in metres."""
        s = self.size
        return {
            Shape.SPHERE: (s, s, s),
            Shape.CUBE: (0.85 * s, 0.85 * s, 0.85 * s),
            Shape.CYLINDER: (0.75 * s, 0.75 * s, 0.95 * s),
            Shape.CAPSULE: (0.55 * s, 0.55 * s, 1.25 * s),  # z: half the straight part (0.70 s) plus the cap's radius
            Shape.CONE: (0.90 * s, 0.90 * s, 1.10 * s),  # apex up
        }[self.shape]

    @property
    def size_class(self) -> str | None:
        """`small`, `medium` or `large`; None when the size lies between them."""
        return next((name for name, (low, high) in SIZE_CLASSES.items() if low <= self.size <= high), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ramp:
    """A fixed wedge whose slope starts at `top` and goes down towards `faces`."""

    position: Vec3
    """The middle of its footprint, on the ground."""
    length: float
    width: float
    height: float
    faces: Direction
    """LEFT or RIGHT: where something placed on it goes."""
    colour: str = "grey"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """A fixed upright box."""

    position: Vec3
    """Of its centre."""
    half_extents: Vec3
    colour: str = "grey"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """The plane z = 0."""

    colour: str = "sand"
    pattern: str = "plain"
    """`plain`, `checker` or `planks`."""
    friction: float = 0.8
    reflectivity: float = 0.0
    """Share of mirrored light, 0 to 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """A light far away. The first light of a scene is the one that captions speak of."""

    direction: Vec3
    """From the scene towards the light; need not be normalised."""
    colour: str = "white"
    intensity: float = 3.0
    has_shadow: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Camera:
    """Where the pictures are taken from."""

    position: Vec3 = (0.0, -6.0, 2.2)
    target: Vec3 = (0.0, 0.0, 0.7)
    vertical_field_degrees: float = 36.0
    """Of a square or wide picture; a tall one keeps this as its horizontal field, so all that matters stays in."""
    orthographic_height: float | None = None
    """World height that the picture spans, for PhyWorld's flat scenes; None: a perspective camera."""
    move: CameraMove = CameraMove.STILL
    amount: float = 0.0
    """Over the whole scene: radians for pan, tilt and orbit; metres for the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Force:
    """A push on one body for part of the time."""

    body: int
    start_seconds: float
    end_seconds: float
    newtons: Vec3


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Everything there is, and what is done to it."""

    bodies: tuple[Body, ...]
    event: Event
    direction: Direction = Direction.NONE
    """Of the main motion."""
    actor: int = 0
    """The body that the event is about."""
    patient: int | None = None
    """The body that it happens to, if there is one: struck, passed behind."""
    ramps: tuple[Ramp, ...] = ()
    walls: tuple[Wall, ...] = ()
    ground: Ground | None = field(default_factory=Ground)
    """None: nothing but the backdrop (PhyWorld)."""
    backdrop: str = "sky"
    """What is seen above the ground: a name in the palette's backdrops."""
    lights: tuple[Light, ...] = (Light(direction=(-0.5, -0.6, 1.0)),)
    camera: Camera = field(default_factory=Camera)
    forces: tuple[Force, ...] = ()
    actions: tuple[Action, ...] = ()
    """One for each frame of a played scene; empty otherwise."""
    gravity: float = 9.81
    frames: int = 24
    frame_rate: float = 12.0
    is_flat: bool = False
    """Drawn without light or shadow, as PhyWorld's scenes are."""
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse indices that point nowhere and lengths that disagree."""
        if self.bodies and not 0 <= self.actor < len(self.bodies):
            raise SceneError(f"the actor is body {self.actor}, and there are {len(self.bodies)} bodies")
        if self.patient is not None and not 0 <= self.patient < len(self.bodies):
            raise SceneError(f"the patient is body {self.patient}, and there are {len(self.bodies)} bodies")
        if self.actions and len(self.actions) != self.frames:
            raise SceneError(f"{len(self.actions)} actions for {self.frames} frames; give one for each frame")

    @property
    def duration_seconds(self) -> float:
        """How long the scene lasts."""
        return self.frames / self.frame_rate
