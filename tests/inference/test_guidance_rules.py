"""Wan's guidance beyond the plain one, and LTX-2's own kinds: as diffusers' guiders make it, and as asked for."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import WanTransformer3DModel
from diffusers.guiders import SkipLayerGuidance
from diffusers.hooks.layer_skip import LayerSkipConfig, apply_layer_skip
from tests.devices.networks import error, vace, wan, wan_documents
from tests.open_ltx import save_tiny_ltx
from tests.open_weights import save_tiny_wan
from tests.random_weights import randomised

import manazir
from manazir.checkpoints.bundle import fill
from manazir.checkpoints.wan import wan_shape, wan_weights
from manazir.cli.main import main
from manazir.core.canvas import Canvas
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.diffusion.guidance import classifier_free
from manazir.diffusion.noising import clean_from_velocity
from manazir.inference.engine import Settings
from manazir.inference.ltx.sampling import Guidance, LtxSampling, with_choices
from manazir.inference.wan.denoising import Expert, Request, denoise
from manazir.inference.wan.rules import APG, Apg, Guiding, SkipLayers, parse_rule
from manazir.inference.wan.sampling import WanSampling
from manazir.models.packing import Document
from manazir.models.wan.transformer import WanTransformer

Said = pytest.CaptureFixture[str]
CANVAS = Canvas(prompt="a red ball", width=64, height=64, duration_seconds=0.4, seed=1)


@torch.no_grad()
def test_a_document_that_passes_blocks_by_is_diffusers_with_those_layers_skipped() -> None:
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"num_attention_heads": 2, "attention_head_dim": 12, "in_channels": 4, "out_channels": 4}
    sizes |= {"text_dim": 10, "freq_dim": 16, "ffn_dim": 32, "num_layers": 3, "rope_max_seq_len": 32}
    theirs = randomised(WanTransformer3DModel(**sizes)).eval()
    ours = WanTransformer(wan_shape(dict(theirs.config)))
    fill(ours, wan_weights(theirs.state_dict()), "a test")
    latents, words = torch.randn(4, 2, 4, 6), torch.randn(5, 10)
    apply_layer_skip(theirs, LayerSkipConfig([0, 2], fqn="blocks"))
    true = theirs(latents[None], torch.tensor([300.0]), words[None], return_dict=False)[0][0]
    document = Document(latents, torch.full((2,), 300.0), ours.read(words))
    whole, passing = ours([document, replace(document, passed_layers=frozenset({0, 2}))])
    assert error(passing.velocity, true) < 1e-5
    assert error(whole.velocity, true) > 0.01


@torch.no_grad()
@pytest.mark.parametrize("make", [wan, vace])
def test_others_in_a_pass_do_not_notice(make: Any) -> None:
    model = make()
    documents = wan_documents(model)
    alone = model(documents)
    made = model([documents[0], replace(documents[1], passed_layers=frozenset({1})), documents[2]])
    assert error(made[0].velocity, alone[0].velocity) < 1e-6
    assert error(made[2].velocity, alone[2].velocity) < 1e-6
    assert error(made[1].velocity, alone[1].velocity) > 1e-3


@pytest.mark.parametrize("rescale", [0.0, 0.6])
@pytest.mark.parametrize("step", range(8))
def test_skip_layer_guidance_acts_when_and_how_diffusers_does(step: int, rescale: float) -> None:
    torch.manual_seed(1)
    wanted, unwanted, skipping, noisy = torch.randn(4, 4, 3, 2, 2).unbind()
    guider = SkipLayerGuidance(5.0, 2.8, 0.1, 0.6, [0], guidance_rescale=rescale)
    guider.set_state(step, 8, torch.tensor(0))
    acts = SkipLayers(layers=frozenset({0}), span=(0.1, 0.6)).acts(step, 8)
    assert acts == guider._is_slg_enabled()
    given: dict[Any, Any] = {"wanted": wanted, "unwanted": unwanted} | ({"skipping": skipping} if acts else {})
    ours = Guiding("classifier-free", 5.0, 2.8, rescale).together(given, noisy, 0.7)
    theirs = guider.forward(wanted[None], unwanted[None], skipping[None]).pred[0]
    assert error(ours, theirs) < 1e-5


def test_apg_keeps_nothing_along_the_prediction_and_remembers_what_it_was_asked_to() -> None:
    torch.manual_seed(2)
    wanted, unwanted, noisy = torch.randn(3, 4, 3, 2, 2).unbind()
    given: dict[Any, Any] = {"wanted": wanted, "unwanted": unwanted}
    plain = classifier_free(wanted, unwanted, 4.0)
    assert error(Guiding(Apg(eta=1.0), 4.0).together(given, noisy, 0.8), plain) < 1e-5
    guided = Guiding(Apg(), 4.0).together(given, noisy, 0.8)
    clean, moved = clean_from_velocity(noisy, wanted, 0.8), clean_from_velocity(noisy, guided, 0.8)
    assert abs(float(((moved - clean) * clean).sum())) < 1e-3
    assert error(guided, plain) > 0.01
    slow = Guiding(Apg(eta=1.0, momentum=-0.5), 4.0)
    assert error(slow.together(given, noisy, 0.8), plain) < 1e-5
    second = slow.together(given, noisy, 0.8)  # the same difference again: half of it is taken back
    assert error(second, classifier_free(wanted, unwanted, 1 + 3.0 / 2)) < 1e-5
    short = Guiding(Apg(eta=1.0, norm=0.5), 4.0).together(given, noisy, 0.8)
    far = clean_from_velocity(noisy, short, 0.8) - clean
    assert abs(float(far.norm()) - 3 * 0.5) < 1e-3


def test_known_frames_have_no_say_in_apg() -> None:
    torch.manual_seed(3)
    wanted, unwanted, noisy = torch.randn(3, 4, 3, 2, 2).unbind()
    is_made = torch.tensor([0.0, 1.0, 1.0])
    one = Guiding(Apg(norm=1.0), 4.0).together({"wanted": wanted, "unwanted": unwanted}, noisy, 0.8, is_made)
    other = unwanted.clone()
    other[:, 0] = 9.0
    two = Guiding(Apg(norm=1.0), 4.0).together({"wanted": wanted, "unwanted": other}, noisy, 0.8, is_made)
    torch.testing.assert_close(one, two)


def test_a_walk_asks_for_the_weaker_prediction_only_where_it_counts() -> None:
    torch.manual_seed(4)
    network = wan(channels_in=4)
    request = Request(noise=torch.randn(4, 3, 6, 2), words=torch.randn(5, 10), unwanted=torch.randn(5, 10))
    counts: list[int] = []
    network.register_forward_pre_hook(lambda _module, inputs: counts.append(len(inputs[0])))
    skip = SkipLayers(layers=frozenset({1}), span=(0.0, 0.6))
    *_, made = denoise([Expert(lambda: network, 3.0)], request, WanSampling(steps=6, skip=skip))
    assert counts == [2, 3, 3, 2, 2, 2]
    *_, plain = denoise([Expert(lambda: network, 3.0)], request, WanSampling(steps=6))
    assert error(made, plain) > 1e-3


@pytest.mark.parametrize("text", ["apg:", "apg:eta", "apg:eta=x", "apg:beta=1", "nope", "zero-star:eta=1", ""])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError, match="no guidance rule"):
        parse_rule(text)


def test_numbers_of_rules_out_of_range_are_refused() -> None:
    assert parse_rule(APG) == Apg()
    with pytest.raises(ShapeError, match="eta is 0 to 1"):
        parse_rule("apg:eta=2")
    for wrong in ({"skip_layers": ()}, {"skip_layer_span": (0.5, 0.2)}, {"guidance_rescale": 2.0}):
        with pytest.raises(ShapeError):
            Settings(**wrong)


def test_ltx2s_own_kinds_are_set_for_video_and_sound() -> None:
    usual = LtxSampling(sigmas=(1.0, 0.0), video=Guidance(guidance_scale=3.0), sound=Guidance(guidance_scale=7.0))
    assert with_choices(usual, Settings(), 4).video == usual.video
    chosen = Settings(skip_layer_scale=0.5, modality_scale=2.0, guidance_rescale=0.3, sound_guidance_scale=4.0)
    made = with_choices(usual, replace(chosen, skip_layers=(1, 2)), 4)
    own = {"stg_scale": 0.5, "modality_scale": 2.0, "guidance_rescale": 0.3}
    assert made.video == Guidance(guidance_scale=3.0, **own)
    assert made.sound == Guidance(guidance_scale=4.0, **own)
    assert made.blind_layers == {1, 2}
    with pytest.raises(ShapeError, match="layer 4 is to be skipped, and there are 0 to 3"):
        with_choices(usual, Settings(skip_layers=(4,)), 4)


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    assert main(["models", "import", str(save_tiny_wan(tmp_path / "wan")), "--name", "tiny"]) == 0
    assert main(["models", "import", str(save_tiny_ltx(tmp_path / "ltx")), "--name", "tiny-ltx"]) == 0
    return tmp_path


def test_options_and_the_library_call_say_the_same(brought: Path, capsys: Said) -> None:
    small = ["--size", "64x64", "--seconds", "0.4", "--seed", "1", "--json"]
    wan_options = ["--guidance-rule", "apg:eta=0.2", "--skip-layers", "1", "--skip-layer-span", "0-1"]
    wan_options += ["--guidance-rescale", "0.5", "--steps", "3"]
    assert main(["generate", "a red ball", "--model", "tiny", *small, *wan_options]) == 0
    said = capsys.readouterr().out
    told = json.loads(said[said.index("{") :])["settings"]
    asked = {"guidance_rule": "apg:eta=0.2", "skip_layers": [1], "skip_layer_span": [0, 1], "guidance_rescale": 0.5}
    assert asked.items() <= told.items()
    settings = Settings(
        steps=3, guidance_rule="apg:eta=0.2", skip_layers=(1,), skip_layer_span=(0.0, 1.0), guidance_rescale=0.5
    )
    made = manazir.take(CANVAS, model="tiny", settings=settings)
    assert json.loads(json.dumps(made.take.settings)) == told
    plain = manazir.generate(CANVAS, model="tiny", settings=Settings(steps=3))
    assert (made.clip.frames != plain.frames).any()
    ltx_options = ["--modality-scale", "2", "--skip-layer-scale", "0.5", "--skip-layers", "0", "--steps", "1"]
    assert main(["generate", "x", "--model", "tiny-ltx", *small, *ltx_options, "--sound-guidance", "2"]) == 0
    told = json.loads(capsys.readouterr().out)["settings"]
    names = ("modality_scale", "skip_layer_scale", "skip_layers", "sound_guidance_scale")
    assert [told[name] for name in names] == [2.0, 0.5, [0], 2.0]


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("tiny", ["--modality-scale", "2"], "tiny takes no modality scale; leave it out"),
        ("tiny", ["--skip-layers", "7"], "layer 7 is to be skipped, and tiny has 0 to 1"),
        ("tiny", ["--skip-layers", "x"], "the layers are 'x'"),
        ("tiny", ["--skip-layer-span", "1"], "the span is '1'"),
        ("tiny-ltx", ["--guidance-rule", "apg"], "tiny-ltx takes no guidance rule"),
        ("tiny-ltx", ["--skip-layer-span", "0-1"], "tiny-ltx takes no skip layer span"),
        ("noor-nano", ["--skip-layers", "1"], "noor-nano takes no skip layers"),
    ],
)
def test_what_a_model_does_not_take_is_refused_by_name(
    brought: Path, capsys: Said, model: str, options: list[str], message: str
) -> None:
    assert main(["generate", "x", "--model", model, *options]) == 2
    assert message in capsys.readouterr().err
