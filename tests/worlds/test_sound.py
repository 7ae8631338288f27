"""What is heard of a simulated scene."""

from dataclasses import replace

import numpy as np
import pytest

from manazir.core.errors import SceneError
from manazir.worlds.mjcf import mass
from manazir.worlds.motion import GROUND, Contact, Motion, Rubbing
from manazir.worlds.scene import Body, Event, Material, Scene, Shape
from manazir.worlds.sound import synthesise

RATE = 16000
CAMERA_AXES = ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


def make_scene(material=Material.WOOD, shape=Shape.SPHERE, size=0.36, x=0.0, frames=24, seed=0) -> Scene:
    body = Body(shape=shape, size=size, colour="red", material=material, position=(x, 0.0, size))
    return Scene(bodies=(body,), event=Event.DROP, frames=frames, seed=seed)


def make_motion(scene: Scene, contacts=(), rubbings=()) -> Motion:
    bodies = len(scene.bodies)
    positions = np.tile([body.position for body in scene.bodies], (scene.frames, 1, 1))
    return Motion(
        positions=positions,
        rotations=np.tile([1.0, 0.0, 0.0, 0.0], (scene.frames, bodies, 1)),
        velocities=np.zeros_like(positions),
        camera_positions=np.tile(scene.camera.position, (scene.frames, 1)),
        camera_axes=np.tile(CAMERA_AXES, (scene.frames, 1, 1)),
        contacts=tuple(contacts),
        rubbings=tuple(rubbings),
    )


def blow(scene: Scene, time_seconds: float, speed: float = 4.0, second: int = GROUND) -> Contact:
    body = scene.bodies[0]
    impulse = mass(body) * speed
    return Contact(
        time_seconds=time_seconds, first=0, second=second, position=body.position, impulse=impulse, speed=speed
    )


def rubbing(scene: Scene, slip: float, roll: float, start_seconds: float = 0.5) -> Rubbing:
    ticks = 500
    touching = np.arange(ticks) * 0.004 >= start_seconds
    weight = mass(scene.bodies[0]) * scene.gravity
    return Rubbing(
        body=0, second=GROUND, tick_seconds=0.004, force=touching * weight, slip=touching * slip, roll=touching * roll
    )


def hit(material: Material, size: float = 0.36, shape: Shape = Shape.SPHERE) -> np.ndarray:
    scene = make_scene(material, shape, size)
    return synthesise(scene, make_motion(scene, [blow(scene, 0.0)])).samples.mean(axis=1)


def centroid_hz(sound: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float((np.fft.rfftfreq(len(sound), 1 / RATE) * power).sum() / power.sum())


def decay_seconds(sound: np.ndarray) -> float:
    """Until all but a thousandth of the energy has gone by."""
    rest = np.cumsum(sound[::-1] ** 2)[::-1]
    return float(np.argmax(rest < 1e-3 * rest[0])) / RATE


@pytest.mark.parametrize(("frames", "sample_rate"), [(24, 16000), (7, 16000), (24, 22050)])
def test_sound_is_as_long_as_the_scene(frames: int, sample_rate: int) -> None:
    scene = make_scene(frames=frames)
    sound = synthesise(scene, make_motion(scene, [blow(scene, 0.1)]), sample_rate)
    assert sound.samples.shape == (round(frames / 12 * sample_rate), 2)
    assert sound.sample_rate == sample_rate


def test_nothing_touching_is_exact_silence() -> None:
    scene = make_scene()
    assert not synthesise(scene, make_motion(scene)).samples.any()


def test_lying_still_is_exact_silence() -> None:
    scene = make_scene()
    assert not synthesise(scene, make_motion(scene, rubbings=[rubbing(scene, 0.01, 0.0)])).samples.any()


@pytest.mark.parametrize("material", list(Material))
@pytest.mark.parametrize("time_seconds", [0.25, 0.7654321])
def test_a_blow_is_heard_from_its_sample_on(material: Material, time_seconds: float) -> None:
    scene = make_scene(material)
    samples = synthesise(scene, make_motion(scene, [blow(scene, time_seconds)])).samples
    start = int(np.ceil(time_seconds * RATE))
    assert not samples[:start].any()
    assert np.abs(samples[start : start + 8]).max() > 1e-3


@pytest.mark.parametrize("size", [0.27, 0.39, 0.54])
def test_materials_differ_in_brightness_and_in_ringing(size: float) -> None:
    sounds = {material: hit(material, size) for material in Material}
    brightness = {material: centroid_hz(sound) for material, sound in sounds.items()}
    ringing = {material: decay_seconds(sound) for material, sound in sounds.items()}
    assert brightness[Material.GLASS] > 1.3 * brightness[Material.METAL]
    assert brightness[Material.METAL] > 1.5 * brightness[Material.WOOD]
    assert brightness[Material.STONE] > 1.5 * brightness[Material.WOOD]
    assert brightness[Material.WOOD] > 2 * brightness[Material.RUBBER]
    assert ringing[Material.METAL] > 1.5 * ringing[Material.GLASS]
    assert ringing[Material.GLASS] > 2 * ringing[Material.WOOD]
    assert ringing[Material.METAL] > 6 * ringing[Material.STONE]
    assert 0.3 < ringing[Material.METAL] < 1.0


@pytest.mark.parametrize("shape", list(Shape))
def test_bigger_bodies_sound_lower(shape: Shape) -> None:
    assert centroid_hz(hit(Material.WOOD, 0.27, shape)) > 1.3 * centroid_hz(hit(Material.WOOD, 0.54, shape))


def test_harder_blows_are_louder() -> None:
    scene = make_scene()
    peaks = [
        np.abs(synthesise(scene, make_motion(scene, [blow(scene, 0.1, speed)])).samples).max() for speed in (0.5, 1, 2)
    ]
    assert peaks[1] > 1.5 * peaks[0]
    assert peaks[2] > 1.5 * peaks[1]


def test_a_cluster_of_contacts_is_one_blow() -> None:
    scene = make_scene()
    whole = blow(scene, 0.1)
    parts = [replace(whole, time_seconds=0.1 + 0.0005 * i, impulse=whole.impulse / 8) for i in range(8)]
    one = synthesise(scene, make_motion(scene, [whole])).samples
    np.testing.assert_allclose(synthesise(scene, make_motion(scene, parts)).samples, one, atol=1e-4)


def test_many_hard_blows_stay_below_one() -> None:
    scene = make_scene(Material.METAL)
    sound = synthesise(scene, make_motion(scene, [blow(scene, 0.01 * i, 20.0) for i in range(50)]))
    assert 0.6 < np.abs(sound.samples).max() <= 1.0
    assert np.isfinite(sound.samples).all()


def test_both_bodies_of_a_collision_sound_where_they_are() -> None:
    left = make_scene(Material.METAL, x=-1.8).bodies[0]
    right = make_scene(Material.GLASS, x=1.8).bodies[0]
    scene = Scene(bodies=(left, right), event=Event.COLLIDE)
    samples = synthesise(scene, make_motion(scene, [blow(scene, 0.2, second=1)])).samples
    assert centroid_hz(samples[:, 1]) > 1.5 * centroid_hz(samples[:, 0])


@pytest.mark.parametrize(("x", "louder"), [(-1.5, 0), (1.5, 1)])
def test_sound_comes_from_where_the_body_is_seen(x: float, louder: int) -> None:
    scene = make_scene(x=x)
    level = np.square(synthesise(scene, make_motion(scene, [blow(scene, 0.1)])).samples).sum(axis=0)
    assert level[louder] > 4 * level[1 - louder]


def test_far_bodies_are_quieter() -> None:
    near = make_scene()
    far = replace(near, bodies=(replace(near.bodies[0], position=(0.0, 12.0, 0.4)),))
    levels = [np.abs(synthesise(s, make_motion(s, [blow(s, 0.1)])).samples).max() for s in (near, far)]
    assert levels[1] < 0.6 * levels[0]


@pytest.mark.parametrize(("slip", "roll"), [(1.0, 1.0), (0.0, 1.0)])
def test_rubbing_is_heard_while_it_lasts_and_grows_with_speed(slip: float, roll: float) -> None:
    scene = make_scene()
    slow, fast = (
        synthesise(scene, make_motion(scene, rubbings=[rubbing(scene, slip * k, roll * k)])).samples for k in (1, 2)
    )
    assert not slow[: RATE // 2].any()
    assert np.square(fast).mean() > 2 * np.square(slow).mean() > 1e-6


def test_sliding_is_brighter_than_rolling() -> None:
    scene = make_scene()
    slide, roll = (
        synthesise(scene, make_motion(scene, rubbings=[rubbing(scene, slip, 1.0)])).samples[:, 0] for slip in (1.0, 0.0)
    )
    assert centroid_hz(slide) > 1.5 * centroid_hz(roll)


def test_the_same_seed_makes_the_same_noise_and_another_seed_another() -> None:
    first, again, other = (
        synthesise(scene, make_motion(scene, rubbings=[rubbing(scene, 1.0, 1.0)])).samples
        for scene in (make_scene(seed=1), make_scene(seed=1), make_scene(seed=2))
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_contact_of_an_unknown_body_is_refused() -> None:
    scene = make_scene()
    with pytest.raises(SceneError, match="there are 1"):
        synthesise(scene, make_motion(scene, [blow(scene, 0.1, second=3)]))
