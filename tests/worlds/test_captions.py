"""What holds of captions in every language: what they mention they say, and bodies can be told apart."""

import re
from functools import cache
from random import Random

import pytest

from manazir.core.errors import SceneError
from manazir.worlds.captions import (
    DETAILS,
    LANGUAGES,
    Facts,
    describe,
    draw_caption,
    draw_whole_caption,
    facts,
    vocabularies,
)
from manazir.worlds.captions.arabic import colours as arabic_colours
from manazir.worlds.captions.arabic import directions as arabic_directions
from manazir.worlds.captions.arabic import settings as arabic_settings
from manazir.worlds.captions.arabic import words as arabic_words
from manazir.worlds.captions.arabic.clauses import EVENTS as ARABIC_EVENTS
from manazir.worlds.captions.arabic.morphology import Adjective, Agreement, Case, Gender, Number, State
from manazir.worlds.captions.arabic.spelling import without_hamzas
from manazir.worlds.captions.drawing import draw_plan
from manazir.worlds.captions.english import colours as english_colours
from manazir.worlds.captions.english import directions as english_directions
from manazir.worlds.captions.english import settings as english_settings
from manazir.worlds.captions.english import words as english_words
from manazir.worlds.captions.english.clauses import EVENTS as ENGLISH_EVENTS
from manazir.worlds.captions.noise import Noise
from manazir.worlds.captions.roles import TRANSITIVE, roles
from manazir.worlds.palette import BACKDROPS, COLOURS, GROUND_COLOURS, LIGHT_COLOURS
from manazir.worlds.scene import (
    Body,
    Camera,
    CameraMove,
    Direction,
    Event,
    Ground,
    Light,
    Material,
    Scene,
    Shape,
)

LIGHTS = {
    "left": (-1.0, 0.0, 0.5),
    "right": (1.0, 0.0, 0.5),
    "front": (0.0, -1.0, 0.5),
    "behind": (0.0, 1.0, 0.5),
    "above": (0.0, 0.0, 1.0),
}


def draw_scene(seed: int, event: Event | None = None) -> Scene:
    """A scene that says anything, whether or not physics would agree."""
    rng = Random(seed)
    event = event or rng.choice(list(Event))
    bodies = [draw_body(rng)]
    for _ in range(rng.choice((1, 2, 3)) if event in TRANSITIVE else rng.choice((0, 0, 1, 2))):
        bodies.append(bodies[0] if rng.random() < 0.25 else draw_body(rng))
    return Scene(
        bodies=tuple(bodies),
        event=event,
        direction=rng.choice(list(Direction)),
        patient=1 if event in TRANSITIVE else None,
        ground=Ground(colour=rng.choice(list(GROUND_COLOURS)), pattern=rng.choice(("plain", "checker", "planks"))),
        backdrop=rng.choice(list(BACKDROPS)),
        lights=(Light(direction=rng.choice(list(LIGHTS.values())), colour=rng.choice(list(LIGHT_COLOURS))),),
        camera=Camera(move=rng.choice(list(CameraMove))),
    )


def draw_body(rng: Random) -> Body:
    return Body(
        shape=rng.choice(list(Shape)),
        colour=rng.choice(list(COLOURS)),
        material=rng.choice(list(Material)),
        size=rng.choice((0.27, 0.33, 0.39, 0.54)),
        position=(0.0, 0.0, rng.choice((0.5, 2.0))),
        velocity=(rng.choice((0.0, 1.0)), 0.0, 0.0),
    )


def plain(text: str) -> str:
    """In small letters, without vowel signs and hamzas."""
    return without_hamzas(re.sub("[\u064b-\u0652]", "", text)).lower()


def inflected(adjective: Adjective) -> list[str]:
    agreements = [Agreement(gender, number) for gender in Gender for number in Number]
    return [adjective.form(agreement, case, state) for agreement in agreements for case in Case for state in State]


@cache
def english_forms(key: str, value: str) -> list[str]:
    """Words of which one must stand in a text that states a fact."""
    tables = {
        "colour": lambda: english_colours.COLOURS[value],
        "shape": lambda: [word for words in english_words.SHAPES[Shape(value)] for word in words] + ["dice"],
        "size": lambda: (*english_words.SIZES[value], *english_words.SIZE_NAMES[value]),
        "material": lambda: (*english_words.MATERIALS[Material(value)], *english_words.SUBSTANCES[Material(value)]),
        "direction": lambda: english_directions.DIRECTIONS[Direction(value)],
        "light_side": lambda: english_settings.LIGHT_SIDES[value],
        "light_colour": lambda: english_settings.LIGHT_COLOURS[value],
        "camera": lambda: ["camera"],
        "ground_colour": lambda: english_settings.GROUND_COLOURS[value],
        "ground_pattern": lambda: english_settings.GROUND_PATTERNS[value],
        "backdrop": lambda: english_settings.BACKDROPS[value],
        "sound": lambda: english_settings.SOUNDS.get(
            Noise(value), ("silen", "sound", "nothing is heard", "quiet", "noiseless")
        ),
    }
    return list(tables[key]()) if key in tables else [""]


@cache
def arabic_forms(key: str, value: str) -> list[str]:
    silence = ("صمت", "صامت", "صوت", "يُسمع شيء", "هدوء")
    tables = {
        "colour": lambda: [
            *(form for adjective in arabic_colours.COLOURS[value] for form in inflected(adjective)),
            *([arabic_colours.INTENSE[value][1]] if value in arabic_colours.INTENSE else []),
        ],
        "shape": lambda: shape_forms(Shape(value)),
        "size": lambda: [form for adjective in arabic_words.SIZES[value] for form in inflected(adjective)],
        "material": lambda: [
            *(form for adjective in arabic_words.MATERIALS[Material(value)] for form in inflected(adjective)),
            *(form for forms in arabic_words.SUBSTANCES[Material(value)] for form in forms),
        ],
        "direction": lambda: arabic_directions.DIRECTIONS[Direction(value)],
        "light_side": lambda: arabic_settings.LIGHT_SIDES[value],
        "light_colour": lambda: [form for one in arabic_settings.LIGHT_COLOURS[value] for form in inflected(one)],
        "camera": lambda: ["كاميرا"],
        "ground_colour": lambda: ["رمل", "أردواز", "داكن", "طباشير", "طحلب", "باهت", "زيتوني"],
        "ground_pattern": lambda: ["نقوش", "زخارف", "مربعات", "شطرنج", "ألواح"],
        "backdrop": lambda: arabic_settings.BACKDROPS[value],
        "sound": lambda: arabic_settings.SOUNDS.get(Noise(value), silence),
    }
    return list(tables[key]()) if key in tables else [""]


def shape_forms(shape: Shape) -> list[str]:
    words = arabic_words.SHAPES[shape]
    nouns = [form for noun in words.nouns + words.loose_nouns for form in (noun.singular.rstrip("ة"), noun.plural)]
    return [*nouns, *words.models, *(form for adjective in words.adjectives for form in inflected(adjective))]


FORMS = {"en": english_forms, "ar": arabic_forms}


def values(found: Facts) -> dict[str, str]:
    names = vocabularies()
    return {key: names[key][label - 1] for key, label in found.labels().items() if label}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", Event)
def test_what_is_mentioned_is_said(language, event):
    for seed in range(60):
        caption = draw_caption(draw_scene(seed, event), language, seed, seed % 4)
        known, text = values(caption.facts), plain(caption.text)
        assert caption.mentioned <= set(known)
        for key in caption.mentioned:
            attribute = key.split("_", 1)[1] if key.startswith("body") else key
            forms = [plain(form) for form in FORMS[language](attribute, known[key])]
            assert any(form in text for form in forms), f"{key}={known[key]} is not in {caption.text!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_captions_say_everything(language):
    for seed in range(60):
        scene = draw_scene(seed)
        caption = draw_caption(scene, language, seed, 3)
        silent = {"actor", "patient", *(key for key in caption.facts.labels() if not caption.facts.labels()[key])}
        assert set(vocabularies()) - silent <= caption.mentioned


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_detail_says_more(language):
    mean = [
        sum(len(draw_caption(draw_scene(seed), language, seed, detail).mentioned) for seed in range(150))
        for detail in DETAILS
    ]
    assert mean == sorted(mean)
    assert mean[3] > 2.5 * mean[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_telegrams_of_one_body_are_a_few_words(language):
    lone = Scene(bodies=(draw_body(Random(1)),), event=Event.ROLL, direction=Direction.LEFT)
    lengths = sorted(len(describe(lone, language, seed, 0).split()) for seed in range(300))
    assert lengths[150] <= 5
    assert lengths[0] >= 1
    assert lengths[-1] <= 14


def test_different_bodies_are_described_differently():
    for seed in range(400):
        scene = draw_scene(seed)
        found, parts = facts(scene), roles(scene)
        for detail in DETAILS:
            plan = draw_plan(Random(seed), found, parts, detail)
            by_look: dict[object, set[object]] = {}
            for group in plan.groups:
                by_look.setdefault(group.look, set()).update(found.bodies[place] for place in group.members)
            assert all(len(bodies) == 1 for bodies in by_look.values())


def test_bodies_in_a_caption_stand_in_the_order_of_mention():
    red, blue = (
        Body(shape=Shape.SPHERE, colour=colour, material=Material.WOOD, size=0.33, position=(0.0, 0.0, 0.3))
        for colour in ("red", "blue")
    )
    scene = Scene(bodies=(red, blue), event=Event.OCCLUDE, patient=1, backdrop="paper")
    orders = set()
    for seed in range(120):
        caption = draw_caption(scene, "en", seed, 3)
        first = re.search(
            r"\b(" + "|".join(english_colours.COLOURS["red"] + english_colours.COLOURS["blue"]) + r")\b",
            caption.text.lower(),
        )
        assert first is not None
        assert first[0] in english_colours.COLOURS[caption.facts.bodies[0].colour]
        orders.add(caption.facts.bodies[0].colour)
    assert orders == {"red", "blue"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_arguments_draw_the_same_caption(language):
    scene = draw_scene(5)
    assert draw_caption(scene, language, 7, 2) == draw_caption(scene, language, 7, 2)
    assert len({describe(scene, language, seed, 2) for seed in range(50)}) > 45


def test_identical_bodies_are_counted():
    ball = Body(shape=Shape.SPHERE, colour="red", material=Material.WOOD, size=0.33, position=(0.0, 0.0, 0.3))
    two, three = (Scene(bodies=(ball,) * count, event=Event.REST) for count in (2, 3))
    assert all("count" in draw_caption(two, "en", seed, 1).mentioned for seed in range(20))
    assert any("two red balls" in describe(two, "en", seed, 1).lower() for seed in range(50))
    assert any("كرتان حمراوان" in describe(two, "ar", seed, 1) for seed in range(80))
    assert any("كرتين حمراوين" in describe(two, "ar", seed, 1) for seed in range(80))
    assert any("ثلاث كرات حمراء" in describe(three, "ar", seed, 1) for seed in range(80))


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_tidy(language):
    for seed in range(500):
        text = describe(draw_scene(seed), language, seed, seed % 4)
        assert not set(text) & set("{}[]@|^&%~_"), text
        for wrong in ("  ", " ,", ",,", ",.", " .", "..", " a a", " a o", " an r", "None", " ،", "،،", "،.", "،؛"):
            assert wrong not in text, text
        assert text == text.strip(" ,،")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_scene_has_a_caption(language):
    caption = draw_caption(Scene(bodies=(), event=Event.REST), language, 1, 1)
    assert caption.text
    assert "count" not in caption.mentioned


@pytest.mark.parametrize("words", [ENGLISH_EVENTS, ARABIC_EVENTS])
def test_every_predicate_has_a_place_for_the_direction(words):
    assert set(words) == set(Event)
    for event, ways in words.items():
        assert len(ways.full) >= 7
        for predicate in (*ways.full, *ways.short, *ways.passive, *ways.nouns, *getattr(ways, "inverted", ())):
            assert event is Event.REST or "{d}" in "".join(predicate), (event, predicate)


def test_wrong_languages_and_details_are_refused():
    scene = draw_scene(1)
    with pytest.raises(SceneError, match="'fr'; use one of en, ar"):
        describe(scene, "fr", 0, 1)
    with pytest.raises(SceneError, match="detail is 4; use 0"):
        describe(scene, "en", 0, 4)


def test_whole_captions_speak_of_every_body() -> None:
    longer = 0
    for seed in range(60):
        scene, language = draw_scene(seed, Event.DROP), LANGUAGES[seed % 2]
        caption = draw_whole_caption(scene, language, seed, 0)
        named = {key.split("_")[0] for key in caption.mentioned if key.startswith("body")}
        assert len(named) == len(scene.bodies)
        longer += caption.text != draw_caption(scene, language, seed, 0).text
    assert 0 < longer < 60
