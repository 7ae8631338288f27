import torch

from manazir.core import layout as at
from manazir.models.noor.blobs import FINE, WIDTH, blobs
from manazir.worlds.families import draw
from manazir.worlds.layout import layout_of
from manazir.worlds.palette import BACKDROPS
from manazir.worlds.render import render_frames
from manazir.worlds.scene import Event


def _picture(parts: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """`[b, t, n, c]` → `[b, t, 3, h, w]`"""
    b, t = parts.shape[:2]
    x = parts.view(b, t, rows, columns, FINE, FINE, 3).permute(0, 1, 6, 2, 4, 3, 5)
    return x.reshape(b, t, 3, rows * FINE, columns * FINE)


def test_blobs_resemble_what_the_ray_caster_draws() -> None:
    for event, seed, (width, height) in ((Event.DROP, 2, (64, 64)), (Event.COLLIDE, 4, (112, 64))):
        scene, motion = draw(seed, {event: 1.0}, aspect=width / height)
        layout = torch.from_numpy(layout_of(scene, motion))[None]
        horizon = torch.tensor(BACKDROPS[scene.backdrop][0]) ** (1 / 2.2) * 2 - 1
        rows, columns = height // 16, width // 16
        made = _picture(blobs(layout, horizon.expand(1, scene.frames, 3), rows, columns), rows, columns)
        frames = torch.from_numpy(render_frames(scene, motion, width, height)).permute(0, 3, 1, 2).float() / 127.5 - 1
        truth = torch.nn.functional.avg_pool2d(frames, 16 // FINE)
        error = (made[0] - truth).square().mean()
        assert error < 0.5 * (truth - truth.mean((0, 2, 3), keepdim=True)).square().mean()


def test_noise_and_nothing_stay_finite() -> None:
    noise, skies = 10 * torch.randn(1, 4, at.SLOTS, at.FEATURES), torch.zeros(1, 4, 3)
    assert torch.isfinite(blobs(noise, skies, 4, 4)).all()
    assert blobs(noise, skies, 0, 0).shape == (1, 4, 0, WIDTH)
