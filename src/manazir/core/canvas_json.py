"""A canvas as plain data and back: what a job's row, a queue and our own API carry."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from typing import Any

from manazir.core.canvas import CameraPath, Canvas, Extension, Keyframe, Modification, Reframing, Region
from manazir.core.errors import CanvasError
from manazir.core.rectangles import Rectangle

PARTS: dict[str, type[Any]] = {
    "extension": Extension,
    "modification": Modification,
    "reframing": Reframing,
    "camera": CameraPath,
}
FILES = ("image", "clip", "mask", "sound_for", "sound")
"""Fields, of a canvas and of its parts, that hold files."""
LISTED = ("references",)
"""Fields that hold several."""
NUMBERS = ("strength", "left", "top", "width", "height", "amount", "at_seconds")
"""Fields of parts."""


def canvas_to_json(canvas: Canvas) -> dict[str, Any]:
    """What of a canvas differs from an empty one, as `json.dumps` takes it.

    Raises:
        CanvasError: something in it lies in memory; only names of files travel.
    """
    told: dict[str, Any] = _plain("canvas", canvas)
    return told


def canvas_from_json(told: Mapping[str, Any]) -> Canvas:
    """The canvas that plain data describes.

    Raises:
        CanvasError: a field is unknown, missing, or no such thing; or the canvas contradicts itself.
    """
    given = dict(_known(Canvas, told, "a canvas"))
    if "keyframes" in given:
        given["keyframes"] = tuple(_part(Keyframe, one, "a keyframe") for one in _list("keyframes", given["keyframes"]))
    for name in given.keys() & set(LISTED):
        given[name] = tuple(_file(name, one) for one in _list(name, given[name]))
    if "actions" in given:
        given["actions"] = tuple(_text("an action", one) for one in _list("actions", given["actions"]))
    for name in PARTS.keys() & given.keys():
        given[name] = _part(PARTS[name], given[name], name)
    _check_files(given)
    return Canvas(**given)


def with_files(canvas: Canvas, path_of: Callable[[str], str]) -> Canvas:
    """A canvas whose files' names are replaced, one by one."""
    changed: dict[str, Any] = {}
    for name in ("sound_for", "sound"):
        if (file := getattr(canvas, name)) is not None:
            changed[name] = path_of(str(file))
    for name in ("extension", "modification", "reframing"):
        if (part := getattr(canvas, name)) is not None:
            changed[name] = replace(part, clip=path_of(str(part.clip)))
    if canvas.modification is not None and (region := canvas.modification.region) is not None:
        changed["modification"] = replace(changed["modification"], region=_with_mask(region, path_of))
    keyframes = tuple(replace(key, image=path_of(str(key.image))) for key in canvas.keyframes)
    references = tuple(path_of(str(one)) for one in canvas.references)
    return replace(canvas, keyframes=keyframes, references=references, **changed)


def _with_mask(region: Region, path_of: Callable[[str], str]) -> Region:
    return region if region.mask is None else replace(region, mask=path_of(str(region.mask)))


def files_of(canvas: Canvas) -> tuple[str, ...]:
    """The names of the files in a canvas, in the order of its fields; each once."""
    found: dict[str, None] = {}

    def remember(name: str) -> str:
        found[name] = None
        return name

    with_files(canvas, remember)
    return tuple(found)


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(name, one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: getattr(value, field.name) for field in fields(value) if _is_told(field, value)}
        return {name: _plain(name, one) for name, one in told.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if name in (*FILES, *LISTED) and hasattr(value, "__fspath__"):
        return str(value)
    raise CanvasError(f"the {name} of a canvas lies in memory; write it to a file first, and give its name")


def _is_told(field: Field[Any], part: Any) -> bool:
    return field.default is MISSING or getattr(part, field.name) != field.default


def _known(kind: type[Any], told: Any, what: str) -> Mapping[str, Any]:
    """The fields of a dataclass that are told, none of which it does not have."""
    if not isinstance(told, Mapping):
        raise CanvasError(f"{what} is {told!r}; give its fields by name")
    names = {field.name: field.default is MISSING and field.default_factory is MISSING for field in fields(kind)}
    if unknown := sorted(map(str, told.keys() - names.keys())):
        raise CanvasError(f"{what} has no {' or '.join(unknown)}; it has {', '.join(names)}")
    if missing := sorted(name for name, is_needed in names.items() if is_needed and name not in told):
        raise CanvasError(f"{what} needs {' and '.join(missing)}")
    return told


def _part(kind: type[Any], told: Any, what: str) -> Any:
    if told is None:
        return None
    given = dict(_known(kind, told, what))
    _check_files(given)
    for name, value in given.items():
        if name in NUMBERS and not (value is None or _is_number(value)):
            raise CanvasError(f"{name} of {what} is {value!r}; give a number")
        if name in ("is_before", "is_kept") and not isinstance(value, bool):
            raise CanvasError(f"{name} of {what} is {value!r}; give true or false")
        if name == "move":
            _text("a camera move", value)
    if "region" in given:
        given["region"] = _part(Region, given["region"], "a region")
    if "rectangles" in given:
        listed = _list("rectangles", given["rectangles"])
        given["rectangles"] = tuple(_part(Rectangle, one, "a rectangle") for one in listed)
    try:
        return kind(**given)
    except TypeError as error:  # None where a number must be
        raise CanvasError(f"{what} has something of another kind in it ({error})") from error


def _check_files(given: Mapping[str, Any]) -> None:
    for name in FILES:
        if given.get(name) is not None:
            _file(name, given[name])
    for name in ("is_loop",):
        if name in given and not isinstance(given[name], bool):
            raise CanvasError(f"{name} is {given[name]!r}; give true or false")


def _file(name: str, value: Any) -> str:
    if not (isinstance(value, str) and value):
        raise CanvasError(f"{name} is {value!r}; give the name of a file")
    return value


def _list(name: str, value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise CanvasError(f"{name} is {value!r}; give a list")
    return value


def _text(what: str, value: Any) -> str:
    if not isinstance(value, str):
        raise CanvasError(f"{what} is {value!r}; give words")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
