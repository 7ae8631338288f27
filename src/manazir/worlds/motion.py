"""What a simulated scene did: where everything was at each frame, and every contact."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GROUND = -1
"""`Contact.second` when a body meets the ground; walls are -2, -3 …, ramps are -100, -101 …."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """An impact: two things that met, and how hard."""

    time_seconds: float
    first: int
    """Index of a body."""
    second: int
    """Index of a body, or what it met of the fixed things (see GROUND)."""
    position: tuple[float, float, float]
    impulse: float
    """Along the normal, newton seconds."""
    speed: float
    """Of approach, metres a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rubbing:
    """A body that keeps touching something: it rolls, slides or lies still. One value a tick."""

    body: int
    second: int
    tick_seconds: float
    force: Floats
    """`[ticks]`, normal force in newtons, 0 where they do not touch."""
    slip: Floats
    """`[ticks]`, how fast the surfaces slide over each other, metres a second."""
    roll: Floats
    """`[ticks]`, speed of the body's centre along the surface while touching, metres a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Motion:
    """Where everything was. `t` frames, `n` bodies."""

    positions: Floats
    """`[t, n, 3]` metres, at the time of each frame (frame 0 is time 0)."""
    rotations: Floats
    """`[t, n, 4]` quaternions, (w, x, y, z)."""
    velocities: Floats
    """`[t, n, 3]` metres a second."""
    camera_positions: Floats
    """`[t, 3]`"""
    camera_axes: Floats
    """`[t, 3, 3]`: rows are the camera's right, up and forward in world axes."""
    contacts: tuple[Contact, ...] = ()
    rubbings: tuple[Rubbing, ...] = ()
