"""The engine on a GPU without a network, in one call within ten minutes: Wans of full size, of random weights.

    PYTHONPATH=src:cache/site python3 benchmarks/engine_gpu.py --minutes 9 --out $OUT      # on the GPU
    PYTHONPATH=src:cache/site python3 benchmarks/engine_gpu.py --only machine,1.3B --out $OUT
    python benchmarks/engine_gpu.py --rehearse --out /tmp/out                              # tiny, on a CPU

First what the chip does in large products of matrices and in copies; then Wan 2.1 1.3B (832x480, 81 frames) by the
backends of attention, the best one compiled; decoding; a request of four steps without guidance, from words to frames
on the host; Wan 2.2 5B (1280x704, 121 frames); diffusers beside each, plain and compiled; and last FlexAttention. What
cannot be measured is written down with its reason, and after every stage the report is whole: OUT/engine-gpu.json.
"""

import time

BEGAN = time.monotonic()

import argparse  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import torch  # noqa: E402
from torch import Tensor  # noqa: E402

import gpu_models as models  # noqa: E402
from gpu_report import Report, aims, table  # noqa: E402
from manazir.devices.float8 import narrow  # noqa: E402
from manazir.inference.compiling import compile_blocks  # noqa: E402
from manazir.inference.counting import count  # noqa: E402
from manazir.inference.wan.denoising import Expert, Request, denoise  # noqa: E402
from manazir.inference.wan.sampling import WanSampling  # noqa: E402
from manazir.models.codecs.wan_vae import WanVae  # noqa: E402
from manazir.models.packing import Document  # noqa: E402
from manazir.models.wan.transformer import WanTransformer  # noqa: E402
from provenance import provenance  # noqa: E402

RESULTS = Path(__file__).parent / "results"
BACKENDS = ("sdpa", "cudnn", "flash")
GROUPS = ("machine", "1.3B", "decoding", "request", "5B", "flex", "float8")
STEPS = 4


def main() -> None:
    options = _options()
    device = torch.device("cpu" if options.rehearse else "cuda")
    if device.type == "cuda" and not torch.cuda.is_available():
        sys.exit("no GPU is visible to torch; --rehearse runs tiny sizes on a CPU")
    torch.set_grad_enabled(False)
    options.out.mkdir(parents=True, exist_ok=True)
    has_diffusers = find_spec("diffusers") is not None
    facts: dict[str, Any] = {
        **provenance(),
        "gpu": torch.cuda.get_device_name() if device.type == "cuda" else None,
        "diffusers": has_diffusers,
        "is_rehearsal": options.rehearse,
    }
    report = Report(options.out / "engine-gpu.json", device, BEGAN + 60 * options.minutes, facts)
    bench = Bench(report, device, has_diffusers, options.rehearse)
    for group in options.only:
        GROUP_WORK[group](bench)
    facts["aims"] = aims(report.rows)
    report.write()
    print(table(facts["aims"]))


class Bench:
    """What the groups of stages share: networks that were made, and which way was the fastest."""

    def __init__(self, report: Report, device: torch.device, has_diffusers: bool, is_rehearsal: bool) -> None:
        self.report, self.device, self.has_diffusers, self.is_rehearsal = report, device, has_diffusers, is_rehearsal
        self.small = models.TINY_1_3B if is_rehearsal else models.WAN_1_3B
        self.large = models.TINY_5B if is_rehearsal else models.WAN_5B
        self.compiler: dict[str, Any] = {"backend": "eager"} if is_rehearsal else {}
        self.ours: WanTransformer | None = None
        self.theirs: Any = None
        self.vae: WanVae | None = None
        self.their_vae: Any = None
        self.backend = "sdpa"
        self.at_once = 1
        self.flop = 0
        """Of what is measured now."""

    def machine(self) -> None:
        """What the chip can do."""
        rates: dict[str, float] = {}
        self.report.facts["tflop_per_second"] = rates
        for dtype in (torch.bfloat16, torch.float32):
            self.report.stage("machine", f"products, {str(dtype)[6:]}", 20, lambda d=dtype: self._products(d, rates))
        self.report.stage("machine", "products, float8", 20, lambda: self._products(torch.float8_e4m3fn, rates))
        self.report.stage("machine", "copies", 20, self._copies)

    def _products(self, dtype: torch.dtype, rates: dict[str, float]) -> dict[str, Any]:
        side = 256 if self.is_rehearsal else 8192
        a, b = torch.randn(2, side, side, device=self.device).to(dtype).unbind()
        if dtype is torch.float8_e4m3fn:
            scale, column = torch.ones(side, 1, device=self.device), b.t()
            work = lambda: torch._scaled_mm(a, column, scale, scale.t(), out_dtype=torch.bfloat16)  # noqa: E731
        else:
            work = lambda: a @ b  # noqa: E731
        told = self.report.timed(work, runs=10)
        rates[str(dtype)[6:]] = round(2 * side**3 / told["seconds"] / 1e12, 2) if told["seconds"] else 0.01
        return {"tflop_per_second": rates[str(dtype)[6:]]}

    def _copies(self) -> dict[str, Any]:
        size = 1 << 20 if self.is_rehearsal else 8 << 30
        source, target = (torch.zeros(size, dtype=torch.uint8, device=self.device) for _ in range(2))
        told = self.report.timed(lambda: target.copy_(source))
        return {"gigabytes_per_second": round(2 * size / max(told["seconds"], 1e-4) / 1e9)}

    def small_steps(self) -> None:
        """Wan 2.1 1.3B."""
        self._steps("1.3B step", self.small, BACKENDS)

    def large_steps(self) -> None:
        """Wan 2.2 5B; the backend is the one that was best for the small one."""
        self.vae = self.their_vae = None
        self._steps("5B step", self.large, (self.backend,))

    def flex(self) -> None:
        """FlexAttention, once: it makes a mask of all pairs of tokens in every layer."""
        documents = self._documents("1.3B step", self.small)
        if documents:
            self.report.stage("1.3B step", "manazir, flex", 90, lambda: self._step(documents, "flex", runs=1))

    def _steps(self, name: str, sizes: models.Sizes, backends: tuple[str, ...]) -> None:
        documents = self._documents(name, sizes)
        if not documents or self.ours is None:
            return
        found: dict[str, float] = {}
        for backend in backends:
            row = self.report.stage(name, f"manazir, {backend}", 60, lambda b=backend: self._step(documents, b))
            found |= {backend: row["seconds"]} if "seconds" in row else {}
        if not found:
            return
        self.backend = min(found, key=lambda each: found[each])
        made = self.ours(documents, self.backend)[0].velocity
        compile_blocks(self.ours, **self.compiler)
        way = f"manazir, {self.backend}, compiled"
        self.report.stage(name, way, 150, lambda: self._step(documents, self.backend))
        if self.theirs is not None:
            asked = self._their_step(self.theirs, sizes)
            self.report.stage(name, "diffusers", 60, lambda: self._compared(asked, made))
            self.theirs.compile_repeated_blocks(fullgraph=True, **self.compiler)
            self.report.stage(name, "diffusers, compiled", 150, lambda: self._compared(asked, made))

    def _documents(self, name: str, sizes: models.Sizes) -> list[Document]:
        """Make the networks; what they are given."""
        self.ours = self.theirs = None
        self.flop = 0
        torch._dynamo.reset()  # what was compiled for others would be made anew with sizes left open, which is slower
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        self.report.stage(name, "making", 60, lambda: self._make(sizes))
        if self.ours is None:
            return []
        latents, words = models.inputs(sizes, self.device)
        timesteps = torch.full(latents.shape[1:2], 500.0, device=self.device)
        return [Document(latents, timesteps, self.ours.read(words))]

    def _make(self, sizes: models.Sizes) -> dict[str, Any]:
        self.ours, self.theirs = models.transformers(sizes, self.device, self.has_diffusers)
        return {"parameters": sum(weight.numel() for weight in self.ours.parameters())}

    def _step(self, documents: list[Document], backend: str, runs: int = 5) -> dict[str, Any]:
        ours = self.ours
        assert ours is not None
        self.flop = self.flop or count(lambda: ours(documents, "sdpa"), []).flop
        return {"dtype": "bfloat16", **self.report.timed(lambda: ours(documents, backend), self.flop, runs)}

    def _their_step(self, theirs: Any, sizes: models.Sizes) -> Callable[[], Tensor]:
        latents, words = models.inputs(sizes, self.device)
        timestep = torch.full((1,), 500.0, device=self.device)
        return lambda: theirs(latents[None], timestep, words[None], return_dict=False)[0][0]

    def _compared(self, work: Callable[[], Tensor], ours: Tensor) -> dict[str, Any]:
        timed = self.report.timed(work, self.flop)
        true = work().float()
        return {"dtype": "bfloat16", **timed, "distance": float(f"{float((ours - true).norm() / true.norm()):.1e}")}

    def decoding(self) -> None:
        """Wan 2.1's autoencoder, in bfloat16."""
        self.report.stage("decoding", "making", 30, self._make_vae)
        if self.vae is None:
            return
        vae = self.vae
        latents = models.inputs(self.small, self.device)[0][None]
        self.flop, best = 0, float("inf")
        for at_once in (1, 2, 4):
            way = f"manazir, {at_once} latent frames at once"
            row = self.report.stage("decoding", way, 60, lambda n=at_once: self._decode(vae, latents, n))
            if row.get("seconds", best) < best:
                best, self.at_once = row["seconds"], at_once
        if self.their_vae is not None:
            theirs, own = self.their_vae, vae.decode(latents, self.at_once)[0]
            mean, deviation = (part.view(-1, 1, 1, 1) for part in (vae.mean, vae.deviation))
            asked = lambda: theirs.decode(latents * deviation + mean, return_dict=False)[0][0]  # noqa: E731
            self.report.stage("decoding", "diffusers", 60, lambda: self._compared(asked, own))

    def _make_vae(self) -> dict[str, Any]:
        base = 8 if self.is_rehearsal else 96
        self.vae, self.their_vae = models.autoencoders(self.device, base, self.has_diffusers)
        return {"parameters": sum(weight.numel() for weight in self.vae.parameters())}

    def _decode(self, vae: WanVae, latents: Tensor, at_once: int) -> dict[str, Any]:
        self.flop = self.flop or count(lambda: vae.decode(latents, at_once), []).flop
        return {"dtype": "bfloat16", **self.report.timed(lambda: vae.decode(latents, at_once), self.flop, 3)}

    def request(self) -> None:
        """From words to frames on the host; the transformer is the compiled one."""
        if self.ours is None or self.vae is None:
            print("a request wants the groups 1.3B and decoding before it")
            return
        self.report.stage("request", "manazir, words are given", 60, lambda: self._request(None))
        if self.theirs is not None and self.their_vae is not None:
            self.report.stage("request", "diffusers, words are given", 60, self._their_request)
        sizes = models.TINY_UMT5 if self.is_rehearsal else models.UMT5_XXL
        made: dict[str, Any] = {}

        def make() -> dict[str, Any]:
            made["encoder"] = models.word_encoder(self.device, sizes)
            return {}

        self.report.stage("request", "making umT5", 60, make)
        if made:
            self.report.stage("request", "manazir", 60, lambda: self._request(made["encoder"]))

    def _request(self, encoder: Any) -> dict[str, Any]:
        ours, vae = self.ours, self.vae
        assert ours is not None
        assert vae is not None
        latents, words = models.inputs(self.small, self.device)
        pieces = torch.arange(models.WORDS, device=self.device)[None] % 64

        def work() -> Tensor:
            read = words if encoder is None else encoder(pieces).last_hidden_state[0]
            asked = Request(noise=latents.float(), words=read, unwanted=read)
            sampling = WanSampling(steps=STEPS, backend=self.backend)
            *_, done = denoise([Expert(lambda: ours, guidance_scale=1.0)], asked, sampling)
            video = vae.decode(done[None].bfloat16(), self.at_once)
            return ((video + 1) * 127.5).round().to(torch.uint8).cpu()

        return {"dtype": "bfloat16", "steps": STEPS, **self.report.timed(work, runs=3)}

    def _their_request(self) -> dict[str, Any]:
        """Their transformer is the compiled one, too."""
        from diffusers import UniPCMultistepScheduler, WanPipeline

        latents, words = models.inputs(self.small, self.device)
        schedule = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0)
        pipeline = WanPipeline(None, None, self.their_vae, schedule, self.theirs)
        pipeline.set_progress_bar_config(disable=True)
        asked = {"height": self.small.height, "width": self.small.width, "num_frames": self.small.frames}

        def work() -> object:
            return pipeline(
                prompt_embeds=words[None],
                latents=latents[None].float(),
                num_inference_steps=STEPS,
                guidance_scale=1.0,
                output_type="np",
                **asked,
            ).frames

        return {"dtype": "bfloat16", "steps": STEPS, **self.report.timed(work, runs=3)}

    def float8(self) -> None:
        """Linear layers of all blocks in eight bits, and compiled; keys and values stay in bfloat16."""
        for name, sizes in (("1.3B step", self.small), ("5B step", self.large)):
            documents = self._documents(name, sizes)
            if self.ours is None:
                continue
            exact = self.ours(documents, self.backend)[0].velocity
            self.theirs = None
            row = self.report.stage(name, "making float8", 60, self._narrow)
            if "left_out" in row:
                continue
            work = lambda d=documents, e=exact: self._narrow_step(d, e)  # noqa: E731
            self.report.stage(name, "manazir, float8", 60, work)
            compile_blocks(self.ours, **self.compiler)
            self.report.stage(name, "manazir, float8, compiled", 150, work)

    def _narrow(self) -> dict[str, Any]:
        assert self.ours is not None
        return {"layers": len(narrow(self.ours, self.ours.blocks, self.device))}

    def _narrow_step(self, documents: list[Document], exact: Tensor) -> dict[str, Any]:
        ours = self.ours
        assert ours is not None
        made = ours(documents, self.backend)[0].velocity
        distance = float(f"{float((made - exact).float().norm() / exact.float().norm()):.1e}")
        return {"dtype": "float8", **self.report.timed(lambda: ours(documents, self.backend)), "distance": distance}


GROUP_WORK: dict[str, Callable[[Bench], None]] = {
    "machine": Bench.machine,
    "1.3B": Bench.small_steps,
    "decoding": Bench.decoding,
    "request": Bench.request,
    "5B": Bench.large_steps,
    "flex": Bench.flex,
    "float8": Bench.float8,
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=9.0, help="of the whole run")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="FOLDER")
    parser.add_argument("--only", type=_groups, default=[*GROUPS], metavar="A,B", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--rehearse", action="store_true", help="tiny sizes on the CPU: whether all of it runs")
    options = parser.parse_args()
    return options


def _groups(text: str) -> list[str]:
    unknown = set(names := text.split(",")) - set(GROUPS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no group {', '.join(sorted(unknown))}; have {', '.join(GROUPS)}")
    return [group for group in GROUPS if group in names]


if __name__ == "__main__":
    main()
