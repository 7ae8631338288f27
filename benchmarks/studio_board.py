"""How smoothly a board of the studio is panned and zoomed, with 200 items on it and with 2,000.

    python benchmarks/studio_board.py                        # some minutes
    python benchmarks/studio_board.py --frames 60 --items 200 --out /tmp/out

A real server, and Chromium without a window and without a GPU. Each frame the page gets one turn of the wheel, as a
hand would give it: panning near (100 %), panning far out (the whole board), zooming out and in again. Two things are
told of each: how long frames took by the clock, which has in it whatever else the machine does; and how much the page's
main thread computed for each of its tasks, which has not.

Writes benchmarks/results/studio-board.json and studio-board.md.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from manazir.server.store.ids import new_id
from provenance import provenance

RESULTS = Path(__file__).parent / "results"
LIMITS = (16, 33, 50)
"""Milliseconds."""
ASK = """async ([method, path, body]) => {
  const headers = { 'X-Manazir-Studio': '1', 'Content-Type': 'application/json' }
  const answer = await fetch('/api/v1' + path, { method, headers, body: body && JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}"""
UPLOAD = """async (bytes) => {
  const form = new FormData()
  form.append('file', new File([Uint8Array.from(bytes)], 'a.png', { type: 'image/png' }))
  const answer = await fetch('/api/v1/assets', { method: 'POST', headers: { 'X-Manazir-Studio': '1' }, body: form })
  return (await answer.json()).id
}"""
TURN = """([count, turns]) => new Promise((done) => {
  const surface = document.querySelector('section[aria-label^=Board]').parentElement
  const box = surface.getBoundingClientRect()
  const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true, cancelable: true }
  const times = []
  let before = performance.now()
  const next = (now) => {
    times.push(now - before)
    before = now
    if (times.length > count) return done(times.slice(1))
    surface.dispatchEvent(new WheelEvent('wheel', { ...at, ...turns[times.length % turns.length] }))
    requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
})"""
"""Gives the board a turn of the wheel each frame; answers with how long frames took."""


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {**provenance(), "frames": options.frames}
    report["load_average_before"] = round(os.getloadavg()[0], 1)
    with _served() as (environment, address), sync_playwright() as playwright:
        found = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        report["browser"] = f"Chromium {browser.version}, without a window or a GPU"
        page = _entered(browser, environment)
        pictures = [page.evaluate(UPLOAD, list(_picture(at))) for at in range(4)]
        report["runs"] = []
        for count in options.items:
            _open(page, address, count, pictures)
            report["runs"] += _measured(browser, page, count, options.frames)
        browser.close()
    report["load_average_after"] = round(os.getloadavg()[0], 1)
    print(_table(report))
    (options.out / "studio-board.json").write_text(json.dumps(report, indent=2) + "\n")
    (options.out / "studio-board.md").write_text(_table(report))


def _open(page: Page, address: str, count: int, pictures: list[str]) -> None:
    """A board with so many items on it."""
    project = page.evaluate(ASK, ["POST", "/projects", {"name": f"{count} items"}])["id"]
    shots = [page.evaluate(ASK, ["POST", f"/projects/{project}/shots", {"prompt": "a ball"}])["id"] for _ in range(12)]
    for act in _acts(count, pictures, shots):
        page.evaluate(ASK, ["POST", f"/projects/{project}/board/acts", act])
    page.goto(f"{address}/projects/{project}/board")
    page.locator("[data-item]").first.wait_for(state="attached")
    page.wait_for_timeout(3_000)


def _measured(browser: Browser, page: Page, count: int, frames: int) -> Iterator[dict[str, Any]]:
    pan = [{"deltaX": 24 if at < 150 else -24, "deltaY": 7 if at % 100 < 50 else -7} for at in range(300)]
    zoom = [{"deltaY": -4 if at % 150 < 75 else 4, "ctrlKey": True} for at in range(300)]
    for name, key, turns in (("panned, all in view", "0", pan), ("zoomed", "0", zoom), ("panned at 100 %", "1", pan)):
        page.keyboard.press("0")
        page.keyboard.press(key)
        page.wait_for_timeout(1_500)
        yield {"items": count, "what": name, **_turned(browser, page, frames, turns)}


def _turned(browser: Browser, page: Page, frames: int, turns: list[dict[str, Any]]) -> dict[str, Any]:
    browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline"])
    times = page.evaluate(TURN, [frames, turns])
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    tasks = _tasks(trace)
    return {
        "frames_over_ms": {str(limit): sum(time > limit + 1 for time in times) for limit in LIMITS},
        "longest_frame_ms": round(max(times), 1),
        "computed_ms_a_frame": round(sum(tasks) / len(times), 2),
        "tasks_over_ms": {str(limit): sum(time > limit for time in tasks) for limit in LIMITS},
        "longest_task_ms": round(max(tasks), 1),
    }


def _tasks(trace: list[dict[str, Any]]) -> list[float]:
    """What the main thread of the busiest page computed for each task, in milliseconds."""
    names = {(one["pid"], one["tid"]): one["args"]["name"] for one in trace if one.get("name") == "thread_name"}
    found: dict[tuple[int, int], list[float]] = {}
    for one in trace:
        thread = (one["pid"], one["tid"])
        if one.get("ph") == "X" and names.get(thread) == "CrRendererMain" and one["name"].endswith("RunTask"):
            found.setdefault(thread, []).append(one.get("tdur", 0) / 1000)
    return max(found.values(), key=sum)


def _acts(count: int, pictures: list[str], shots: list[str]) -> Iterator[dict[str, Any]]:
    rng = random.Random(7)
    side = round(count**0.5 * 1.3)
    items = [_item(rng, at, side, pictures, shots) for at in range(count)]
    for start in range(0, count, 250):
        yield {"put": items[start : start + 250]}


def _item(rng: random.Random, at: int, side: int, pictures: list[str], shots: list[str]) -> dict[str, Any]:
    place = {"x": at % side * 330.0 + rng.random() * 60, "y": at // side * 290.0 + rng.random() * 60, "layer": at % 5}
    known = {"id": new_id(), **place}
    kind = rng.choices(("picture", "note", "shot"), (6, 3, 1))[0]
    if kind == "picture":
        return {**known, "kind": kind, "width": 280, "height": 157, "asset_id": rng.choice(pictures)}
    if kind == "shot":
        return {**known, "kind": kind, "width": 260, "height": 244, "shot_id": rng.choice(shots)}
    return {**known, "kind": kind, "width": 220, "height": 140, "text": f"Note {at}: where the light falls at dawn"}


def _picture(at: int) -> bytes:
    data = BytesIO()
    noise = Image.effect_noise((640, 360), 60 + at).convert("RGB")
    Image.blend(noise, Image.new("RGB", noise.size, (9 * at, 120, 250 - 9 * at)), 0.6).save(data, "PNG")
    return data.getvalue()


@contextmanager
def _served() -> Iterator[tuple[dict[str, str], str]]:
    home = tempfile.mkdtemp(prefix="manazir-board-")
    environment = os.environ | {"MANAZIR_HOME": home}
    command = [sys.executable, "-m", "manazir.cli", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield environment, json.loads(process.stdout.readline())["address"]
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home)


def _entered(browser: Browser, environment: dict[str, str]) -> Page:
    command = [sys.executable, "-m", "manazir.cli", "studio", "--json"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    page = browser.new_context(locale="en", viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(120_000)
    page.goto(json.loads(told)["studio"])
    page.get_by_role("navigation").wait_for()
    return page


def _table(report: dict[str, Any]) -> str:
    lines = [
        f"# A board that is panned and zoomed, {report['frames']} frames each",
        "",
        f"{report['browser']}. Load average of the machine {report['load_average_before']} before, "
        f"{report['load_average_after']} after: others worked beside it, which clocks feel, and the sum of what is "
        "computed does not.",
        "",
        "| items | what | frames over 16 / 33 / 50 ms by the clock | longest | computed for a frame "
        "| tasks that compute over 16 / 33 / 50 ms | longest |",
        "|---|---|---|---|---|---|---|",
    ]
    for run in report["runs"]:
        frames, tasks = (
            " / ".join(str(one) for one in run[name].values()) for name in ("frames_over_ms", "tasks_over_ms")
        )
        lines.append(
            f"| {run['items']:,} | {run['what']} | {frames} | {run['longest_frame_ms']} ms "
            f"| {run['computed_ms_a_frame']} ms | {tasks} | {run['longest_task_ms']} ms |"
        )
    return "\n".join(lines) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--items", type=int, nargs="+", default=[200, 2000])
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
