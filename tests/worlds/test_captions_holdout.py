from itertools import product

from manazir.worlds.captions.holdout import is_held_out, is_pair_held_out, is_triple_held_out
from manazir.worlds.palette import COLOURS
from manazir.worlds.scene import Body, Event, Material, Scene, Shape


def body(colour, shape):
    return Body(colour=colour, shape=shape, size=0.3, material=Material.WOOD, position=(0.0, 0.0, 0.3))


KINDS = [(colour, shape) for colour in COLOURS for shape in Shape]
TRIPLES = [(event, colour, shape) for event in Event for colour, shape in KINDS]
FIRST_HELD_OUT = [
    (Event.DROP, "orange", Shape.SPHERE),
    (Event.DROP, "green", Shape.CYLINDER),
    (Event.DROP, "cyan", Shape.SPHERE),
]
KEPT = [triple for triple in TRIPLES if not is_triple_held_out(triple[0], body(*triple[1:]))]


def test_about_eight_per_cent_of_the_combinations_are_held_out():
    assert 0.05 < 1 - len(KEPT) / len(TRIPLES) < 0.11
    pairs = [is_pair_held_out(body(*one), body(*other)) for one, other in product(KINDS, KINDS)]
    assert 0.06 < sum(pairs) / len(pairs) < 0.10


def test_every_colour_shape_and_event_is_in_training_alone_and_in_pairs():
    for i, j in ((0, 1), (0, 2), (1, 2)):
        names = [list(Event), list(COLOURS), list(Shape)]
        assert {(triple[i], triple[j]) for triple in KEPT} == set(product(names[i], names[j]))


def test_each_event_has_something_held_out():
    held = {event for event, colour, shape in TRIPLES if is_triple_held_out(event, body(colour, shape))}
    assert held == set(Event)


def test_the_choice_never_changes():
    held = [(event, colour, shape) for event, colour, shape in TRIPLES if (event, colour, shape) not in set(KEPT)]
    assert held[:3] == FIRST_HELD_OUT


def test_who_acts_does_not_matter_for_a_pair():
    for one, other in product(KINDS[:12], KINDS):
        assert is_pair_held_out(body(*one), body(*other)) == is_pair_held_out(body(*other), body(*one))


def test_a_scene_is_held_out_for_its_actor_or_its_pair_and_nothing_else():
    event, colour, shape = FIRST_HELD_OUT[0]
    held, kept = body(colour, shape), next(body(*triple[1:]) for triple in KEPT if triple[0] is event)
    assert is_held_out(Scene(bodies=(held,), event=event))
    assert not is_held_out(Scene(bodies=(kept, held), event=event))
    assert is_held_out(Scene(bodies=(kept, held), event=event, actor=1))
    pair = next((a, b) for a, b in product(KINDS, KINDS) if is_pair_held_out(body(*a), body(*b)))
    bodies = tuple(body(*kind) for kind in pair)
    assert is_held_out(Scene(bodies=bodies, event=Event.COLLIDE, patient=1))


def test_an_empty_scene_is_not_held_out():
    assert not is_held_out(Scene(bodies=(), event=Event.REST))
