"""How English says what happens. `@` marks the verbs, `{d}` the direction, `{o}` the other party."""

from typing import NamedTuple

from manazir.worlds.scene import Event, Shape


class EventWords(NamedTuple):
    """Predicates of an event."""

    full: tuple[str, ...]
    short: tuple[str, ...]
    nouns: tuple[str, ...]
    """With `{s}`: whom it happens to, and `{d}`."""
    passive: tuple[str, ...] = ()
    """The undergoer is the subject and `{o}` the doer."""
    mutual: tuple[str, ...] = ()
    """Both are the subject."""


EVENTS: dict[Event, EventWords] = {
    Event.DROP: EventWords(
        (
            "@bounce[ after falling{d}]",
            "@fall{d} and @bounce",
            "@drop{d} and @bounce back up",
            "@fall{d} to the floor and @rebound",
            "@drop{d}, @hit the floor and @bounce",
            "@plunge{d} and @spring back",
            "@tumble{d} and @bounce a few times",
        ),
        ("@bounce{d}", "@fall{d}", "@drop{d}", "@fall{d} and @bounce"),
        ("the fall and bounce of {s}[ coming{d}]", "a drop and a bounce: {s}[ falling{d}]"),
    ),
    Event.ROLL: EventWords(
        (
            "@roll{d}",
            "@roll{d} along the ground",
            "@roll{d} across the floor",
            "@travel{d}, rolling all the way",
            "@move{d} by rolling",
            "@trundle{d}",
            "@go rolling{d}",
        ),
        ("@roll{d}", "@roll{d}", "@trundle{d}"),
        ("the rolling of {s}{d}", "a roll{d} by {s}"),
    ),
    Event.SLIDE: EventWords(
        (
            "@slide{d} and @come to rest",
            "@slide{d} and @stop",
            "@glide{d} to a stop",
            "@slide{d} along the floor, slowing to a halt",
            "@skid{d} and @slow to a stop",
            "@slip{d} over the ground and @come to a halt",
            "@slither{d} to a standstill",
        ),
        ("@slide{d}", "@slide{d}", "@glide{d}", "@skid{d}", "@slide{d} to rest"),
        ("the slide of {s}{d} to a halt", "a slide{d} by {s}"),
    ),
    Event.COLLIDE: EventWords(
        (
            "@run{d} into {o}",
            "@move{d} and @hit {o}",
            "@collide with {o}[ while moving{d}]",
            "@bump into {o}[ on the way{d}]",
            "@crash{d} into {o}",
            "@travel{d} and @knock against {o}",
            "@strike {o}[, moving{d}]",
        ),
        ("@hit {o}", "@bump into {o}", "@collide with {o}", "@run into {o}"),
        ("a collision of {s} with {o}[, moving{d}]", "the impact of {s} on {o}[, moving{d}]"),
        (
            "@be hit by {o}[ moving{d}]",
            "@be struck by {o}[ coming{d}]",
            "@get bumped by {o}[ going{d}]",
            "@be run into by {o}[ travelling{d}]",
            "@be knocked by {o}[ that moves{d}]",
        ),
        ("@collide", "@run into each other", "@crash into each other", "@bump together", "@meet and @knock together"),
    ),
    Event.TOPPLE: EventWords(
        (
            "@topple over{d}",
            "@tip over{d}",
            "@fall over{d}",
            "@lose balance and @tip{d}",
            "@keel over{d}",
            "@stand, then @topple{d}",
            "@tilt{d} and @fall on {its} side",
        ),
        ("@topple{d}", "@tip over{d}", "@fall over{d}", "@keel over{d}"),
        ("the toppling of {s}{d}", "a standing start and a fall{d}: {s}"),
    ),
    Event.THROW: EventWords(
        (
            "@fly{d} in an arc",
            "@be thrown{d} through the air",
            "@sail{d} through the air",
            "@be tossed{d} and @fly in a curve",
            "@soar{d} and @come down again",
            "@be hurled{d}",
            "@arc{d} through the air",
        ),
        ("@fly{d}", "@be thrown{d}", "@be tossed{d}", "@arc{d}"),
        ("a throw of {s}{d}", "the flight of {s}{d}"),
    ),
    Event.SWING: EventWords(
        (
            "@swing back and forth[, first{d}]",
            "@swing like a pendulum[, starting{d}]",
            "@hang from a rod and @swing{d}",
            "@sway to and fro[, first{d}]",
            "@oscillate on a rod[, setting off{d}]",
            "@swing on a pendulum[, going{d} first]",
            "@dangle and @swing{d}",
        ),
        ("@swing{d}", "@swing{d}", "@sway{d}", "@oscillate[, first{d}]"),
        ("the swing of {s}[, first{d}]", "a pendulum: {s}[ swinging{d}]"),
    ),
    Event.RAMP: EventWords(
        (
            "@go down a ramp{d}",
            "@come down a slope{d}",
            "@descend a ramp{d}",
            "@move down an incline{d}",
            "@travel{d} down a ramp",
            "@run{d} down a sloping board",
            "@head{d} down a slope",
        ),
        ("@go down ramp{d}", "@descend slope{d}", "@run down ramp{d}"),
        ("the descent of {s} down a ramp{d}", "a run down a slope{d} by {s}"),
    ),
    Event.STACK: EventWords(
        (
            "@collapse{d}",
            "@fall down{d}",
            "@topple{d}",
            "@come crashing down{d}",
            "@fall apart[ and @spill{d}]",
            "@tumble down{d}",
            "@tip{d} and @collapse",
        ),
        ("@collapse{d}", "@fall{d}", "@topple{d}", "@tumble{d}"),
        ("the collapse of {s}[, falling{d}]", "the fall of {s}{d}"),
    ),
    Event.STRIKE: EventWords(
        (
            "@fly{d} into {o}",
            "@be thrown{d} into {o}",
            "@be hurled{d} at {o} and @knock {them} about",
            "@smash{d} into {o}",
            "@be flung{d} against {o}",
            "@strike {o}[, flying{d}]",
            "@shoot{d} and @scatter {o}",
        ),
        ("@strike {o}", "@smash into {o}", "@scatter {o}", "@fly into {o}"),
        ("a throw of {s}{d} into {o}", "the crash of {s} into {o}[, flying{d}]"),
        (
            "@be struck by {o}[ flying{d}]",
            "@be knocked about by {o}[ thrown{d}]",
            "@be scattered by {o}[ that flies{d}]",
            "@be hit by {o}[ hurled{d}]",
        ),
    ),
    Event.OCCLUDE: EventWords(
        (
            "@pass{d} behind {o}",
            "@move{d} behind {o} and @come out again",
            "@go{d} and @disappear behind {o} for a moment",
            "@travel{d} behind {o}",
            "@cross{d} behind {o}",
            "@slip behind {o}[ on the way{d}] and @reappear",
            "@roam{d}, hidden for a while by {o}",
        ),
        ("@pass behind {o}", "@go behind {o}", "@hide behind {o}"),
        ("a pass{d} by {s} behind {o}", "the passing of {s} behind {o}[, going{d}]"),
        (
            "@hide {o} for a moment[ on the way{d}]",
            "@cover {o} passing behind{d}",
            "@block the view of {o} going past{d}",
            "@stand in front of {o} passing by{d}",
        ),
    ),
    Event.REST: EventWords(
        (
            "@lie still",
            "@rest on the ground",
            "@stand still",
            "@sit motionless",
            "@stay at rest",
            "@remain in place",
            "@keep perfectly still",
        ),
        ("@rest", "@lie still", "@stay still", "@sit there"),
        ("a still life of {s}", "stillness: {s}"),
    ),
    Event.PLAY: EventWords(
        (
            "@move about, steered by a player[, mostly{d}]",
            "@be steered around by a player[, mostly{d}]",
            "@be pushed here and there by a player[, mostly{d}]",
            "@obey a player's controls[ and @go{d}]",
            "@roam around under a player's control[, mostly{d}]",
            "@be played like a game character[, going{d}]",
            "@follow a player's commands{d}",
        ),
        ("@be steered{d}", "@be controlled by player", "@move under control"),
        ("a game with {s}[, moving{d}]", "a player steering {s}{d}"),
    ),
    Event.UNIFORM: EventWords(
        (
            "@move{d} at constant speed",
            "@travel{d} at a steady speed",
            "@go{d} in a straight line at constant velocity",
            "@move uniformly{d}",
            "@drift{d} without speeding up or slowing down",
            "@glide{d} at an unchanging speed",
            "@proceed{d} at an even pace",
        ),
        ("@move steadily{d}", "@move uniformly{d}", "@drift{d}", "@move at constant speed"),
        ("the uniform motion of {s}{d}", "steady motion{d}: {s}"),
    ),
    Event.PARABOLA: EventWords(
        (
            "@follow a parabola{d}",
            "@move{d} along a parabola",
            "@fly{d} on a parabolic path",
            "@trace a parabola{d}",
            "@describe a parabolic curve{d}",
            "@move{d} and @fall along a parabola",
            "@travel{d} on a parabolic trajectory",
        ),
        ("@trace parabola{d}", "@follow parabola{d}", "@fly parabolically{d}"),
        ("the parabolic flight of {s}{d}", "parabolic motion{d}: {s}"),
    ),
    Event.COLLISION: EventWords(
        (
            "@move{d} and @collide head-on with {o}",
            "@hit {o} head-on[, moving{d}]",
            "@bounce elastically off {o}[ while moving{d}]",
            "@meet {o} in a straight line[, moving{d},] and @rebound",
            "@collide elastically with {o}[ on the way{d}]",
            "@run{d} straight into {o}",
            "@have a head-on collision with {o}[, going{d}]",
        ),
        ("@hit {o}", "@collide with {o}", "@meet {o} head-on"),
        ("an elastic collision of {s} with {o}[, moving{d}]", "a head-on collision of {s} with {o}[, moving{d}]"),
        (
            "@be hit head-on by {o}[ moving{d}]",
            "@be met head-on by {o}[ going{d}]",
            "@be struck squarely by {o}[ travelling{d}]",
        ),
        (
            "@collide head-on",
            "@collide elastically",
            "@meet and @bounce off each other",
            "@run straight into each other",
        ),
    ),
}

RAMP_BY_SHAPE: dict[Shape, tuple[str, ...]] = {
    Shape.SPHERE: ("@roll down a ramp{d}", "@roll{d} down a slope", "@come rolling{d} down an incline"),
    Shape.CUBE: ("@slide down a ramp{d}", "@slide{d} down a slope", "@slip{d} down an incline"),
}
"""How a thing of a shape goes down a ramp, where that is certain."""

STACKS = ("stack", "tower", "pile", "column")
