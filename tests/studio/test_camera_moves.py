"""The studio has a picture of every move that worlds know."""

from pathlib import Path

from PIL import Image

from manazir.worlds.scene import CameraMove

MOVES = Path(__file__).parents[2] / "studio" / "public" / "moves"


def test_each_move_has_its_picture() -> None:
    shown = {path.stem: getattr(Image.open(path), "n_frames", 1) for path in MOVES.glob("*.webp")}
    assert shown.keys() == {move.value.replace(" ", "_") for move in CameraMove}
    assert {name for name, frames in shown.items() if frames < 20} == {"still"}
