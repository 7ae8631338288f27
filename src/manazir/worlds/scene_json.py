"""Scenes as JSON and back, so that a shard carries the whole truth of each clip."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from manazir.core.errors import SceneError
from manazir.worlds.scene import Scene


def scene_to_json(scene: Scene) -> dict[str, Any]:
    """Return the scene as what `json.dumps` takes. Defaults are left out."""
    result = _plain(scene)
    assert isinstance(result, dict)
    return result


def scene_from_json(data: dict[str, Any]) -> Scene:
    """Return the scene that `scene_to_json` described.

    Raises:
        SceneError: a field is unknown, missing, or not of its type.
    """
    try:
        scene = _build(Scene, data)
    except (TypeError, ValueError, KeyError) as error:
        raise SceneError(f"not a scene: {error}") from error
    assert isinstance(scene, Scene)
    return scene


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _build(kind: Any, value: Any) -> Any:
    """Read `value` as a `kind`: a dataclass, an enum, a tuple, an optional, a number or a string."""
    if get_origin(kind) in (UnionType, Union):
        options = [option for option in get_args(kind) if option is not type(None)]
        return None if value is None else _build(options[0], value)
    if get_origin(kind) is tuple:
        items = get_args(kind)
        if items[-1] is Ellipsis:
            return tuple(_build(items[0], item) for item in value)
        return tuple(_build(item_kind, item) for item_kind, item in zip(items, value, strict=True))
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        if unknown := set(value) - set(hints):
            raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
        return kind(**{name: _build(hints[name], item) for name, item in value.items()})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got {value!r}")
    return value
