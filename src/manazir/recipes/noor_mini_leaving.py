"""What a call of noor-mini's run leaves: the bundle so far, figures with the log, and a contact sheet."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from manazir.inference.catalogue import DEFAULT, SHIPPED
from manazir.inference.noor.sampling import Sampling
from manazir.models.noor.transformer import Noor
from manazir.recipes.noor_mini_call import Call
from manazir.recipes.runs import load_codec
from manazir.training.distill import FEW
from manazir.training.export import export
from manazir.training.sheets import prompt_sheet

LINES = 200
"""Of each stage's log in the figures."""


def leave(call: Call, out: Path) -> None:
    """Write what there is into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    figures = _figures(call)
    if (call.folder / "noor" / "state.pt").exists():
        figures["bundle"] = _bundle(call, out, figures)
    figures["seconds"] = round(call.ledger.seconds + call.spent, 1)
    (out / "figures.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    call.ledger.write(call.spent)
    call.tell(f"call {call.ledger.calls} is over after {call.spent:.0f} s; {out} holds what there is")


def _bundle(call: Call, out: Path, figures: dict[str, Any]) -> list[str]:
    """The bundle, and its sheet. Which stages are in it."""
    is_distilled = _is_done(call, "student")
    run = "student" if is_distilled else "noor"  # a student in the middle of it is worse than its teacher
    heeder, animator = (call.folder / name if _is_done(call, name) else None for name in ("heeder", "animator"))
    card = {key: figures[key] for key in ("name", "data", "device", "stages", "clips_rendered", "limits")}
    export(
        call.folder / "codec",
        call.folder / run,
        out / "noor-mini",
        card,
        steerer=SHIPPED / DEFAULT,
        heeder=heeder,
        animator_run=animator,
    )
    Image.fromarray(_sheet(call, call.generator(run, animator), is_distilled)).save(out / "sheet.png")
    return [run, *(folder.name for folder in (heeder, animator) if folder is not None)]


def _is_done(call: Call, stage: str) -> bool:
    return bool(call.ledger.stages.get(stage, {}).get("is_done"))


def _sheet(call: Call, noor: Noor, is_distilled: bool) -> NDArray[np.uint8]:
    sampling = replace(FEW if is_distilled else Sampling(), shift=call.mini.teaching.shift)
    codec, size = load_codec(call.folder / "codec"), call.mini.orders.sizes[0]
    return prompt_sheet(noor, codec, sampling=sampling, size=size, frames=call.mini.store.frames)


def _figures(call: Call) -> dict[str, Any]:
    name = torch.cuda.get_device_name(call.device) if call.device.type == "cuda" else "CPU"
    logs = {stage: _log_lines(call.folder / stage / "log.jsonl") for stage in call.ledger.stages}
    return {
        "name": "noor-mini",
        "data": f"simulated scenes ({call.clips.hash}), without the combinations kept for examination",
        "device": f"{name}, torch {torch.__version__}",
        "limits": "scenes of the simulator only: simple bodies, one event, two seconds at a time",
        "calls": call.ledger.calls,
        "clips_rendered": call.clips.rendered,
        "clips_in_store": len(call.clips),
        "stages": call.ledger.stages,
        "mini": asdict(call.mini),
        "logs": logs,
    }


def _log_lines(path: Path) -> list[dict[str, Any]]:
    """The log's lines, evenly thinned out."""
    lines = path.read_text().splitlines() if path.exists() else []
    step = -(-len(lines) // LINES) or 1
    return [json.loads(line) for line in lines[::-1][::step][::-1]]  # the last one is among them
