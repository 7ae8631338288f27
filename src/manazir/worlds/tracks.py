"""Where every body was at every time step, unpacked from MuJoCo's states."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manazir.worlds import mjcf
from manazir.worlds.motion import Floats
from manazir.worlds.rotate import compose, cross, invert, rotate
from manazir.worlds.scene import Body, Scene


@dataclass(frozen=True, slots=True)
class Tracks:
    """`s` steps and one more, `n` bodies: the state before each step and after the last."""

    positions: Floats
    """`[s + 1, n, 3]` metres."""
    rotations: Floats
    """`[s + 1, n, 4]` quaternions."""
    velocities: Floats
    """`[s + 1, n, 3]` of the centres, metres a second."""
    spins: Floats
    """`[s + 1, n, 3]` in world axes, radians a second."""

    def speed_at(self, body: int, steps: NDArray[np.intp], points: Floats) -> Floats:
        """Return the velocity `[k, 3]` of the matter of a body at world `points` `[k, 3]`; zero for fixed things."""
        if body < 0:
            return np.zeros_like(points)
        reach = points - self.positions[steps, body]
        velocity: Floats = self.velocities[steps, body] + cross(self.spins[steps, body], reach)
        return velocity


def degrees_of_freedom(body: Body) -> tuple[int, int]:
    """Return how many numbers place a body, and how many move it."""
    if body.is_fixed:
        return 0, 0
    return (7, 6) if body.pendulum is None else (4, 3)


def start_state(scene: Scene, size: int) -> Floats:
    """Return MuJoCo's full state (`size` numbers) at time zero: time, places, speeds, and zeros."""
    places, speeds = [], []
    for body in scene.bodies:
        if body.is_fixed:
            continue
        turn, spin = np.array(body.rotation), np.array(body.spin)
        if body.pendulum is None:
            places += [*body.position, *body.rotation]
            speeds += [*body.velocity, *rotate(invert(turn), spin)]
        else:
            places += [1.0, 0.0, 0.0, 0.0]
            speeds += [*rotate(invert(turn), _swing(body))]
    filled = np.array([0.0, *places, *speeds])
    return np.concatenate([filled, np.zeros(size - len(filled))])


def _swing(body: Body) -> Floats:
    """Return the angular velocity about the anchor that gives a pendulum's body its velocity."""
    assert body.pendulum is not None
    rod = np.array(body.position) - np.array(body.pendulum.anchor)
    return cross(rod, np.array(body.velocity)) / float(rod @ rod)


def tracks(scene: Scene, states: Floats) -> Tracks:
    """Unpack states `[s + 1, full state]`."""
    kinds = [degrees_of_freedom(body) for body in scene.bodies]
    place, speed = 1, 1 + sum(places for places, _ in kinds)
    if not scene.bodies:
        return Tracks(*(np.zeros((len(states), 0, width)) for width in (3, 4, 3, 3)))
    columns = []
    for body, (places, speeds) in zip(scene.bodies, kinds, strict=True):
        columns.append(_track(body, states[:, place : place + places], states[:, speed : speed + speeds]))
        place, speed = place + places, speed + speeds
    return Tracks(*(np.stack(column, axis=1) for column in zip(*columns, strict=True)))


def _track(body: Body, places: Floats, speeds: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return positions, rotations, velocities and spins of one body."""
    steps = len(places)
    turn = np.broadcast_to(np.array(body.rotation), (steps, 4))
    if body.is_fixed:
        still = np.zeros((steps, 3))
        return np.broadcast_to(np.array(body.position), (steps, 3)), turn, still, still
    if body.pendulum is None:
        turns = places[:, 3:]
        return places[:, :3], turns, speeds[:, :3], rotate(turns, speeds[:, 3:])
    turns = compose(turn, places)
    spins = rotate(turns, speeds)
    rod = rotate(turns, np.broadcast_to(-np.array(mjcf.arm(body)), (steps, 3)))
    return np.array(body.pendulum.anchor) + rod, turns, cross(spins, rod), spins
