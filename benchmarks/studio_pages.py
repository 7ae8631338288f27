"""What the studio's pages weigh, and how long each place takes until a person can act in it.

    python benchmarks/studio_pages.py                             # some minutes; needs Chromium
    python benchmarks/studio_pages.py --rounds 1 --out /tmp/out

The pages are those that are built (`src/manazir/server/pages`), given out by a real `manazir serve` with the sample
project. Headless Chromium opens each place cold (nothing of it was fetched before) and warm (once more in the same
browser), with its processor as it is and four times slower. A place can be acted in once what a person acts on first is
there and the last task of 50 ms or more is over, after which none comes for a second; times are from when it was asked
for. Rounds go through all places in turn, so that whatever else the machine does falls on all of them.

Writes benchmarks/results/studio-pages.json and studio-pages.md.
"""

import argparse
import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from manazir.server.studio_pages import FOLDER, PACKED
from provenance import provenance

RESULTS = Path(__file__).parent / "results"
MOST_BYTES = 1_500_000
"""Of all that is built, compressed."""
SLOWER = (1, 4)
QUIET_MS = 1000
STUDIO = {"X-Manazir-Studio": "1"}
PLACES = {
    "signing in": ("/", "input[type=password]"),
    "projects": ("/", '#page a[href^="/projects/"]'),
    "a project": ("/projects/{project}", "[data-row] textarea"),
    "a shot": ("/projects/{project}/shots/{shot}", "#page textarea"),
    "the board": ("/projects/{project}/board", "#page button"),
    "the queue": ("/queue", "#page h1"),
}
"""Where each is, and what a person acts on first."""
WATCH = """
(selector) => {
  window.__seen = null
  window.__tasks = []
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.__tasks.push([one.startTime, one.startTime + one.duration])
  }).observe({ type: 'longtask', buffered: true })
  const look = () => {
    if (window.__seen === null && document.querySelector(selector)) window.__seen = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
"""
DONE = f"""() => {{
  if (window.__seen === null) return null
  const last = Math.max(window.__seen, ...window.__tasks.map(([, end]) => end))
  return performance.now() - last >= {QUIET_MS} ? last : null
}}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
FETCHED = """() => [performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')]
  .reduce((sum, one) => sum + one.transferSize, 0)"""


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {**provenance(), "rounds": options.rounds}
    report["load_average_before"] = round(os.getloadavg()[0], 1)
    report["files"] = weights(FOLDER)
    with served() as (address, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        report["browser"] = browser.version
        report["places"] = timed(browser, address, link, options.rounds)
        browser.close()
    report["load_average_after"] = round(os.getloadavg()[0], 1)
    (options.out / "studio-pages.json").write_text(json.dumps(report, indent=1) + "\n")
    (options.out / "studio-pages.md").write_text(page(report))
    print(page(report))


def weights(folder: Path) -> dict[str, dict[str, Any]]:
    """Bytes of each built file as they travel, by its name without the hash; and whether every visit begins with it."""
    index = (folder / "index.html").read_text()
    first = set(re.findall(r"/studio/assets/([\w.-]+)", index))
    found = {}
    for path in sorted((folder / "assets").iterdir()):
        content = path.read_bytes()
        packed = len(content) if path.suffix in PACKED else len(gzip.compress(content, 9, mtime=0))
        name = re.sub(r"-[\w-]{8}(?=\.\w+$)", "", path.name)
        told = found.setdefault(name, {"bytes": 0, "gzip_bytes": 0, "is_first": False})
        told["bytes"] += len(content)
        told["gzip_bytes"] += packed
        told["is_first"] |= path.name in first
    return found


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """The service in a home of its own: its address, and that at which the studio opens."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "manazir.cli", "serve", "--port", "0", "--json"]
        environment = os.environ | {"MANAZIR_HOME": home}
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            yield told["address"], told["studio"]
        finally:
            process.terminate()
            process.wait()


def timed(browser: Browser, address: str, link: str, rounds: int) -> dict[str, dict[str, list[dict[str, float]]]]:
    """Of each place, all that was measured, by how it was come to."""
    state, ids = signed_in(browser, address, link)
    found: dict[str, dict[str, list[dict[str, float]]]] = {name: {} for name in PLACES}
    for _ in range(rounds):
        for name, (path, selector) in PLACES.items():
            for slower in SLOWER:
                known = {} if name == "signing in" else {"storage_state": state}
                context = browser.new_context(locale="en", viewport={"width": 1440, "height": 900}, **known)
                for how in ("cold", "warm"):
                    told = visit(context, address + path.format(**ids), selector, slower)
                    found[name].setdefault(f"{how}, {slower}x", []).append(told)
                context.close()
    return found


def signed_in(browser: Browser, address: str, link: str) -> tuple[Any, Mapping[str, str]]:
    """The cookie of a session, and the sample project with its first shot."""
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("#page")
    answer = page.request.post(
        f"{address}/api/v1/projects", headers=STUDIO, data={"name": "How things move", "sample": "en"}
    )
    project = answer.json()
    state = context.storage_state()
    context.close()
    return state, {"project": project["id"], "shot": project["shots"][0]["id"]}


def visit(context: BrowserContext, url: str, selector: str, slower: int) -> dict[str, float]:
    """Milliseconds of one visit, and the bytes that it fetched."""
    page = context.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.add_init_script(f"({WATCH})({json.dumps(selector)})")
    page.goto(url, wait_until="commit")
    acted = page.wait_for_function(DONE, timeout=120_000, polling=100).json_value()
    told = {"painted_ms": page.evaluate(PAINTED), "acted_ms": acted, "seen_ms": page.evaluate("window.__seen")}
    told["fetched_bytes"] = page.evaluate(FETCHED)
    page.close()
    return told


def page(report: Mapping[str, Any]) -> str:
    """The same to read."""
    files = report["files"]
    whole = sum(one["gzip_bytes"] for one in files.values())
    first = sum(one["gzip_bytes"] for one in files.values() if one["is_first"])
    lines = [
        "# What the studio's pages weigh, and when they can be acted in",
        "",
        f"{report['machine']}; Chromium {report['browser']}, headless. Commit {report['commit'][:12]}, "
        f"{report['date'][:10]}: `{report['command']}`;",
        f"others worked on the same machine: load average {report['load_average_before']} before and "
        f"{report['load_average_after']} after.",
        "",
        f"Milliseconds until a place can be acted in: the middle of {report['rounds']} visits, and the longest in "
        "brackets. Cold: nothing",
        "was fetched before; 4x: the browser's processor is slowed four times.",
        "",
        "| | " + " | ".join(hows := list(next(iter(report["places"].values())))) + " | fetched cold |",
        "| --- |" + " --- |" * (len(hows) + 1),
    ]
    for name, runs in report["places"].items():
        times = [[run["acted_ms"] for run in runs[how]] for how in hows]
        told = [f"{statistics.median(one):.0f} ({max(one):.0f})" for one in times]
        fetched = statistics.median(run["fetched_bytes"] for run in runs[hows[0]])
        lines.append(f"| {name} | " + " | ".join(told) + f" | {fetched / 1000:.0f} kB |")
    lines += [
        "",
        f"All that is built of that commit's sources: {whole / 1000:.0f} kB compressed, of "
        f"{MOST_BYTES / 1000:.0f} kB at most; every visit begins with {first / 1000:.0f} kB of it, "
        "which browsers keep.",
        "",
        "| file | kB | compressed | |",
        "| --- | --- | --- | --- |",
    ]
    for name, one in sorted(files.items(), key=lambda item: -item[1]["gzip_bytes"]):
        kind = "first" if one["is_first"] else ""
        lines.append(f"| {name} | {one['bytes'] / 1000:.1f} | {one['gzip_bytes'] / 1000:.1f} | {kind} |")
    return "\n".join([*lines, ""])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
