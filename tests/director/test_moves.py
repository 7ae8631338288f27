"""The director's camera moves are those of worlds, and it finds them in the words that worlds are described with."""

from collections.abc import Iterator

import pytest

from manazir.director.briefs import read_brief
from manazir.director.moves import MOVES, SAID, find_move, in_canvas
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
    "text", ["the moon orbits left of a planet", "a man pushes in the door", "a boat rises", "كرة ترتفع"]
)
def test_what_bodies_do_is_no_move_of_the_camera(text: str) -> None:
    assert find_move(text) == (None, text)
