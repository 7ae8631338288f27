"""How English says what one party does to another; `event_words` explains the marks."""

from manazir.worlds.captions.english.event_words import EventWords
from manazir.worlds.scene import Event

EVENTS_OF_TWO: dict[Event, EventWords] = {
    Event.COLLIDE: EventWords(
        (
            "@run{d} into {o}",
            "@move{d} and @hit {o}",
            "@collide with {o}[ while moving{d}]",
            "@bump into {o}[ on the way{d}]",
            "@crash{d} into {o}",
            "@travel{d} and @knock against {o}",
            "@strike {o}[, moving{d}]",
            "@slam{d} into {o}",
            "@bang into {o}[ on the way{d}]",
            "@roll{d} and @hit {o}",
            "@slide{d} into {o}",
        ),
        ("@hit {o}[, moving{d}]", "@bump into {o}[, going{d}]", "@collide with {o}[, moving{d}]", "@run{d} into {o}"),
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
    Event.STRIKE: EventWords(
        (
            "@shoot{d} into {o}",
            "@be launched{d} into {o}",
            "@be hurled{d} at {o} and @knock {them} about",
            "@smash{d} into {o}",
            "@strike hard into {o}[, rushing{d}]",
            "@dash{d} into {o}",
            "@barrel{d} into {o}",
            "@be thrown{d} at {o}",
            "@be fired{d} at {o}",
            "@plough{d} into {o}",
        ),
        ("@strike {o}[, rushing{d}]", "@smash{d} into {o}", "@shoot{d} into {o}", "@dash{d} into {o}"),
        ("the crash of {s} into {o}[, rushing{d}]", "the launch of {s}{d} into {o}"),
        (
            "@be struck hard by {o}[ rushing{d}]",
            "@be knocked about by {o}[ launched{d}]",
            "@get smashed into by {o}[ that rushes{d}]",
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
            "@go{d}, hidden for a while by {o}",
            "@roll{d} behind {o}",
            "@vanish behind {o}[ on the way{d}] and @come back",
            "@move{d} past {o} on the far side",
        ),
        ("@pass{d} behind {o}", "@go{d} behind {o}", "@hide behind {o}[, moving{d}]"),
        ("a pass{d} by {s} behind {o}", "the passing of {s} behind {o}[, going{d}]"),
        (
            "@hide {o} for a moment[ on the way{d}]",
            "@cover {o} passing behind{d}",
            "@block the view of {o} going past{d}",
            "@stand in front of {o} passing by{d}",
        ),
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
        ("@hit {o}[, moving{d}]", "@collide with {o}[, moving{d}]", "@meet {o} head-on[, going{d}]"),
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
