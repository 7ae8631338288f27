"""The director's camera moves are those of worlds, and it finds them in the words that worlds are described with."""

from collections.abc import Iterator

import pytest

from manazir.core.moves import MOVES, SAID, find_move, in_canvas, with_move
from manazir.director.briefs import read_brief
from manazir.worlds.captions.arabic.settings import CAMERA as ARABIC_FRAMES
from manazir.worlds.captions.arabic.settings import CAMERA_MOVES as ARABIC
from manazir.worlds.captions.english.inflect import verb
from manazir.worlds.captions.english.settings import CAMERA as ENGLISH_FRAMES
from manazir.worlds.captions.english.settings import CAMERA_MOVES as ENGLISH
from manazir.worlds.scene import CameraMove


def test_they_are_the_moves_of_worlds() -> None:
    assert [in_canvas(move) for move in MOVES] == [move.value for move in CameraMove]


def captions() -> Iterator[tuple[str, str]]:
    """All ways in which captions end with a camera move."""
    for move, phrases in ENGLISH.items():
        for phrase in phrases:
            base, _, rest = phrase.removeprefix("@").partition(" ")
            forms = {name: f"{verb(base, form)} {rest}".strip() for name, form in (("fin", "s"), ("ing", "ing"))}
            for frame in ENGLISH_FRAMES.trail:
                yield move.value, "a red ball bounces" + frame.format(**forms)
    for move, pairs in ARABIC.items():
        for word, rest in pairs:
            for frame in ARABIC_FRAMES.trail:
                yield move.value, "كرة حمراء ترتد" + frame.format(verb=word, rest=rest)


@pytest.mark.parametrize(("move", "caption"), list(captions()))
def test_every_caption_of_a_move_is_understood(move: str, caption: str) -> None:
    (shot,) = read_brief(caption)
    assert in_canvas(str(shot.move)) == move
    assert shot.prompt in ("a red ball bounces", "كرة حمراء ترتد")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("move", MOVES)
def test_what_is_said_of_a_move_is_understood(move: str, language: str) -> None:
    assert find_move(SAID[move][language])[0] == move


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("Dolly in: a ball", "push_in"),
        ("a ball, slow push-in", "push_in"),
        ("a ball (static camera)", "still"),
        ("a ball. Camera: tilt up", "tilt_up"),
        ("a ball; then the camera slowly pulls back from the table", "pull_out"),
        ("كرة، كاميرا ثابتة", "still"),
        ("كرة، التفات يسارًا", "pan_left"),
        ("كرة، إمالة للأعلى", "tilt_up"),
        ("كرة، دوران يمينًا", "orbit_right"),
        ("a ball, locked off", "still"),
        ("تنخفض الكاميرا إلى أسفل، كرة", "crane_down"),
    ],
)
def test_words_of_the_trade(text: str, move: str) -> None:
    (shot,) = read_brief(text)
    assert shot.move == move
    assert shot.prompt in ("a ball", "كرة")


@pytest.mark.parametrize(
    ("text", "move", "rest"),
    [
        ("the camera circles a green cube", "orbit_left", "a green cube"),
        ("a camera orbits around a red ball", "orbit_left", "a red ball"),
        ("slow orbit around a yellow sphere", "orbit_left", "a yellow sphere"),
        ("we move around a blue cone", "orbit_left", "a blue cone"),
        ("the camera pans across a blue cylinder", "pan_right", "a blue cylinder"),
        ("panning shot of a purple cube", "pan_right", "a purple cube"),
        ("zoom in on a red cube", "push_in", "a red cube"),
        ("push in slowly on a green ball", "push_in", "a green ball"),
        ("the camera drifts back from a stack of cubes", "pull_out", "a stack of cubes"),
        ("a ball rolls, the camera swings around it", "orbit_left", "a ball rolls,"),
        ("whip pan to the right, a red cube", "pan_right", ", a red cube"),
        ("tripod shot of a pendulum", "still", "a pendulum"),
        ("تكبير على كرة", "push_in", "كرة"),
        ("camera zooms into a blue ball", "push_in", "a blue ball"),
        ("the camera moves towards a cone", "push_in", "a cone"),
        ("a white cube, slow zoom out", "pull_out", "a white cube,"),
        ("the camera moves away from a red ball", "pull_out", "a red ball"),
        ("crane shot of a yellow cylinder", "crane_up", "a yellow cylinder"),
        ("static shot of a red ball bouncing", "still", "a red ball bouncing"),
        ("a red ball bounces as the camera circles it", "orbit_left", "a red ball bounces"),
        ("الكاميرا تدور حول مكعب أخضر", "orbit_left", "مكعب أخضر"),
        ("كرة ترتد بينما تدور الكاميرا حولها", "orbit_left", "كرة ترتد"),
        ("زوم على مكعب أصفر", "push_in", "مكعب أصفر"),
        ("كرة حمراء، زوم للخارج", "pull_out", "كرة حمراء،"),
        ("الكاميرا تتحرك أفقيا نحو اليسار", "pan_left", ""),
    ],
)
def test_what_is_filmed_is_left(text: str, move: str, rest: str) -> None:
    assert find_move(text) == (move, rest)


@pytest.mark.parametrize(
    ("prompt", "move", "told"),
    [
        ("a white cube,", "pull_out", "a white cube, the camera pulling out"),
        ("كرة حمراء،", "push_in", "كرة حمراء، والكاميرا تقترب"),
    ],
)
def test_a_move_is_told_in_the_words_of_captions(prompt: str, move: str, told: str) -> None:
    assert with_move(prompt, move) == told


@pytest.mark.parametrize(
    "text",
    [
        "the moon orbits left of a planet",
        "a man pushes in the door",
        "a boat rises",
        "كرة ترتفع",
        "a pan of water boils",
        "An orbit of the moon",
        "a crane lifts a cube",
        "a still of a street",
    ],
)
def test_what_bodies_do_is_no_move_of_the_camera(text: str) -> None:
    assert find_move(text) == (None, text)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", [" " * 4000, "a ball" + " \n" * 2000 + "rolls", "and  then  " * 360, "ا " * 2000])
def test_nobody_waits_for_what_is_found_in_nothing(text: str) -> None:
    assert find_move(text) == (None, text)
