"""Examine a model: python benchmarks/noor_quality.py [--model noor-nano] [--scenes 200] [--quick] [--truth-only]

Writes benchmarks/results/noor-quality-<model>.json and .md. What was read is kept in a file beside the shipped
results (--kept), so that an examination that was stopped goes on where it was.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from manazir.core.home import home
from manazir.evaluation.examination import TRUTH, Examined, examine, examine_truth, onset_chance, onset_error, summarise
from manazir.evaluation.fidelity import Fidelity, first_frame, first_middle_last
from manazir.evaluation.held_out import Item, draw_items
from manazir.evaluation.intervals import Figure, mean_figure
from manazir.evaluation.law_examination import LawExamined, examine_laws, summarise_laws
from manazir.inference.catalogue import DEFAULT
from manazir.inference.engine import Settings
from manazir.inference.noor.model import NoorModel, load_model
from manazir.worlds.captions import LANGUAGES
from provenance import commit, provenance

RESULTS = Path(__file__).parent / "results"
SEED = 20_261_121
SOURCES = (TRUTH, *LANGUAGES)
AIMS = {"colour": 0.95, "shape": 0.90, "count": 0.90, "event": 0.85, "direction": 0.85}
TRUTH_SIZE = (128, 128)
"""Of truth renders where no model says a size."""


def main() -> None:
    arguments = _arguments()
    model = None if arguments.truth_only else load_model(arguments.model, folder=arguments.weights)
    settings = Settings(steps=arguments.steps)
    scenes, pictures, laws = (12, 3, 3) if arguments.quick else (arguments.scenes, arguments.pictures, arguments.laws)
    items = list(track(draw_items(scenes, SEED), "drawing scenes", total=scenes))
    examined = list(_examined(items, model, settings, _kept_file(arguments, model)))
    chosen = items[:: max(1, len(items) // pictures)][:pictures]
    fidelity = {} if model is None else _fidelity(chosen, model, settings)
    law_runs = list(track(examine_laws(laws, SEED, model, settings), "PhyWorld", total=6 * laws))
    report = _about(arguments, model, scenes) | _figures(examined, fidelity, law_runs)
    name = f"noor-quality-{'truth' if model is None else model.name}{'-quick' if arguments.quick else ''}"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    (RESULTS / f"{name}.md").write_text(_markdown(report))
    _show(report)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--weights", type=Path, help="a bundle's folder, in place of the installed one")
    parser.add_argument("--scenes", type=int, default=200, help="held-out scenes, each in every language")
    parser.add_argument("--pictures", type=int, default=40, help="of those scenes, how many go on from pictures")
    parser.add_argument("--laws", type=int, default=30, help="scenes of each of PhyWorld's laws, inside and outside")
    parser.add_argument("--steps", type=int, help="of the sampler; the model's own without it")
    parser.add_argument("--quick", action="store_true", help="a dozen scenes, to see that it runs")
    parser.add_argument("--truth-only", action="store_true", help="only the detectors' own accuracy, and the baselines")
    parser.add_argument("--kept", type=Path, help="where what was read is kept; in MANAZIR_HOME without it")
    return parser.parse_args()


def _kept_file(arguments: argparse.Namespace, model: NoorModel | None) -> Path:
    weights = "truth" if model is None else f"{model.name}-{model.weights_hash[:12]}"
    steps = f"-{arguments.steps}" if arguments.steps else ""
    return arguments.kept or home() / "examinations" / f"{weights}{steps}-{commit()[:12]}-{SEED}.jsonl"


def _examined(items: list[Item], model: NoorModel | None, settings: Settings, kept: Path) -> Iterator[Examined]:
    """What was read before, then the rest, each written down at once."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    lines = kept.read_text().splitlines() if kept.exists() else []
    before = [Examined(**json.loads(line)) for line in lines]
    before = [one for one in before if one.item < len(items)]
    yield from before
    done = [(one.item, one.source) for one in before]
    if model is None:
        rest = (examine_truth(item, k, *TRUTH_SIZE) for k, item in enumerate(items) if (k, TRUTH) not in done)
        total = len(items)
    else:
        rest, total = examine(items, model, settings, done), len(items) * len(SOURCES)
    with kept.open("a") as file:
        for one in track(rest, "generating and reading", total=total - len(before)):
            file.write(json.dumps(asdict(one)) + "\n")
            file.flush()
            yield one


def _fidelity(items: list[Item], model: NoorModel, settings: Settings) -> dict[str, list[Fidelity]]:
    kinds = {"first frame": first_frame, "first, middle and last frame": first_middle_last}
    return {
        name: [give(item, model, settings) for item in track(items, name, total=len(items))]
        for name, give in kinds.items()
    }


def _about(arguments: argparse.Namespace, model: NoorModel | None, scenes: int) -> dict[str, Any]:
    return {
        "model": "none" if model is None else model.name,
        "weights_hash": None if model is None else model.weights_hash,
        "scenes": scenes,
        "seed": SEED,
        "layout_steps": None if model is None else model.layout_steps,
        "steps": arguments.steps or (None if model is None else model.default_steps),
        **provenance(),
    }


def _figures(examined: list[Examined], fidelity: dict[str, list[Fidelity]], laws: list[LawExamined]) -> dict[str, Any]:
    rows = summarise(examined)
    return {
        "facts": {
            row.name: {source: figure.plain() for source, figure in row.shares.items()} | {"parity": row.parity.plain()}
            for row in rows
        },
        "onset_error_seconds": {
            "of its own sound": {source: onset_error(examined, source).plain() for source in SOURCES},
            "of another clip's, by chance": {source: onset_chance(examined, source).plain() for source in SOURCES},
        },
        "psnr_db": {
            name: {key: _mean(runs, key).plain() for key in ("given", "codec", "others", "held")}
            for name, runs in fidelity.items()
        },
        "phyworld_velocity_error": {
            f"{law}, {place} the training ranges": {name: figure.plain() for name, figure in figures.items()}
            for (law, place), figures in summarise_laws(laws).items()
        },
    }


def _mean(runs: list[Fidelity], key: str) -> Figure:
    return mean_figure(np.array([getattr(run, key) for run in runs]))


def _tables(report: dict[str, Any]) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Title, heads and rows of every table."""
    facts = report["facts"]
    heads = ["fact", "truth (the detectors' own accuracy)", "English", "Arabic", "Arabic / English", "aim"]
    keys = (*SOURCES, "parity")
    rows = [[name, *(_text(facts[name][key]) for key in keys), str(AIMS.get(name, ""))] for name in facts]
    yield "Facts that captions state, seen in the clip", heads, rows
    titles = {
        "onset_error_seconds": "Median distance of the nearest onset from a seen blow, seconds",
        "psnr_db": "PSNR, dB",
        "phyworld_velocity_error": "PhyWorld's velocity error, PhyWorld's lengths a second",
    }
    for key, title in titles.items():
        groups = report[key]
        if groups:
            names = list(next(iter(groups.values())))
            yield title, ["", *names], [[name, *(_text(v[k]) for k in names)] for name, v in groups.items()]


def _text(figure: dict[str, Any]) -> str:
    if figure["estimate"] is None:
        return "–"
    return f"{figure['estimate']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _markdown(report: dict[str, Any]) -> str:
    about = ("model", "weights_hash", "scenes", "layout_steps", "steps", "machine", "commit", "command", "date")
    parts = ["# Quality of " + report["model"], "", *(f"- {key}: {report[key]}" for key in about), ""]
    parts += ["Each figure with its 95 % interval by the bootstrap.", ""]
    for title, heads, rows in _tables(report):
        parts += [f"## {title}", "", _line(heads), _line(["---"] * len(heads)), *map(_line, rows), ""]
    return "\n".join(parts)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _show(report: dict[str, Any]) -> None:
    console = Console()
    for title, heads, rows in _tables(report):
        table = Table(*heads, title=title)
        for row in islice(rows, 100):
            table.add_row(*row)
        console.print(table)


if __name__ == "__main__":
    main()
