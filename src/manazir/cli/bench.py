"""`manazir bench`: how fast a model is on this machine, and how much of what the machine can do that is."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

from tyro.conf import Positional, arg

from manazir.checkpoints.library import is_installed, model_folder
from manazir.cli.options import number, parse_size, read_options
from manazir.cli.progress import progress
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.inference.catalogue import DEFAULT, MODELS, find_bundle

if TYPE_CHECKING:
    import torch

    from manazir.inference.measuring import Measured, Rates, Stage

EXAMPLES = (
    "manazir bench",
    "manazir bench noor-nano --size 224x128 --json",
    "manazir bench wan2.1-t2v-1.3b --size 832x480 --frames 81 --runs 3",
)
SMALL = ((256, 256), 17)
"""Of clips of open weights, where nothing is said: width and height, and frames."""
Number = Annotated[int | None, number(int, "N"), arg(help_behavior_hint="")]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Measure what this machine can do, and then each stage of a model beside it.

    What a machine can do are large products of matrices, and large copies. A stage could take as long as its products
    do at that rate, or as reading its weights does, if that is longer; how near it comes is its share.
    """

    model: Annotated[str, Positional, arg(metavar="[NAME]")] = DEFAULT
    """Which model; `manazir models list` has them."""
    size: Annotated[str, arg(metavar="TEXT", help_behavior_hint="")] = ""
    """Width x height. Without it: Noor's own; of open weights 256x256, which is small."""
    frames: Number = None
    """Of clips of open weights. Without it: 17."""
    runs: Annotated[int, arg(metavar="N")] = 5
    """Of each stage; the fastest counts."""
    precision: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")] = None
    """Of open weights: bfloat16, float32 or float8. Without it: what this machine does best."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Measure, and tell."""
    options = read_options(Bench, "bench", arguments, examples=EXAMPLES)
    _check(options)
    from manazir.inference.device import choose_device, repeatable

    device = choose_device()
    stages, facts = _stages(options, device)
    with progress("measuring") as tell, repeatable(device):
        rates, measured = _measured(stages, device, options.runs, tell)
    told = {"model": options.model, **facts, **_machine(device, rates), **_as_data(measured, rates)}
    print(json.dumps(told, indent=1) if options.json else table(told))


def _check(options: Bench) -> None:
    """What can be found out before torch is imported, is."""
    if options.runs < 1 or (options.frames is not None and options.frames < 1):
        raise ShapeError("--runs and --frames are 1 or more")
    if not is_installed(options.model):
        find_bundle(options.model)
    if options.model in MODELS and options.frames is not None:
        raise ShapeError(f"{options.model} makes clips of its own length; leave out --frames")
    if options.model in MODELS and options.precision is not None:
        raise UnsupportedError(f"{options.model} takes no precision; leave it out")


def _stages(options: Bench, device: "torch.device") -> tuple[list["Stage"], dict[str, int]]:
    """A model's stages, and the size of what they make."""
    size = parse_size(options.size) if options.size else None
    if options.model in MODELS:
        from manazir.inference.noor.model import load_model
        from manazir.inference.noor.stages import noor_stages

        noor = load_model(options.model, device)
        width, height = size or noor.sizes[0]
        facts = {"width": width, "height": height, "frames": noor.window}
        return noor_stages(noor, width, height), facts
    from manazir.checkpoints.manifest import load_manifest

    (width, height), frames = size or SMALL[0], options.frames or SMALL[1]
    facts = {"width": width, "height": height, "frames": frames}
    folder = model_folder(options.model)
    family = load_manifest(folder).family
    if family == "ltx":
        from manazir.inference.ltx.loading import load_ltx_engine
        from manazir.inference.ltx.stages import ltx_stages

        return ltx_stages(load_ltx_engine(folder, device, options.precision).model, width, height, frames), facts
    if family == "wan":
        from manazir.inference.wan.loading import load_wan_engine
        from manazir.inference.wan.stages import wan_stages

        return wan_stages(load_wan_engine(folder, device, options.precision).model, width, height, frames), facts
    raise UnsupportedError(f"stages are known of Noor, Wan and LTX-2, not of {options.model}, which diffusers runs")


def _measured(
    stages: Sequence["Stage"], device: "torch.device", runs: int, tell: Callable[[int, int], None]
) -> tuple[dict["torch.dtype", "Rates"], list["Measured"]]:
    """The machine first, then the stages, then the machine again: the better one of its rates counts."""
    from manazir.inference.measuring import measure, measure_rates

    rates, measured = {}, []
    dtypes = sorted({stage.dtype for stage in stages}, key=str)
    total = 2 * len(dtypes) + len(stages)
    for done, dtype in enumerate(dtypes, 1):
        rates[dtype] = measure_rates(device, dtype)
        tell(done, total)
    for each in measure(stages, device, runs):
        measured.append(each)
        tell(len(dtypes) + len(measured), total)
    for done, dtype in enumerate(dtypes, 1):
        rates[dtype] = rates[dtype].best(measure_rates(device, dtype))
        tell(len(dtypes) + len(stages) + done, total)
    return rates, measured


def _machine(device: "torch.device", rates: Mapping["torch.dtype", "Rates"]) -> dict[str, Any]:
    import torch

    return {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "flop_per_second": {str(dtype).removeprefix("torch."): one.flop for dtype, one in rates.items()},
        "copied_bytes_per_second": max(one.bytes for one in rates.values()),
    }


def _as_data(measured: Sequence["Measured"], rates: Mapping["torch.dtype", "Rates"]) -> dict[str, Any]:
    stages = [
        {**asdict(each), "dtype": str(each.dtype).removeprefix("torch."), "share": each.share(rates[each.dtype])}
        for each in measured
    ]
    return {"stages": stages, "clip_seconds": sum(each.seconds * each.calls for each in measured)}


def table(told: dict[str, Any]) -> str:
    """The same for a person."""
    threads = f", {told['threads']} threads" if told["device"] == "cpu" else ""
    products = ", ".join(f"{dtype} {_rate(flop)}" for dtype, flop in told["flop_per_second"].items())
    lines = [
        f"{told['model']}: {told['frames']} frames of {told['width']}x{told['height']} on {told['device']}{threads}",
        f"products of matrices: {products}; copies: {told['copied_bytes_per_second'] / 1e9:.3g} GB/s",
        "",
        f"{'stage':23}{'in':10}{'seconds':>9}{'in a clip':>11}{'GFLOP':>10}   share of what the machine can do",
    ]
    for stage in told["stages"]:
        share = f"{stage['share']:.0%}" if stage["share"] else "nothing to count"
        timed = f"{stage['seconds']:9.4f}{stage['calls']:>10}x{stage['flop'] / 1e9:10.4g}"
        lines.append(f"{stage['name']:23}{stage['dtype']:10}{timed}   {share}")
    return "\n".join([*lines, "", f"a clip from words: about {told['clip_seconds']:.3g} s"])


def _rate(flop: float) -> str:
    return f"{flop / 1e12:.3g} TFLOP/s" if flop >= 1e12 else f"{flop / 1e9:.3g} GFLOP/s"
