"""The camera: which way it is to go, by a canvas' path or by a prompt's words. Imports no torch."""

from dataclasses import dataclass

from manazir.core.canvas import CameraPath, Canvas
from manazir.core.errors import UnsupportedError
from manazir.core.moves import KNOWN_MOVES, find_move, in_canvas, with_move


@dataclass(frozen=True, slots=True)
class Filmed:
    """What is asked of a camera, and the words for the rest."""

    prompt: str
    """In the words that captions have for the move."""
    path: CameraPath | None = None


def filming_of(canvas: Canvas) -> Filmed:
    """What a canvas asks of its camera. A path counts for more than words.

    Where pictures are known, or a clip ends where it begins, words alone move no camera: it is where those have it.
    """
    if canvas.camera is not None:
        return Filmed(canvas.prompt, canvas.camera)
    move, rest = find_move(canvas.prompt)
    if move is None or not rest.strip():
        return Filmed(canvas.prompt)
    return Filmed(with_move(rest, move), CameraPath(move=in_canvas(move)))


def is_free(canvas: Canvas) -> bool:
    """Whether a camera may go where words ask: nothing that is seen is known."""
    seen = (canvas.extension, canvas.modification, canvas.sound_for, *canvas.keyframes)
    return not canvas.is_loop and not any(one is not None for one in seen)


def check_camera(model: str, canvas: Canvas) -> None:
    """Raise if a canvas has a camera path that cannot be gone.

    Raises:
        UnsupportedError: names what is known of the frames already, or the moves that there are.
    """
    path = canvas.camera
    if path is None:
        return
    if path.move not in KNOWN_MOVES:
        told = f"{model} knows no camera move {path.move!r}; it knows {', '.join(KNOWN_MOVES)}"
        raise UnsupportedError(told).named("no_such_move", model=model, move=path.move)
    if (where := _closed(canvas)) is not None:
        told = f"{model} follows a camera path from words, from a first frame, or beyond a clip, but not {where}; "
        raise UnsupportedError(told + "leave the camera path out").named("camera_beside", model=model)


def _closed(canvas: Canvas) -> str | None:
    """Where frames are known on both sides of those that are made."""
    if canvas.modification is not None:
        return "in a clip that is changed"
    if canvas.sound_for is not None:
        return "in a clip whose frames are all known"
    if canvas.is_loop:
        return "in a loop, which ends where it begins"
    if any(key.at_seconds != 0 for key in canvas.keyframes) or (canvas.keyframes and canvas.extension is not None):
        return "towards pictures"
    return None
