"""Train noor-mini on one GPU: from nothing to a bundle in half an hour, in one call or in several that go on.

PYTHONPATH=src python3 gpu/noor_mini.py --folder cache/noor-mini --call-minutes 9.3 --total-minutes 27 --out OUT

What it writes to OUT at the end of every call: noor-mini/ (the bundle so far), figures.json (what was done, with the
log), sheet.png (twelve prompts). The folder holds the checkpoints that the next call goes on from.
"""

import time

BEGAN = time.monotonic()

import argparse  # noqa: E402
import sys  # noqa: E402
from dataclasses import replace  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402


def main() -> None:
    options = _options().parse_args()
    import torch  # workers start this file too, and need no more of it

    from manazir.recipes.noor_mini import noor_mini
    from manazir.recipes.noor_mini_run import run_call

    if not torch.cuda.is_available():
        sys.exit("no GPU is visible to torch; noor-mini is trained on one (noor-nano is trained on a CPU)")
    torch.set_float32_matmul_precision("high")
    torch._dynamo.config.recompile_limit = (
        32  # picture sizes, causality and few lights make some variants; beyond it: eager
    )
    mini = noor_mini(options.total_minutes, options.call_minutes, compiled=not options.eager_blocks)
    mini = replace(mini, store=replace(mini.store, is_compiled=not options.eager_rays))
    mini = replace(mini, workers=options.workers, noor=replace(mini.noor, batch=options.batch))
    mini = replace(mini, teaching=replace(mini.teaching, batch=options.batch))
    tell = partial(print, flush=True)
    is_done = run_call(mini, options.folder, options.out, torch.device("cuda"), began=BEGAN, tell=tell)
    print("the run is done" if is_done else "call this again: the run goes on where it stands")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where the run stands, and goes on from")
    parser.add_argument("--out", type=Path, required=True, help="where the bundle, the figures and the sheet go")
    parser.add_argument("--total-minutes", type=float, default=27.0, help="of all calls together")
    parser.add_argument("--call-minutes", type=float, default=9.3, help="of this call, its export included")
    parser.add_argument("--workers", type=int, default=15, help="processes that draw scenes: cores, less one")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--eager-blocks", action="store_true", help="do not compile the generator's blocks")
    parser.add_argument("--eager-rays", action="store_true", help="do not compile the ray caster")
    return parser


if __name__ == "__main__":
    main()
