"""Reading a verb's options: dataclasses that tyro fills, and the few forms of text that are Manazir's own."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import tyro
from tyro.constructors import PrimitiveConstructorSpec

from manazir.cli.wrong_use import wrong_use_in_a_line
from manazir.core.canvas import CameraPath, Keyframe, Region
from manazir.core.errors import CanvasError, MediaError, ShapeError
from manazir.core.rectangles import Rectangle

Options = TypeVar("Options")


def read_options(kind: type[Options], verb: str, arguments: Sequence[str], *, examples: Sequence[str] = ()) -> Options:
    """Fill a verb's options from its arguments; help ends the process (exit code 0).

    Raises:
        UnsupportedError: an option that there is not, or a value that it cannot have.
    """
    about = (kind.__doc__ or "").strip()
    lines = "\n".join(f"  {example}" for example in examples)
    with wrong_use_in_a_line(verb):
        return tyro.cli(
            kind,
            prog=f"manazir {verb}",
            description=f"{about}\n\nFor example:\n\n{lines}" if examples else about,
            args=list(arguments),
            config=(tyro.conf.FlagCreatePairsOff,),
        )


def number(kind: type[Any], metavar: str) -> PrimitiveConstructorSpec[Any]:
    """How tyro reads a number that may be left out: wrong use is told in few words."""

    def read(words: list[str]) -> Any:
        try:
            return kind(words[0])
        except ValueError:
            raise ValueError(f"{words[0]!r} is no {'whole ' if kind is int else ''}number") from None

    def is_one(value: object) -> bool:
        return value is None or isinstance(value, kind)

    return PrimitiveConstructorSpec(
        nargs=1, metavar=metavar, instance_from_str=read, is_instance=is_one, str_from_instance=lambda one: [str(one)]
    )


def parse_size(text: str) -> tuple[int, int]:
    """Read `WIDTHxHEIGHT`.

    Raises:
        CanvasError: it is something else.

    >>> parse_size("224x128")
    (224, 128)
    """
    found = re.fullmatch(r"([1-9]\d{0,5})[x×]([1-9]\d{0,5})", text)
    if not found:
        told = f"the size is {text!r}; give width x height in pixels, each from 1 to 999999, such as 128x128"
        raise CanvasError(told)
    return int(found[1]), int(found[2])


def parse_keyframe(text: str) -> Keyframe:
    """Read `SECONDS=PICTURE`.

    Raises:
        CanvasError: it is something else.
    """
    seconds, _, path = text.partition("=")
    if not re.fullmatch(r"\d+(\.\d*)?|\.\d+", seconds) or not path:
        raise CanvasError(f"the keyframe is {text!r}; give SECONDS=PICTURE, such as 1.5=middle.png")
    return Keyframe(image=Path(path), at_seconds=float(seconds))


def parse_region(told: Sequence[str], *, is_kept: bool) -> Region:
    """Read rectangles, `LEFT,TOP,WIDTH,HEIGHT` in shares of the picture, and at most one name of a mask.

    Raises:
        CanvasError: a rectangle is none, or there are several masks.
    """
    share = r"(\d+\.?\d*|\.\d+)"
    found = {text: re.fullmatch(rf"{share},{share},{share},{share}", text.replace(" ", "")) for text in told}
    masks = [text for text, one in found.items() if one is None]
    if len(masks) > 1:
        raise CanvasError(f"a region has one mask, not {' and '.join(masks)}; put them into one picture")
    if masks and not Path(masks[0]).exists():
        raise CanvasError(
            f"the region is {masks[0]!r}; give left, top, width and height in shares of the picture, such as "
            "0,0,0.5,1, or the name of a mask that is there"
        )
    sides = [tuple(map(float, one.groups())) for one in found.values() if one is not None]
    rectangles = tuple(Rectangle(left=x, top=y, width=w, height=h) for x, y, w, h in sides)
    return Region(rectangles=rectangles, mask=Path(masks[0]) if masks else None, is_kept=is_kept)


def parse_actions(text: str) -> tuple[str, ...]:
    """Read names of actions with commas between them, one a frame; `*N` holds one for N frames.

    Raises:
        CanvasError: it is something else.

    >>> parse_actions("left*2, jump")
    ('left', 'left', 'jump')
    """
    actions: list[str] = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*([a-z][a-z ]*?)\s*(?:\*\s*([1-9]\d{0,3}))?\s*", part)
        if not found:
            raise CanvasError(f"the actions have {part!r}; give names with commas between them, such as left*6,jump")
        actions += [found[1]] * int(found[2] or 1)
    return tuple(actions)


def parse_camera(text: str) -> CameraPath:
    """Read `MOVE` or `MOVE=AMOUNT`; a move may have `-` or `_` for its spaces.

    Raises:
        CanvasError: it is something else.

    >>> parse_camera("push-in=0.5")
    CameraPath(move='push in', amount=0.5)
    """
    move, given, amount = text.partition("=")
    if given and not re.fullmatch(r"\d+(\.\d*)?|\.\d+", amount):
        raise CanvasError(f"the camera is {text!r}; give MOVE or MOVE=AMOUNT, such as push-in=0.5")
    return CameraPath(move=re.sub("[-_ ]+", " ", move).strip(), amount=float(amount) if given else 1.0)


def parse_layers(text: str) -> tuple[int, ...]:
    """Read numbers of layers with commas between them.

    Raises:
        ShapeError: it is something else.

    >>> parse_layers("9, 10")
    (9, 10)
    """
    if not re.fullmatch(r"\s*\d{1,4}\s*(,\s*\d{1,4}\s*)*", text):
        raise ShapeError(f"the layers are {text!r}; give numbers, counted from 0, such as 9,10")
    return tuple(int(part) for part in text.split(","))


def parse_span(text: str) -> tuple[float, float]:
    """Read `START-STOP`, shares of the steps.

    Raises:
        ShapeError: it is something else.

    >>> parse_span("0.01-0.2")
    (0.01, 0.2)
    """
    found = re.fullmatch(r"(\d+\.?\d*|\.\d+)-(\d+\.?\d*|\.\d+)", text.replace(" ", ""))
    if not found:
        raise ShapeError(f"the span is {text!r}; give shares of the steps, such as 0.01-0.2")
    return float(found[1]), float(found[2])


def check_output(path: Path, endings: Sequence[str]) -> None:
    """Find out before the work whether its result can be written.

    Raises:
        MediaError: another ending, no such folder, or a folder of that name.
    """
    if path.suffix.lower() not in endings:
        raise MediaError(f"cannot write {path}: its name must end in {' or '.join(endings)}")
    if not path.parent.is_dir():
        raise MediaError(f"cannot write {path}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise MediaError(f"cannot write {path}: it is a folder; choose another name")
