"""Briefs as people write them become the shots that they tell, and nothing else."""

from typing import Any

import pytest

from manazir.director.briefs import PlannedShot, read_brief, said
from manazir.director.samples import SAMPLES


def told(text: str) -> list[dict[str, Any]]:
    """What of each shot is said."""
    empty = PlannedShot()
    return [
        {name: getattr(shot, name) for name in shot.__slots__ if getattr(shot, name) != getattr(empty, name)}
        for shot in read_brief(text)
    ]


def test_prose_is_cut_by_its_sentences_and_directions_go_where_they_belong() -> None:
    assert told(
        "A wide shot of a desert at dawn. The camera pushes in slowly on a lone tent. 5 seconds. "
        'A woman steps out and says "We leave at noon. All of us." Close-up of her hands.'
    ) == [
        {"prompt": "a desert at dawn", "framing": "wide"},
        {"prompt": "a lone tent", "move": "push_in", "duration_seconds": 5.0},
        {"prompt": "A woman steps out and says", "line": "We leave at noon. All of us."},
        {"prompt": "her hands", "framing": "close"},
    ]


def test_prose_in_arabic() -> None:
    assert told(
        "لقطة واسعة للصحراء عند الفجر. تقترب الكاميرا ببطء من الخيمة. مدتها ٣ ثوانٍ. "
        "تخرج امرأة وتقول: «سنرحل ظهرا.» لقطة قريبة ليديها لمدة ثانيتين."
    ) == [
        {"prompt": "الصحراء عند الفجر", "framing": "wide"},
        {"prompt": "الخيمة", "move": "push_in", "duration_seconds": 3.0},
        {"prompt": "تخرج امرأة وتقول", "line": "سنرحل ظهرا."},
        {"prompt": "يديها", "framing": "close", "duration_seconds": 2.0},
    ]


def test_a_shot_list_with_a_heading_and_a_remark() -> None:
    brief = """30 second spot for a coffee brand

Shot 1 - Establishing shot of Cairo at sunrise, 4 s
Shot 2 - Medium shot: a barista pours coffee (3s)
  she looks up
Shot 3 - ECU of the crema, dolly in, 2.5 sec

Shot 4 - A customer smiles. VO: Coffee, as it should be.

Music: oud."""
    assert told(brief) == [
        {"prompt": "Cairo at sunrise", "framing": "extreme_wide", "duration_seconds": 4.0},
        {"prompt": "a barista pours coffee she looks up", "framing": "medium", "duration_seconds": 3.0},
        {"prompt": "the crema", "framing": "extreme_close", "move": "push_in", "duration_seconds": 2.5},
        {"prompt": "A customer smiles", "line": "Coffee, as it should be."},
    ]


def test_a_shot_list_in_arabic() -> None:
    brief = """المشهد الأول: كرة حمراء ترتد، ٢٫٥ ثانية
المشهد الثاني: كرة ثانية تتدحرج، ثلاث ثوانٍ، لقطة متوسطة
المشهد الثالث: مكعب ينزلق — الحوار: إلى أين؟"""
    assert told(brief) == [
        {"prompt": "كرة حمراء ترتد", "duration_seconds": 2.5},
        {"prompt": "كرة ثانية تتدحرج", "framing": "medium", "duration_seconds": 3.0},
        {"prompt": "مكعب ينزلق", "line": "إلى أين؟"},
    ]


TEN = ("a red ball bounces", "it rolls", "wide shot", "Two balls meet. They stop", "3 s of silence", "a cube: blue")
TEN += ("e.g. a cone", "كرة تسقط", "نهاية", "the end.")


@pytest.mark.parametrize("mark", ["", "- ", "* ", "• ", "{}. ", "{}) ", "({}) ", "Shot {}: ", "لقطة {}: ", "{} - "])
@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n"])
def test_ten_lines_are_ten_shots(mark: str, between: str) -> None:
    assert len(read_brief(between.join(mark.format(at) + one for at, one in enumerate(TEN, start=1)))) == 10


def test_arabic_numerals_number_points() -> None:
    brief = "".join(f"{number}. الشيء يتحرك\n" for number in ("١", "٢", "٣", "١٠"))
    assert told(brief) == [{"prompt": "الشيء يتحرك"}] * 4


def test_lines_of_a_page_are_prose() -> None:
    brief = """A red ball bounces on the ground of a large and empty
studio. Then it rolls to the right until it meets a small
blue cube. The cube topples over."""
    assert [shot["prompt"] for shot in told(brief)] == [
        "A red ball bounces on the ground of a large and empty studio",
        "Then it rolls to the right until it meets a small blue cube",
        "The cube topples over",
    ]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("a ball, 3 s", 3.0),
        ("a 3-second shot of a ball", 3.0),
        ("a ball for two seconds", 2.0),
        ("a ball (1.5 sec)", 1.5),
        ("a ball, 2-4 s", 4.0),
        ("0:03–0:05 a ball", 2.0),
        ("a ball for half a second", 0.5),
        ("a ball, 1 minute", 60.0),
        ("كرة، ٣ ثوانٍ", 3.0),
        ("كرة، ٣ ثواني", 3.0),
        ("كرة ثانيتان", 2.0),
        ("كرة لمدة ثانيتين", 2.0),
        ("كرة، ثانيتان ونصف", 2.5),
        ("كرة، ثانية واحدة", 1.0),
        ("كرة لمدة ثانية", 1.0),
        ("كرة، ثانية", 1.0),
        ("كرة، ثانية ونصف", 1.5),
        ("كرة، دقيقة، لقطة قريبة", 60.0),
        ("كرة، نصف ثانية", 0.5),
        ("كرة، أربع ثوانٍ", 4.0),
        ("كرة، عَشْر ثَوَانٍ", 10.0),
        ("كرة، ٢٫٥ ثانية", 2.5),
        ("كرة، ۴ ثانية", 4.0),
        ("كرة، دقيقتان", 120.0),
    ],
)
def test_lengths_are_found_and_taken_out(text: str, seconds: float) -> None:
    (shot,) = told(text)
    assert shot["duration_seconds"] == seconds
    assert shot["prompt"] in ("a ball", "كرة")


@pytest.mark.parametrize(
    "text",
    [
        "the second ball",
        "كرة ثانية",
        "مكعب، ثانية الكرات تسقط",
        "10 balls",
        "3 small cubes",
        "seconds later",
        "0 s of it",
    ],
)
def test_what_is_no_length_stays(text: str) -> None:
    assert told(text) == [{"prompt": text}]


@pytest.mark.parametrize(
    ("text", "framing"),
    [
        ("extreme close-up of a ball", "extreme_close"),
        ("a ball, close up", "close"),
        ("Close: a ball", "close"),
        ("a ball [wide]", "wide"),
        ("a ball in a full shot", "full"),
        ("CU a ball", "close"),
        ("an establishing shot of a ball", "extreme_wide"),
        ("لقطة قريبة جدًا لكرة", "extreme_close"),
        ("في لقطة واسعة، كرة", "wide"),
        ("كرة بلقطة كاملة", "full"),
        ("اللقطة المتوسطة: كرة", "medium"),
    ],
)
def test_framings_are_found_and_taken_out(text: str, framing: str) -> None:
    (shot,) = told(text)
    assert shot["framing"] == framing
    assert shot["prompt"] in ("a ball", "كرة")


def test_what_only_looks_like_a_direction_stays() -> None:
    for text in (
        "a wide river",
        "the full moon rises",
        "a ball close to a cube",
        "a finish line: runners",
        "she looks up",
    ):
        assert told(text) == [{"prompt": text}]
    assert told("لقطة قريبة لعبة خشبية") == [{"prompt": "لعبة خشبية", "framing": "close"}]


@pytest.mark.parametrize(
    "text",
    [
        "a ball, close, push in, 3 s",
        "Close, push in, 3 s: a ball",
        "a ball, push in, 3 s, close.",
        "كرة، قريبة، اقتراب، ٣ ثوانٍ",
        "قريبة، اقتراب، ٣ ثوانٍ: كرة",
    ],
)
def test_directions_that_stand_in_a_row(text: str) -> None:
    (shot,) = told(text)
    assert (shot["framing"], shot["move"], shot["duration_seconds"]) == ("close", "push_in", 3.0)
    assert shot["prompt"] in ("a ball", "كرة")


def test_titles_of_points() -> None:
    assert told("- **The drop**: a ball falls\n- **The rise** — it rises") == [
        {"title": "The drop", "prompt": "a ball falls"},
        {"title": "The rise", "prompt": "it rises"},
    ]


def test_nothing_is_no_shot() -> None:
    assert read_brief("") == ()
    assert read_brief(" \n---\n…\n\u200f") == ()


def test_samples_have_the_same_shots_in_both_languages() -> None:
    english, arabic = (read_brief(SAMPLES[language][1]) for language in ("en", "ar"))
    assert [(shot.move, shot.duration_seconds, bool(shot.line)) for shot in english] == [
        (shot.move, shot.duration_seconds, bool(shot.line)) for shot in arabic
    ]
    assert len(english) == 5


def test_prompts_say_framing_and_move_in_their_language_and_once() -> None:
    assert said("a red ball", "wide", "pan_left") == "a red ball, wide shot, the camera panning left"
    assert said("كرة حمراء", "close", "push_in") == "كرة حمراء، لقطة قريبة، والكاميرا تقترب"
    assert said("", "wide", None, "ar") == "لقطة واسعة"
    assert said("a red ball, the camera panning left", None, "pan_left") == "a red ball, the camera panning left"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "part", ['"', "a ", "camera ", "لقطة ", "1. ", "the camera is slowly ", "٣ ", " ", ",", "(", "و ", "**"]
)
def test_hostile_briefs_are_read_in_time(part: str) -> None:
    read_brief(part * (20_000 // len(part)))
