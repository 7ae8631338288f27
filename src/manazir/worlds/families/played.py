"""A body that is steered, frame by frame, by a player who likes to stay in the picture."""

from dataclasses import replace

from manazir.worlds.families.cast import SMALL_OR_MEDIUM, STANDING, Rng, apart, between, draw_body, pick, standing
from manazir.worlds.families.plot import Plot, Stage
from manazir.worlds.scene import Action, Body, Direction, Shape
from manazir.worlds.steering import PUSH

LONGEST_HOLD = 6
"""Frames that one action is held for, at most."""
AHEAD_SECONDS = 0.7
"""How far the player looks ahead before choosing the next push."""
DEPTH = 0.9
"""Metres that the player keeps to, nearer and further than the middle."""
IDLE, JUMPS, CAMERA = 0.12, 0.12, 0.08
"""Shares of the choices that are no push."""
ICE = 0.06
"""Friction of a played body that slides."""
Place = tuple[float, float, float, float]


def play(rng: Rng, stage: Stage) -> Plot:
    """Steer one body by random actions; others may stand about."""
    shape = pick(rng, (Shape.SPHERE, Shape.SPHERE, Shape.CUBE))
    player = draw_body(rng, stage.colours[0], (shape,), SMALL_OR_MEDIUM)
    if shape is Shape.CUBE:
        player = replace(player, friction=ICE, restitution=0.1)
    x, y = between(rng, -0.5, 0.5) * stage.reach, between(rng, -0.3, 0.4)
    placed: list[Body] = [standing(player, x, y)]
    for colour in stage.colours[1 : 1 + int(rng.integers(3))]:
        body = draw_body(rng, colour, STANDING, SMALL_OR_MEDIUM)
        put = standing(body, between(rng, -0.9, 0.9) * stage.reach, between(rng, -0.2, 1.5), between(rng, 0.0, 1.5))
        placed += [put] if apart(placed, put) else []
    rolls = 5 / 7 if shape is Shape.SPHERE else 0.7  # a ball's spin takes its share, a cube's friction about as much
    return Plot(bodies=tuple(placed), direction=Direction.NONE, actions=_steer(rng, stage, (x, y, 0.0, 0.0), rolls))


def _steer(rng: Rng, stage: Stage, start: Place, share: float) -> tuple[Action, ...]:
    """Return one action a frame; `share` of a push becomes speed."""
    actions: list[Action] = []
    place, frame = start, stage.duration_seconds / stage.frames
    while len(actions) < stage.frames:
        action = _choice(rng, stage, place)
        held = 1 if action is Action.JUMP else int(rng.integers(2, LONGEST_HOLD + 1))
        for _ in range(held):
            place = _onwards(place, action, frame, share)
        actions += [action] * held
    return tuple(actions[: stage.frames])


def _choice(rng: Rng, stage: Stage, place: Place) -> Action:
    """Return what the player does next: back to the middle when about to leave, else anything."""
    x, y, vx, vy = place
    x, y = x + AHEAD_SECONDS * vx, y + AHEAD_SECONDS * vy
    if abs(x) > 0.75 * stage.reach:
        return Action.LEFT if x > 0 else Action.RIGHT
    if abs(y) > DEPTH:
        return Action.TOWARDS if y > 0 else Action.AWAY
    chance = rng.random()
    if chance < IDLE:
        return Action.NONE
    if chance < IDLE + JUMPS:
        return Action.JUMP
    if chance < IDLE + JUMPS + CAMERA:
        return pick(rng, (Action.CAMERA_LEFT, Action.CAMERA_RIGHT))
    return pick(rng, (Action.LEFT, Action.LEFT, Action.RIGHT, Action.RIGHT, Action.AWAY, Action.TOWARDS))


def _onwards(place: Place, action: Action, seconds: float, share: float) -> Place:
    x, y, vx, vy = place
    gain = PUSH * share * seconds
    vx += gain * ((action is Action.RIGHT) - (action is Action.LEFT))
    vy += gain * ((action is Action.AWAY) - (action is Action.TOWARDS))
    return x + vx * seconds, y + vy * seconds, vx, vy
