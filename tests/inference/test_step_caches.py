"""Step caches: what they leave out, what they agree with, and that requests do not disturb each other."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from diffusers.hooks import (
    FirstBlockCacheConfig,
    MagCacheConfig,
    apply_first_block_cache,
    apply_mag_cache,
)
from torch import Tensor

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.wan import wan_shape, wan_weights
from manazir.core.errors import CheckpointError, ShapeError, UnsupportedError
from manazir.diffusion.schedules import unipc_timesteps
from manazir.inference.wan.denoising import Expert, Request, boundary_timestep, denoise
from manazir.inference.wan.magnitudes import load_magnitudes, measure_magnitudes, save_magnitudes
from manazir.inference.wan.sampling import WanSampling
from manazir.models.ltx.documents import Document as LtxDocument
from manazir.models.ltx.documents import Track
from manazir.models.ltx.shape import LtxShape
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.packing import Document
from manazir.models.sharing import Share
from manazir.models.step_cache import FirstBlockCache, MagCache, Memory, Report, StepCache, TeaCache
from manazir.models.wan.transformer import WanTransformer

STEPS, SHIFT, SCALE, LAYERS = 12, 3.0, 2.5, 3
RATIOS = (1.0, 1.2, 1.1, 0.98, 1.02, 0.99, 1.01, 0.97, 1.0, 0.99, 0.95, 0.9)
CACHES: dict[str, StepCache] = {
    "first block": FirstBlockCache(threshold=0.3),
    "tea": TeaCache(threshold=0.4),
    "magnitudes": MagCache(threshold=0.15, ratios=RATIOS, warm_up=0.2, longest=3),
}


def _pair(seed: int = 0) -> tuple[Any, WanTransformer]:
    """Blocks' own part is small, so that steps are alike as a taught network's are."""
    torch.manual_seed(seed)
    theirs = WanTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=4,
        out_channels=4,
        text_dim=10,
        freq_dim=16,
        ffn_dim=32,
        num_layers=LAYERS,
        rope_max_seq_len=32,
    ).eval()
    for name, weight in theirs.named_parameters():
        small = 0.3 if weight.ndim < 2 or "time" in name else 1.0
        torch.nn.init.normal_(weight, std=small if weight.ndim < 2 else small * weight[0].numel() ** -0.5)
    ours = WanTransformer(wan_shape(dict(theirs.config))).eval()
    fill(ours, wan_weights(theirs.state_dict()), "a tiny Wan")
    return theirs, ours


def _words() -> Tensor:
    """Of one word each, said over and over, so that branches of guidance differ much."""
    return torch.randn(2, 1, 10, generator=torch.Generator().manual_seed(3)).repeat(1, 512, 1)


def _request(seed: int = 4, size: tuple[int, int, int] = (3, 4, 6)) -> Request:
    noise = torch.randn(4, *size, generator=torch.Generator().manual_seed(seed))
    return Request(noise=noise, words=_words()[0], unwanted=_words()[1])


def _sampling(cache: StepCache | None) -> WanSampling:
    return WanSampling(steps=STEPS, shift=SHIFT, cache=cache)


def _opens(transformer: WanTransformer) -> Callable[[], WanTransformer]:
    return lambda: transformer


def _made(experts: Sequence[Expert], cache: StepCache | None, request: Request | None = None) -> tuple[Tensor, Any]:
    steps = denoise(experts, request or _request(), _sampling(cache))
    latents = None
    while True:
        try:
            latents = next(steps)
        except StopIteration as end:
            assert latents is not None
            return latents, end.value


def _error(made: Tensor, true: Tensor) -> float:
    return float((made - true).norm() / true.norm())


def _theirs(transformer: Any) -> Tensor:
    vae = AutoencoderKLWan(base_dim=8, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1)
    scheduler = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=SHIFT)
    pipeline = WanPipeline(tokenizer=None, text_encoder=None, vae=vae, scheduler=scheduler, transformer=transformer)
    pipeline.set_progress_bar_config(disable=True)
    made: Tensor = pipeline(
        prompt_embeds=_words()[:1],
        negative_prompt_embeds=_words()[1:],
        height=32,
        width=48,
        num_frames=9,
        num_inference_steps=STEPS,
        guidance_scale=SCALE,
        latents=_request().noise[None],
        output_type="latent",
    ).frames
    return made[0]


@pytest.mark.parametrize("threshold", [0.025, 0.05, 0.2])
def test_a_first_block_cache_is_diffusers(threshold: float) -> None:
    """At 0.05 one branch of guidance leaves blocks out and the other does not, in seven steps of twelve."""
    theirs, ours = _pair()
    apply_first_block_cache(theirs, FirstBlockCacheConfig(threshold=threshold))
    made, report = _made([Expert(lambda: ours, SCALE)], FirstBlockCache(threshold=threshold))
    assert 0 < report.skipped < (LAYERS - 1) * 2 * (STEPS - 1)
    assert _error(made, _theirs(theirs)) < 1e-5


@pytest.mark.parametrize(("threshold", "longest", "warm_up"), [(0.05, 3, 0.2), (0.3, 2, 0.0), (0.5, 5, 0.4)])
def test_a_magnitude_cache_is_diffusers(threshold: float, longest: int, warm_up: float) -> None:
    theirs, ours = _pair()
    their_config = MagCacheConfig(
        threshold=threshold,
        max_skip_steps=longest,
        retention_ratio=warm_up,
        num_inference_steps=STEPS,
        mag_ratios=list(RATIOS[::2]),
    )
    apply_mag_cache(theirs, their_config)
    cache = MagCache(threshold=threshold, ratios=RATIOS[::2], longest=longest, warm_up=warm_up)
    made, report = _made([Expert(lambda: ours, SCALE)], cache)
    assert report.skipped > 0
    assert _error(made, _theirs(theirs)) < 1e-5


def test_measured_ratios_are_diffusers(capsys: pytest.CaptureFixture[str]) -> None:
    """diffusers prints them, branch by branch."""
    theirs, ours = _pair()
    apply_mag_cache(theirs, MagCacheConfig(calibrate=True, num_inference_steps=STEPS))
    _theirs(theirs)
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("[1.0")]
    true = torch.tensor(printed).mean(0)
    made = measure_magnitudes("tiny", [Expert(lambda: ours, SCALE)], _request(), _sampling(None))
    assert len(printed) == 2
    torch.testing.assert_close(torch.tensor(made.ratios), true, atol=1e-5, rtol=1e-5)


def test_magnitudes_are_kept_in_a_file(tmp_path: Path) -> None:
    experts = [Expert(_opens(_pair()[1]), SCALE, boundary_timestep(0.9)), Expert(_opens(_pair(1)[1]), SCALE)]
    made = measure_magnitudes("tiny", experts, _request(), _sampling(None))
    save_magnitudes(made, tmp_path / "tiny.json")
    assert load_magnitudes(tmp_path / "tiny.json") == made
    assert len(made.ratios) == STEPS
    assert made.ratios.count(1.0) == 2  # each expert begins anew
    (tmp_path / "tiny.json").write_text("{}")
    with pytest.raises(CheckpointError, match="measure them again"):
        load_magnitudes(tmp_path / "tiny.json")


@pytest.mark.parametrize("name", CACHES)
def test_a_threshold_of_zero_changes_no_bit(name: str) -> None:
    experts = [Expert(_opens(_pair()[1]), SCALE)]
    true, nothing = _made(experts, None)
    made, report = _made(experts, replace(CACHES[name], threshold=0.0))
    assert torch.equal(made, true)
    assert nothing is None
    assert report == Report(computed=2 * STEPS * LAYERS, skipped=0)


@pytest.mark.parametrize("name", CACHES)
def test_more_is_left_out_and_the_error_grows_with_the_threshold(name: str) -> None:
    experts = [Expert(_opens(_pair()[1]), SCALE)]
    true, _ = _made(experts, None)
    made = [_made(experts, replace(CACHES[name], threshold=threshold)) for threshold in (0.03, 0.2, 1.5)]
    errors, computed = [_error(latents, true) for latents, _ in made], [report.computed for _, report in made]
    assert errors == sorted(errors)
    assert errors[0] < errors[2] / 2
    assert computed[0] > computed[1] > computed[2]
    assert all(report.computed + report.skipped == 2 * STEPS * LAYERS for _, report in made)


def test_no_step_leaves_blocks_out_where_none_may() -> None:
    experts = [Expert(_opens(_pair()[1]), SCALE)]
    ends = TeaCache(threshold=1e9, warm_up=0.25, cool_down=0.25)
    assert _made(experts, ends)[1] == Report(computed=2 * LAYERS * STEPS // 2, skipped=2 * LAYERS * STEPS // 2)
    runs = TeaCache(threshold=1e9, longest=2)
    assert _made(experts, runs)[1] == Report(computed=2 * LAYERS * STEPS // 3, skipped=2 * LAYERS * STEPS * 2 // 3)
    never = TeaCache(threshold=0.4, rescale=(1e9,))
    assert _made(experts, never)[1].skipped == 0


@pytest.mark.parametrize("name", CACHES)
def test_interleaved_requests_are_as_if_made_one_after_the_other(name: str) -> None:
    experts = [Expert(_opens(_pair()[1]), SCALE)]
    requests = [_request(4), replace(_request(7, (2, 4, 4)), words=0.5 * _words()[1])]
    alone = [_made(experts, CACHES[name], request) for request in requests]
    steps = [denoise(experts, request, _sampling(CACHES[name])) for request in requests]
    both = list(zip(*steps, strict=True))
    for latents, (made, report) in zip(both[-1], alone, strict=True):
        assert report.skipped > 0
        assert torch.equal(latents, made)


@pytest.mark.parametrize("name", CACHES)
def test_each_expert_begins_anew(name: str) -> None:
    """As if a request had ended, and another gone on with the steps that are left."""
    high, low = _pair()[1], _pair(1)[1]
    experts = [Expert(lambda: high, SCALE, boundary_timestep(0.8)), Expert(lambda: low, 1.0)]
    most = replace(CACHES[name], threshold=1e9, warm_up=0.0, longest=None)
    _, report = _made(experts, most)
    lead, high_steps = most.lead, sum(timestep >= 800 for timestep in unipc_timesteps(STEPS, SHIFT))
    assert 1 < high_steps < STEPS - 1
    left_out = 2 * (high_steps - 1) + STEPS - high_steps - 1
    assert report.skipped == left_out * (LAYERS - lead)
    assert report.computed == (2 * high_steps + STEPS - high_steps) * LAYERS - report.skipped


def _walk(memories: Sequence[Memory | None], model: WanTransformer, which: Sequence[int]) -> list[list[Tensor]]:
    """Some of four documents of several sizes, whose noise falls at several speeds, step by step in one pass each."""
    torch.manual_seed(5)
    sizes, speeds = [(3, 4, 6), (3, 4, 6), (1, 4, 2), (2, 2, 4)], [0.1, 0.9, 0.02, 0.3]
    starts, ends = ([torch.randn(4, *size) for size in sizes] for _ in range(2))
    read = [model.read(torch.randn(5, 10)) for _ in sizes]
    made = []
    for step in range(6):
        shares = [speed * step / 6 for speed in speeds]
        documents = [
            Document(
                torch.lerp(starts[n], ends[n], shares[n]),
                torch.full(sizes[n][:1], 900.0 - 900 * shares[n]),
                read[n],
                memory=memories[n],
                is_kept=n == 3 and step == 3,
            )
            for n in which
        ]
        made.append([predicted.velocity for predicted in model(documents)])
    return made


@torch.no_grad()
def test_documents_of_one_pass_leave_blocks_out_each_for_itself() -> None:
    """What is made of a document does not depend on the others, though some skip where others do not."""
    model = _pair()[1]
    caches = [FirstBlockCache(threshold=0.05), FirstBlockCache(threshold=0.05), TeaCache(threshold=0.03), None]
    for all_caches in (caches, [*caches[:3], CACHES["magnitudes"]]):
        together, alone = ([None if cache is None else cache.begin(6) for cache in all_caches] for _ in range(2))
        packed = _walk(together, model, range(4))
        lone = [_walk(alone, model, [n]) for n in range(4)]
        for step, velocities in enumerate(packed):
            for n, velocity in enumerate(velocities):
                assert _error(velocity, lone[n][step][0]) < 1e-5
        assert [one and one.report for one in together] == [one and one.report for one in alone]
        reports = [one.report for one in together if one is not None]
        assert len(set(reports)) == len(reports)


@torch.no_grad()
def test_what_is_kept_is_computed() -> None:
    model, read = _pair()[1], _pair()[1].read(_words()[0])
    memory = TeaCache(threshold=1e9).begin(3)
    document = Document(_request().noise, torch.full((3,), 900.0), read, memory=memory)
    first = model([document])[0]
    kept = model([replace(document, is_kept=True)])[0]
    assert memory.report.skipped == 0
    assert kept.keys_values is not None
    assert len(kept.keys_values) == LAYERS
    assert torch.equal(first.velocity, kept.velocity)
    model([document])
    assert memory.report == Report(computed=2 * LAYERS, skipped=LAYERS)


@torch.no_grad()
def test_memories_are_not_shared_nor_used_again() -> None:
    model = _pair()[1]
    read = model.read(_words()[0])
    memory = TeaCache(threshold=0.1).begin(2)
    document = Document(_request().noise, torch.full((3,), 900.0), read, memory=memory)
    with pytest.raises(ShapeError, match="begin one for each, branches of guidance too"):
        model([document, document])
    model([document])
    with pytest.raises(ShapeError, match=r"a memory of \[18\] tokens for a document of \[12\]"):
        model([replace(document, latents=document.latents[:, :2], timesteps=document.timesteps[:2])])
    model([document])
    with pytest.raises(ShapeError, match="a memory of 2 steps is asked for one more"):
        model([document])
    with pytest.raises(ShapeError, match="give a threshold of 0 or more"):
        FirstBlockCache(threshold=-0.1)
    with pytest.raises(ShapeError, match="in 0 steps in a row; give 1 or more"):
        FirstBlockCache(threshold=0.1, longest=0)
    with pytest.raises(ShapeError, match="MagCache without ratios"):
        MagCache(threshold=0.1, ratios=())


def _ltx_documents(model: LtxTransformer, step: int, memories: Sequence[Memory | None]) -> list[LtxDocument]:
    """Video with sound that changes fast, sound alone that hardly does, video alone."""
    torch.manual_seed(6)
    documents = []
    for n, (speed, memory) in enumerate(zip((0.5, 0.02, 0.1), memories, strict=True)):
        share = speed * step / 6
        level = 900 - 900 * share
        video, sound = (torch.lerp(torch.randn(size), torch.randn(size), share) for size in ((5, 2, 2, 3), (2, 4, 3)))
        tracks: dict[str, Any] = {}
        words = torch.randn(2, 6, 10)
        if n != 1:
            times = model.shape.video_times(2, 24.0)
            tracks["video"] = Track(video, torch.full((2,), level), times, model.read_video(words[0]))
        if n != 2:
            tracks["sound"] = Track(
                sound, torch.full((4,), level), model.shape.sound_times(4), model.read_sound(words[1])
            )
        documents.append(LtxDocument(**tracks, memory=memory))
    return documents


def _ltx_walk(model: LtxTransformer, memories: Sequence[Memory | None], which: Sequence[int]) -> list[list[Tensor]]:
    made = []
    for step in range(6):
        documents = _ltx_documents(model, step, memories)
        predicted = model([documents[n] for n in which])
        made.append([track.velocity for one in predicted for track in (one.video, one.sound) if track is not None])
    return made


@pytest.mark.parametrize("name", CACHES)
@torch.no_grad()
def test_ltx_leaves_blocks_out_of_video_and_sound_together(name: str) -> None:
    torch.manual_seed(0)
    shape = LtxShape(
        heads=2, head_width=12, sound_head_width=6, channels=5, sound_channels=6, layers=LAYERS, text_width=10
    )
    model = LtxTransformer(shape).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.1 if weight.ndim < 2 else 0.5 * weight[0].numel() ** -0.5)
    true = _ltx_walk(model, [None] * 3, range(3))
    exact = _ltx_walk(model, [replace(CACHES[name], threshold=0.0).begin(6) for _ in range(3)], range(3))
    assert all(torch.equal(one, two) for a, b in zip(true, exact, strict=True) for one, two in zip(a, b, strict=True))
    together, alone = ([replace(CACHES[name], threshold=0.03).begin(6) for _ in range(3)] for _ in range(2))
    packed = _ltx_walk(model, together, range(3))
    lone = [_ltx_walk(model, alone, [n]) for n in range(3)]
    for step, velocities in enumerate(packed):
        for made, own in zip(velocities, [track for walk in lone for track in walk[step]], strict=True):
            assert _error(made, own) < 1e-5
    assert [one.report for one in together] == [one.report for one in alone]
    assert all(one.report.computed + one.report.skipped == 6 * LAYERS for one in together)
    assert together[1].report.skipped > 0


@torch.no_grad()
def test_tokens_that_are_shared_among_devices_are_not_decided_on() -> None:
    model = _pair()[1]
    memory = TeaCache(threshold=0.1).begin(2)
    document = Document(_request().noise, torch.full((3,), 900.0), model.read(_words()[0]), memory=memory)
    with pytest.raises(UnsupportedError, match="share branches or weights among devices, not tokens"):
        model([document], sharing=lambda tokens: Share((tokens // 2, tokens - tokens // 2)))


def test_each_window_of_a_long_film_remembers_for_itself() -> None:
    ours = _pair()[1]
    request = replace(_request(), noise=torch.randn(4, 6, 4, 6, generator=torch.Generator().manual_seed(1)))

    def film(cache: StepCache | None) -> tuple[Tensor, Any]:
        sampling = replace(_sampling(cache), window=3, overlap=1)
        steps = denoise([Expert(lambda: ours, SCALE)], request, sampling)
        while True:
            try:
                latents = next(steps)
            except StopIteration as end:
                return latents, end.value

    (off, _), (never, none), (cached, some) = film(None), film(TeaCache(threshold=0.0)), film(TeaCache(threshold=0.2))
    assert torch.equal(off, never)
    windows = none.computed // (STEPS * LAYERS * 2)
    assert (windows, none.skipped) == (3, 0)
    assert some.skipped > 0
    assert 0 < _error(cached, off) < 0.2
