"""How English says what happens to one party; `event_words` explains the marks."""

from manazir.worlds.captions.english.event_words import EventWords
from manazir.worlds.scene import Event, Shape

EVENTS_OF_ONE: dict[Event, EventWords] = {
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
        ("@bounce[ after falling{d}]", "@fall{d}", "@drop{d}", "@fall{d} and @bounce"),
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
        ("@be steered{d}", "@be controlled by player{d}", "@move under control{d}"),
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
        ("@move steadily{d}", "@move uniformly{d}", "@drift{d}", "@move{d} at constant speed"),
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
}

RAMP_BY_SHAPE: dict[Shape, tuple[str, ...]] = {
    Shape.SPHERE: ("@roll down a ramp{d}", "@roll{d} down a slope", "@come rolling{d} down an incline"),
    Shape.CUBE: ("@slide down a ramp{d}", "@slide{d} down a slope", "@slip{d} down an incline"),
}
"""How a thing of a shape goes down a ramp, where that is certain."""
