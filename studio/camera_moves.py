"""The moving pictures of named camera moves that the studio shows: one scene at rest, rendered with each move.

python studio/camera_moves.py          # writes studio/public/moves/*.webp
"""

from dataclasses import replace
from pathlib import Path

from PIL import Image

from manazir.worlds.physics import simulate
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Body, Camera, CameraMove, Event, Ground, Light, Material, Scene, Shape

OUT = Path(__file__).parent / "public" / "moves"
WIDTH, HEIGHT, FRAMES, FRAME_RATE = 160, 100, 24, 12.0
AMOUNTS = {"pan": 0.35, "tilt": 0.22, "orbit": 0.8, "push": 2.0, "pull": 2.0, "crane": 1.4}
"""Radians or metres: far enough to be read at the size of a thumb."""


def stage() -> Scene:
    """Three bodies that stand apart in depth, so that every move shows by how they slide past each other."""
    return Scene(
        bodies=(
            Body(shape=Shape.SPHERE, size=0.5, colour="orange", material=Material.RUBBER, position=(-0.7, -0.6, 0.5)),
            Body(shape=Shape.CUBE, size=0.5, colour="blue", material=Material.WOOD, position=(0.9, 0.3, 0.425)),
            Body(shape=Shape.CYLINDER, size=0.45, colour="white", material=Material.STONE, position=(-0.1, 2.2, 0.43)),
        ),
        event=Event.REST,
        ground=Ground(colour="grey", pattern="checker"),
        lights=(Light(direction=(-1.0, -0.8, 1.4)),),
        frames=FRAMES,
        frame_rate=FRAME_RATE,
    )


def main() -> None:
    """Render them."""
    OUT.mkdir(parents=True, exist_ok=True)
    for move in CameraMove:
        camera = Camera(position=(0.0, -5.6, 1.9), move=move, amount=AMOUNTS.get(move.value.split()[0], 0.0))
        scene = replace(stage(), camera=camera)
        frames = render_frames(scene, simulate(scene), WIDTH, HEIGHT)
        first, *rest = (Image.fromarray(frame) for frame in frames)
        name = f"{move.value.replace(' ', '_')}.webp"
        moving = {} if move is CameraMove.STILL else {"save_all": True, "append_images": rest, "loop": 0}
        first.save(OUT / name, quality=50, method=6, duration=round(1000 / FRAME_RATE), **moving)


if __name__ == "__main__":
    main()
