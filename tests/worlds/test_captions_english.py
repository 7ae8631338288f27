from random import Random

import pytest

from manazir.worlds.captions import describe
from manazir.worlds.captions.english.clauses import clause, main_clause, predicates
from manazir.worlds.captions.english.colours import COLOURS
from manazir.worlds.captions.english.directions import DIRECTIONS
from manazir.worlds.captions.english.inflect import plural, verb, with_article
from manazir.worlds.captions.english.nouns import Phrase, noun_phrase, together
from manazir.worlds.captions.english.setting import setting
from manazir.worlds.captions.english.words import SHAPES
from manazir.worlds.captions.facts import BODY_VOCABULARIES, SCENE_VOCABULARIES, BodyFacts, Facts
from manazir.worlds.captions.plan import First, Group, Plan
from manazir.worlds.scene import Body, CameraMove, Event, Material, Scene, Shape

ENOUGH = 20
"""Ways to say each value of an attribute, at least."""

BALL, CUBE = Phrase("a red ball", is_plural=False), Phrase("a blue cube", is_plural=False)
BALLS = Phrase("two red balls", is_plural=True)


def plan(said=(), **values):
    body = BodyFacts(colour="red", shape=Shape.SPHERE, size="small", material=Material.RUBBER)
    found = Facts(
        **{
            "bodies": (body,),
            "event": Event.ROLL,
            "direction": None,
            "actor": 0,
            "patient": None,
            "light_side": "left",
            "light_colour": "white",
            "camera": CameraMove.STILL,
            "ground_colour": "sand",
            "ground_pattern": "plain",
            "backdrop": "sky",
            "sound": None,
        }
        | values
    )
    return Plan(
        facts=found,
        detail=2,
        doers=(Group(members=(0,), shape=Shape.SPHERE),),
        undergoers=(),
        bystanders=(),
        first=First.DOER,
        said=frozenset(said),
        extras=(),
        is_telegraphic=False,
    )


def group(count=1, **said):
    return Group(members=tuple(range(count)), **{"shape": Shape.SPHERE, **said})


def clauses(subject, template, direction=""):
    """The clause in its many frames."""
    return {clause(Random(seed), subject, template, CUBE, direction) for seed in range(300)}


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("roll", ("rolls", "rolling")),
        ("hit", ("hits", "hitting")),
        ("slide", ("slides", "sliding")),
        ("pass", ("passes", "passing")),
        ("fly", ("flies", "flying")),
        ("stay", ("stays", "staying")),
        ("be", ("is", "being")),
        ("lie", ("lies", "lying")),
        ("go", ("goes", "going")),
    ],
)
def test_verbs_inflect(base, forms):
    assert (verb(base, "s"), verb(base, "ing")) == forms


def test_nouns_and_articles_inflect():
    assert [plural(noun) for noun in ("ball", "box", "die", "round cone", "body")] == [
        "balls",
        "boxes",
        "dice",
        "round cones",
        "bodies",
    ]
    assert with_article("orange ball") == "an orange ball"
    assert with_article("red ball") == "a red ball"


def test_predicates_agree_with_their_subject_and_take_the_direction():
    rolling = clauses(BALL, "@roll{d} into {o}", " to the left")
    assert "a red ball rolls to the left into a blue cube" in rolling
    assert "there is a red ball rolling to the left into a blue cube" in rolling
    assert "watch a red ball roll to the left into a blue cube" in rolling
    assert "two red balls are hit by a blue cube" in clauses(BALLS, "@be hit by {o}[ moving{d}]")
    assert "a red ball is hit by a blue cube moving left" in clauses(BALL, "@be hit by {o}[ moving{d}]", " left")


def test_phrases_join():
    assert together([BALL, CUBE, BALLS]).text == "a red ball, a blue cube and two red balls"
    assert together([BALL, CUBE]).is_plural


def test_adjectives_stand_in_english_order():
    said = group(colour="red", size="small", material=Material.WOOD)
    texts = {noun_phrase(Random(seed), said).text for seed in range(400)}
    assert "a small red wooden ball" in texts
    assert not any("red small" in text or "wooden red" in text for text in texts)


def test_another_and_counts():
    assert {noun_phrase(Random(s), group(colour="red", is_another=True, is_repeated=True)).text for s in range(80)} > {
        "another red ball",
        "a second red ball",
    }
    assert "two red balls" in {noun_phrase(Random(seed), group(2, colour="red")).text for seed in range(80)}
    assert all(noun_phrase(Random(seed), group(3)).is_plural for seed in range(5))


def forms_of_a_noun(attribute, value):
    """Distinct noun phrases that say one attribute of a ball, the words for the ball hidden."""
    found = set()
    shape = SHAPES[Shape.SPHERE]
    hidden = sorted([*shape.nouns, *shape.loose_nouns], key=len, reverse=True)
    for seed in range(1500):
        words = noun_phrase(Random(seed), group(**{attribute: value})).text.replace(", ", " , ").split(" ")
        found.add(" ".join("ball" if word in hidden else word for word in words if word not in ("a", "an", "one")))
    return {text for text in found if "ball" in text.split(" ")}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [(name, value) for name in ("colour", "size", "material") for value in BODY_VOCABULARIES[name]],
)
def test_each_attribute_has_many_forms(attribute, value):
    assert len(forms_of_a_noun(attribute, value)) >= ENOUGH


@pytest.mark.parametrize("shape", Shape)
def test_each_shape_has_many_forms(shape):
    texts = {noun_phrase(Random(seed), group(shape=shape)).text.split(" ", 1)[1] for seed in range(1500)}
    assert len(texts) >= ENOUGH


@pytest.mark.parametrize("event", Event)
def test_each_event_has_many_forms(event):
    assert len({main_clause(Random(seed), plan(event=event), BALL, CUBE) for seed in range(600)}) >= ENOUGH


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_each_direction_has_many_forms(direction):
    assert len(set(DIRECTIONS[direction])) >= ENOUGH


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (key, value)
        for key in ("light_side", "light_colour", "camera", "ground_colour", "ground_pattern", "backdrop", "sound")
        for value in SCENE_VOCABULARIES[key]
    ],
)
def test_each_part_of_the_setting_has_many_forms(key, value):
    said = plan({key}, **{key: value})
    part = key.split("_")[0]
    texts = {
        setting(Random(s), said, part, place) for s in range(200) for place in ("lead", "trail", "sentence", "tag")
    }
    assert len(texts) >= ENOUGH


def test_no_colour_has_a_word_of_another():
    words = [word for words in COLOURS.values() for word in words]
    assert len(words) == len(set(words))


def test_a_ball_rolls_down_a_ramp_and_a_cube_slides():
    rolling = predicates(plan(event=Event.RAMP))
    assert any("@roll" in template for template in rolling)
    assert not any("@slide" in template for template in rolling)


def test_an_empty_scene_is_said_to_be_empty():
    assert "empty" in " ".join(describe(Scene(bodies=(), event=Event.REST), "en", seed, 1) for seed in range(10))


def test_a_stack_is_one_thing_in_a_second_sentence_as_well() -> None:
    cube = Body(shape=Shape.CUBE, colour="pink", material=Material.METAL, size=0.3, position=(0.0, 0.0, 0.3))
    texts = [describe(Scene(bodies=(cube,) * 3, event=Event.STACK), "en", seed, 2) for seed in range(400)]
    assert not [text for text in texts if "they is" in text.lower() or "it are" in text.lower()]
    assert any("it is " in text.lower() for text in texts)
