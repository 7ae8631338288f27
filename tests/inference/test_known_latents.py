import numpy as np
import pytest
import torch

from manazir.core.canvas import Canvas, Extension, Keyframe
from manazir.inference.film_plan import make_film_plan
from manazir.inference.known_latents import known_latents, video_of
from manazir.inference.makes import Makes
from manazir.media.clip import Clip
from manazir.models.codecs.wan_vae import WanVae
from manazir.models.codecs.wan_vae_shape import WanVaeShape

MAKES = Makes(
    name="tiny",
    sizes=((16, 16),),
    multiple=16,
    frames_per_latent=4,
    frame_rate=8.0,
    frames=17,
    longest_seconds=20.0,
    holds_pictures=True,
)
CPU = torch.device("cpu")
PICTURES = np.random.default_rng(0).integers(0, 256, (9, 16, 16, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def vae() -> WanVae:
    torch.manual_seed(0)
    shape = WanVaeShape(
        width=4,
        decoder_width=4,
        multipliers=(1, 1, 1, 1),
        blocks=1,
        latent_channels=4,
        latents_mean=(0.0,) * 4,
        latents_std=(1.0,) * 4,
    )
    return WanVae(shape).eval()


def test_where_nothing_is_known_there_are_no_latents(vae: WanVae) -> None:
    plan = make_film_plan(Canvas(prompt="x"), MAKES)
    assert known_latents(plan, vae, 4, CPU) is None
    assert not video_of(plan, CPU).any()


@torch.no_grad()
def test_a_clip_to_go_on_from_is_encoded_as_it_is(vae: WanVae) -> None:
    plan = make_film_plan(Canvas(extension=Extension(clip=Clip(PICTURES, 8.0)), duration_seconds=1.0), MAKES)
    found = known_latents(plan, vae, 4, CPU)
    assert found is not None
    assert found[1].tolist() == [True] * 3 + [False] * 2
    torch.testing.assert_close(found[0][:, :3], vae.encode(video_of(plan, CPU)[None, :, :9])[0])
    assert not found[0][:, 3:].any()


@torch.no_grad()
def test_a_picture_later_on_is_encoded_as_what_stands_still(vae: WanVae) -> None:
    keys = (Keyframe(image=PICTURES[0], at_seconds=0.0), Keyframe(image=PICTURES[1], at_seconds=1.0))
    plan = make_film_plan(Canvas(keyframes=keys, duration_seconds=13 / 8), MAKES)
    found = known_latents(plan, vae, 4, CPU)
    assert found is not None
    assert found[1].tolist() == [True, False, True, False]
    still = video_of(plan, CPU)[:, 8:9].repeat(1, 5, 1, 1)
    torch.testing.assert_close(found[0][:, 2], vae.encode(still[None])[0, :, 1])
    torch.testing.assert_close(found[0][:, 0], vae.encode(video_of(plan, CPU)[None, :, :1])[0, :, 0])
