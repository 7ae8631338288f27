"""The same outlines as MuJoCo's own renderer draws, within a pixel."""

import importlib
from collections.abc import Iterator

import mujoco
import numpy as np
import pytest
from tests.worlds.pictures import body, straight, turned

from manazir.worlds.render import render
from manazir.worlds.scene import Camera, Direction, Event, Material, Ramp, Scene, Shape

SIZE = 128
SCENE = Scene(
    event=Event.REST,
    bodies=(
        body(Shape.SPHERE, "red", Material.RUBBER, -1.3, z=1.6),
        body(Shape.CUBE, "blue", Material.RUBBER, 0.0, z=1.7, size=0.5, rotation=turned((1, 2, 3), 50)),
        body(Shape.CYLINDER, "green", Material.RUBBER, 1.3, z=1.6, rotation=turned((1, 0.4, 0), 65)),
        body(Shape.CAPSULE, "pink", Material.RUBBER, -1.3, z=0.5, rotation=turned((0, 1, 0.3), 55)),
        body(Shape.CONE, "white", Material.RUBBER, 0.1, z=0.6, size=0.5, rotation=turned((1, 1, 0), -70)),
        body(Shape.CONE, "cyan", Material.RUBBER, 0.2, -0.9, z=0.3, size=0.2),
    ),
    ramps=(Ramp(position=(1.3, 0.3, 0.0), length=1.2, width=0.8, height=0.7, faces=Direction.LEFT),),
    ground=None,
    camera=Camera(position=(0.6, -5.0, 2.2), target=(0.0, 0.0, 0.9)),
)
KINDS = {Shape.SPHERE: "sphere", Shape.CUBE: "box", Shape.CYLINDER: "cylinder", Shape.CAPSULE: "capsule"}


def words(values) -> str:
    return " ".join(f"{value:.9g}" for value in np.ravel(values))


def model() -> mujoco.MjModel:
    meshes, geoms = [], []
    for i, b in enumerate(SCENE.bodies):
        x, _, z = b.half_extents
        place = f'pos="{words(b.position)}" quat="{words(b.rotation)}"'
        if b.shape is Shape.CONE:
            angles = np.linspace(0, 2 * np.pi, 96, endpoint=False)
            rim = np.stack([x * np.cos(angles), x * np.sin(angles), np.full(96, -z)], axis=1)
            meshes.append(f'<mesh name="m{i}" vertex="{words(rim)} 0 0 {z}"/>')
            geoms.append(f'<geom name="{i}" type="mesh" mesh="m{i}" {place}/>')
        else:
            size = (x, z - x, 0) if b.shape is Shape.CAPSULE else (x, z, 0) if b.shape is Shape.CYLINDER else (x, x, z)
            geoms.append(f'<geom name="{i}" type="{KINDS[b.shape]}" size="{words(size)}" {place}/>')
    ramp = SCENE.ramps[0]
    wide, deep = ramp.length / 2, ramp.width / 2
    corners = [(-wide, y, 0) for y in (-deep, deep)] + [(wide, y, z) for y in (-deep, deep) for z in (0, ramp.height)]
    meshes.append(f'<mesh name="ramp" vertex="{words(corners)}"/>')
    geoms.append(f'<geom name="-100" type="mesh" mesh="ramp" pos="{words(ramp.position)}"/>')
    axes = straight(SCENE, 1).camera_axes[0]
    camera = f'<camera name="eye" pos="{words(SCENE.camera.position)}" xyaxes="{words(axes[:2])}"'
    camera += f' fovy="{SCENE.camera.vertical_field_degrees}"/>'
    quality = '<visual><quality numslices="96" numstacks="96" offsamples="0"/></visual>'
    return mujoco.MjModel.from_xml_string(
        f"<mujoco>{quality}<asset>{''.join(meshes)}</asset><worldbody>{camera}{''.join(geoms)}</worldbody></mujoco>"
    )


@pytest.fixture(scope="module")
def context() -> Iterator[object]:
    """An off-screen OpenGL context in software, from whichever library there is."""
    reasons = []
    for name in ("egl", "osmesa"):
        try:
            made = importlib.import_module(f"mujoco.{name}").GLContext(SIZE, SIZE)
        except Exception as error:  # what a missing graphics library raises differs from one to the next
            reasons.append(f"{name}: {error!r}")
            continue
        made.make_current()
        yield made
        made.free()
        return
    pytest.skip("no software OpenGL for MuJoCo; apt-get install libegl1 libegl-mesa0 — " + "; ".join(reasons))


def mujocos_segmentation() -> np.ndarray:
    built = model()
    data = mujoco.MjData(built)
    mujoco.mj_forward(built, data)
    picture = mujoco.MjvScene(built, maxgeom=50)
    camera = mujoco.MjvCamera()
    camera.type, camera.fixedcamid = mujoco.mjtCamera.mjCAMERA_FIXED, 0
    drawing = mujoco.MjrContext(built, mujoco.mjtFontScale.mjFONTSCALE_100)
    mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, drawing)
    mujoco.mjv_updateScene(built, data, mujoco.MjvOption(), None, camera, mujoco.mjtCatBit.mjCAT_ALL, picture)
    picture.flags[mujoco.mjtRndFlag.mjRND_SEGMENT] = True
    picture.flags[mujoco.mjtRndFlag.mjRND_IDCOLOR] = True
    window = mujoco.MjrRect(0, 0, SIZE, SIZE)
    mujoco.mjr_render(window, picture, drawing)
    pixels = np.zeros((SIZE, SIZE, 3), dtype=np.uint8)
    mujoco.mjr_readPixels(pixels, None, window, drawing)
    drawing.free()
    numbers = pixels[::-1].astype(int) @ [1, 256, 65536] - 1
    codes = np.full(picture.ngeom + 1, -1000)
    for geom in picture.geoms[: picture.ngeom]:
        codes[geom.segid] = int(built.geom(geom.objid).name)
    return np.where(numbers < 0, -1000, codes[np.maximum(numbers, 0)])


def widened(mask: np.ndarray) -> np.ndarray:
    padded = np.pad(mask, 1)
    return np.any([padded[y : y + SIZE, x : x + SIZE] for y in range(3) for x in range(3)], axis=0)


def test_every_silhouette_is_mujocos_within_a_pixel(context: object) -> None:
    theirs = mujocos_segmentation()
    ours = render(SCENE, straight(SCENE, 1), SIZE, SIZE).segmentation[0]
    for code in (*range(len(SCENE.bodies)), -100):
        a, b = ours == code, theirs == code
        assert b.sum() > 60, code
        assert not (a & ~widened(b)).any(), code
        assert not (b & ~widened(a)).any(), code
        assert abs(int(a.sum()) - int(b.sum())) < 0.03 * b.sum(), code
