"""How a peer of benchmarks/engine_cpu.py is asked: one line of JSON on its standard input, one in answer on a pipe.

    {"measure": "decode float32", "keep": "FILE" or null}  →  {"cpu_seconds": 1.2}  or  {"error": "why not"}

A measure is prepared, and runs once, when it is first asked for; `keep` is where its result goes. Needs PyTorch and
safetensors only, as it runs in every peer's own environment.
"""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

Work = Callable[[], Tensor]
Prepare = Callable[[Path], Work]
"""From the folder of the cases to what is timed."""

REQUESTS = {"request 96x160": "other_latents", "request 128x160": "latents"}
"""Of nine frames; and from which noise."""
DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32}


def serve(package: str, measures: Callable[..., Mapping[str, Prepare]]) -> None:
    """Answer until there is nothing more to read.

    Args:
        package: whose version is told.
        measures: of each measure's name, how it is prepared; with `--compiled`, it is told so.
    """
    parser = ArgumentParser()
    parser.add_argument("cases", type=Path)
    parser.add_argument("--answers", type=int, required=True, help="an open file: peers print what they like")
    parser.add_argument("--compiled", action="store_true")
    arguments = parser.parse_args()
    answers = os.fdopen(arguments.answers, "w")
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    own = measures(compiled=True) if arguments.compiled else measures()
    _tell(answers, {"version": version(package), "torch": torch.__version__, "measures": list(own)})
    ready: dict[str, Work] = {}
    for line in sys.stdin:
        _tell(answers, _answer(json.loads(line), own, ready, arguments.cases))


def inputs(cases: Path, case: str) -> dict[str, Tensor]:
    """What a case's networks are given."""
    return load_file(cases / case / "inputs.safetensors")


def _answer(
    asked: dict[str, Any], measures: Mapping[str, Prepare], ready: dict[str, Work], cases: Path
) -> dict[str, Any]:
    name = asked["measure"]
    try:
        told: dict[str, Any] = {}
        if name not in ready:
            began = time.process_time()
            work = measures[name](cases)
            work()
            told["first_cpu_seconds"] = time.process_time() - began
            ready[name] = work
        began = time.process_time()
        made = ready[name]()
        told["cpu_seconds"] = time.process_time() - began
    except Exception as error:  # a peer's own, of any kind: it is told, and the others go on
        return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
    if asked["keep"]:
        save_file({"made": made.float().contiguous()}, asked["keep"])
    return told


def _tell(answers: Any, told: dict[str, Any]) -> None:
    answers.write(json.dumps(told) + "\n")
    answers.flush()
