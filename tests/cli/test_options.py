from pathlib import Path

import pytest

from manazir.cli.options import check_output, parse_actions, parse_keyframe, parse_region, parse_size
from manazir.core.errors import CanvasError, MediaError


def test_a_size_is_width_times_height() -> None:
    assert parse_size("224x128") == (224, 128)
    assert parse_size("224×128") == (224, 128)


@pytest.mark.parametrize("text", ["12", "x", "0x128", "-1x5", "128x128x3", "128 x 128", "1e3x10"])
def test_another_size_is_refused(text: str) -> None:
    with pytest.raises(CanvasError, match="such as 128x128"):
        parse_size(text)


@pytest.mark.parametrize(("text", "seconds"), [("1.5=a.png", 1.5), ("0=a.png", 0.0), (".5=a.png", 0.5)])
def test_a_keyframe_is_seconds_and_a_picture(text: str, seconds: float) -> None:
    key = parse_keyframe(text)
    assert (key.at_seconds, key.image) == (seconds, Path("a.png"))


def test_a_keyframes_picture_may_have_an_equals_sign() -> None:
    assert parse_keyframe("1=a=b.png").image == Path("a=b.png")


@pytest.mark.parametrize("text", ["a.png", "=a.png", "1=", "nan=a.png", "-1=a.png"])
def test_another_keyframe_is_refused(text: str) -> None:
    with pytest.raises(CanvasError, match=r"such as 1\.5=middle\.png"):
        parse_keyframe(text)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (["0,0,1"], "give left, top, width and height in shares .* or the name of a mask that is there"),
        (["-0.1,0,1,1"], "give left, top"),
        (["0,0,nan,1"], "give left, top"),
        (["none.png"], "the region is 'none.png'"),
        (["a.png", "b.png"], "a region has one mask, not a.png and b.png"),
        (["0.5,0,0.6,1"], "reaches out of the picture"),
        (["0,0,1,1"], "nothing is left to change"),
    ],
)
def test_another_region_is_refused(told: list[str], message: str) -> None:
    with pytest.raises(CanvasError, match=message):
        parse_region(told, is_kept=True)


def test_actions_are_names_that_may_be_held() -> None:
    assert parse_actions("left,left , jump*2,camera left") == ("left", "left", "jump", "jump", "camera left")


@pytest.mark.parametrize("text", [",", "left,,jump", "left*0", "left*", "*3", "left;jump"])
def test_other_actions_are_refused(text: str) -> None:
    with pytest.raises(CanvasError, match=r"such as left\*6,jump"):
        parse_actions(text)


def test_an_output_that_cannot_be_written_is_found_out_before_the_work(tmp_path: Path) -> None:
    check_output(tmp_path / "a.MP4", (".mp4",))
    with pytest.raises(MediaError, match=r"must end in \.mp4"):
        check_output(tmp_path / "a.avi", (".mp4",))
    with pytest.raises(MediaError, match="there is no folder"):
        check_output(tmp_path / "nowhere" / "a.mp4", (".mp4",))
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(MediaError, match="it is a folder"):
        check_output(tmp_path / "folder.mp4", (".mp4",))
