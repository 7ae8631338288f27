"""The virtual environments of benchmarks/engine_cpu.py's peers: made once, each with the same PyTorch.

Peers pin other versions of PyTorch and packages for CUDA; here they come without what they ask for, but for what their
transformers import.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

TORCH = "torch==2.13.0"
SHARED = (
    "diffusers==0.42.1",
    "transformers==5.23.0",
    "accelerate==1.15.0",
    "numpy==2.4.6",
    "safetensors==0.8.0",
    "ftfy",
)
MADE = "made-of.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """What is installed, one list after the other."""

    packages: tuple[str, ...] = SHARED
    alone: tuple[str, ...] = field(default=())
    """Without what they ask for."""


ENVIRONMENTS = {
    "diffusers": Environment(),
    "fastvideo": Environment(
        packages=(*SHARED, "cloudpickle", "einops", "imageio", "remote-pdb", "scipy"),
        alone=("fastvideo==0.2.1", "torchvision==0.28.0"),
    ),
    "sglang": Environment(
        packages=(
            *(*SHARED, "addict", "aiohttp", "apache-tvm-ffi", "cache-dit", "compressed-tensors", "dill", "einops"),
            *("gguf", "imageio", "IPython", "msgspec", "orjson", "psutil", "pybase64", "pyzmq", "sentencepiece"),
            *("starlette", "triton"),
        ),
        alone=("sglang==0.5.23", "torchvision==0.28.0"),
    ),
    "flashdreams": Environment(
        packages=(*SHARED, "boto3", "einops", "loguru", "nvidia-ml-py", "triton"), alone=("flashdreams==0.1.0",)
    ),
}


class NoEnvironmentError(Exception):
    """An environment cannot be made; the message is pip's last word."""


def environment(name: str, folder: Path, tell: Callable[[str], None]) -> Path:
    """The Python of a peer's environment in the folder; it is made if it is not there, or was made of something else.

    Raises:
        NoEnvironmentError: pip could not.
    """
    wanted, home = ENVIRONMENTS[name], folder / name
    python, made = home / "bin/python", home / MADE
    recipe = "\n".join((TORCH, *wanted.packages, "--no-deps", *wanted.alone, ""))
    if made.exists() and made.read_text() == recipe:
        return python
    tell(f"{name}: making its environment in {home} (some minutes, once)")
    _run([sys.executable, "-m", "venv", "--clear", str(home)])
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, TORCH])  # first, so that nothing brings another along
    (home / "torch.txt").write_text(f"{TORCH}\n")
    tell(f"{name}: {TORCH} is there; {len(wanted.packages)} packages more")
    _run([*pip, "--constraint", str(home / "torch.txt"), *wanted.packages])
    if wanted.alone:
        tell(f"{name}: {', '.join(wanted.alone)}")
        _run([*pip, "--no-deps", *wanted.alone])
    made.write_text(recipe)
    return python


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise NoEnvironmentError(errors[-1][:300] if errors else f"pip ended with {done.returncode}")
