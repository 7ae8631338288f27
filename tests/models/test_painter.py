import pytest
import torch
import torch.nn.functional as F

from manazir.core import layout as at
from manazir.models.codecs.picture import CELL
from manazir.models.noor import raster
from manazir.models.noor.painter import FINE, Painter
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.palette import BACKDROPS
from manazir.worlds.render import render, render_frames
from manazir.worlds.scene import Event, Shape
from manazir.worlds.solids import FIRST_RAMP

FINE_PIXELS = CELL // FINE
ROD = raster.WIDTH - raster.WAVES - raster.HORIZON - 1


def _raster(layout: torch.Tensor, skies: torch.Tensor, high: int, wide: int) -> torch.Tensor:
    return raster.as_picture(raster.raster(layout, skies, *raster.squares_of(high, wide, layout.device)), high, wide)


def _squares(event: Event, seed: int, width: int = 128, height: int = 128) -> tuple[torch.Tensor, torch.Tensor]:
    """A scene's raster, and what the ray caster draws, both `[t, c, h / 4, w / 4]`."""
    scene, motion = draw(seed, {event: 1.0}, aspect=width / height)
    skies = (torch.tensor(BACKDROPS[scene.backdrop][0]) ** (1 / 2.2) * 2 - 1).expand(scene.frames, 3)
    made = _raster(torch.from_numpy(layout_of(scene, motion)), skies, height // FINE_PIXELS, width // FINE_PIXELS)
    frames = torch.from_numpy(render_frames(scene, motion, width, height)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return made, F.avg_pool2d(frames, FINE_PIXELS)


def test_the_coarse_picture_resembles_what_the_ray_caster_draws() -> None:
    for event, seed, size in ((Event.DROP, 2, (128, 128)), (Event.COLLIDE, 4, (224, 128))):
        made, truth = _squares(event, seed, *size)
        error = (made[:, : raster.COLOURS] - truth).square().mean()
        assert error < 0.6 * (truth - truth.mean((0, 2, 3), keepdim=True)).square().mean()


@pytest.mark.parametrize("shape", list(Shape))
def test_things_cover_the_squares_in_which_they_are_seen(shape: Shape) -> None:
    made, drawn = [], []
    seeds = iter(range(1000))
    while len(made) < 4:
        seed = next(seeds)
        scene, motion = draw(seed, {Event.TOPPLE: 1.0, Event.THROW: 1.0, Event.RAMP: 1.0})
        if scene.bodies[0].shape is shape:
            layout = torch.from_numpy(layout_of(scene, motion))
            made.append(_raster(layout, torch.zeros(scene.frames, 3), 32, 32)[::6, raster.COLOURS])
            owner = torch.from_numpy(render(scene, motion, 128, 128).segmentation[::6])
            drawn.append(((owner >= 0) | (owner == FIRST_RAMP)).float())
    covered, truth = torch.cat(made), F.avg_pool2d(torch.cat(drawn)[:, None], FINE_PIXELS)[:, 0]
    inside, around = truth == 1, truth == 0
    assert (covered[inside] > 0.5).float().mean() > 0.93
    assert (covered[around] < 0.5).float().mean() > 0.99


def test_a_pendulum_hangs_from_its_rod() -> None:
    made, _ = _squares(Event.SWING, 3)
    assert (made[:, ROD].amax((1, 2)) > 0.5).all()
    assert not _squares(Event.DROP, 3)[0][:, ROD].any()


def test_the_ground_has_its_waves_and_the_sky_none() -> None:
    made, _ = _squares(Event.REST, 3)
    waves = made[:, -raster.WAVES :]
    assert waves[:, :, 0].abs().max() < 1e-3
    assert waves[:, :, -1].abs().amax(1).min() > 0.5


def test_a_painter_learns_where_things_are() -> None:
    torch.manual_seed(0)
    made = Painter(12, (8, 8, 8))
    scene, motion = draw(2, {Event.DROP: 1.0})
    layout = torch.from_numpy(layout_of(scene, motion))
    frames = torch.from_numpy(render_frames(scene, motion, 64, 64)).permute(0, 3, 1, 2).float() / 127.5 - 1
    truth = F.pixel_unshuffle(F.avg_pool2d(frames, 8), 2)  # twelve numbers a cell
    adam = torch.optim.Adam(made.parameters(), lr=3e-3)
    losses = []
    for _ in range(60):
        loss = (made(layout, 4, 4) - truth).square().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.1 * losses[0]


def test_noise_and_wide_pictures_stay_finite() -> None:
    noise = 10 * torch.randn(4, at.SLOTS, at.FEATURES)
    assert torch.isfinite(_raster(noise, torch.zeros(4, 3), 16, 32)).all()
    assert Painter(3, (8, 8, 8))(noise, 4, 8).shape == (4, 3, 4, 8)
