"""How hard and how damped a contact must be so that a body bounces as its material does.

MuJoCo's contacts are springs and dampers, normalised by mass. The stiffness is set by how long a touch may last;
the damping by the restitution wanted, found by stepping one bounce with the integrator that MuJoCo uses.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

TOUCH_STEPS = 8
"""Half a period of the spring in time steps: fewer lose accuracy, more let a body sink in (2 cm at 4 m/s)."""


def reference(restitution: float, step_seconds: float) -> tuple[float, float]:
    """Return MuJoCo's direct `solref`: (-stiffness, -damping), for a restitution of 0 to 1."""
    frequency = np.pi / (TOUCH_STEPS * step_seconds)
    ratios, measured = _table()
    # Restitution falls as damping grows; interpolation wants it rising.
    ratio = float(np.interp(restitution, measured[::-1], ratios[::-1]))
    return -float(frequency**2), -2.0 * ratio * float(frequency)


@cache
def _table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return damping ratios and the restitution that each gives, the mean over where in a step the touch starts."""
    ratios = np.linspace(0.0, 1.0, 61)
    phases = (np.arange(32) + 0.5) / 32
    frequency = np.pi / TOUCH_STEPS
    depth = np.repeat(-phases[None], len(ratios), axis=0)
    speed = np.full_like(depth, -1.0)
    for _ in range(4 * TOUCH_STEPS):
        push = -(frequency**2) * depth - 2.0 * ratios[:, None] * frequency * speed
        speed += np.where(depth < 0.0, np.maximum(push, 0.0), 0.0)
        depth += speed
    return ratios, np.maximum.accumulate(speed.mean(axis=1)[::-1])[::-1]
