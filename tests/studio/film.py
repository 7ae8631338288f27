"""A film that is on its way, for whoever looks at the studio: the sample brief, its takes, and a board."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

ENDED = ("succeeded", "failed", "cancelled")
FAR_AWAY = "https://nowhere.example.com/frame.png"
"""There is no such server: a job that begins with it fails, and says why."""
NAMES = {"en": "How things move", "ar": "كيف تتحرك الأشياء"}
NOTES = {
    "en": "Keep the ground empty.\nThe light comes from the left.",
    "ar": "تبقى الأرض خالية.\nيأتي الضوء من اليسار.",
}


@dataclass(frozen=True, kw_only=True)
class Film:
    """Where its places are, as paths of the studio."""

    project: str
    shot: str
    compare: str
    composer: str


class Studio:
    """The server as the studio's own pages ask it: by the cookie of a session."""

    def __init__(self, address: str, cookies: Mapping[str, str] | None = None) -> None:
        headers = {"X-Manazir-Studio": "1"}
        self._client = httpx.Client(base_url=f"{address}/api/v1", headers=headers, cookies=cookies, timeout=60)

    def ask(self, method: str, path: str, **given: Any) -> Any:
        answer = self._client.request(method, path, json=given or None)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.status_code != 204 else None

    @property
    def cookies(self) -> dict[str, str]:
        """Whoever has them goes on with its session."""
        return dict(self._client.cookies)

    def ended(self, takes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The takes, once no job of theirs runs."""
        until = time.monotonic() + 240
        while time.monotonic() < until:
            told = [self.ask("GET", f"/takes/{take['id']}") for take in takes]
            if all(take["job"]["state"] in ENDED for take in told):
                return told
            time.sleep(0.3)
        raise AssertionError("takes are not made")


def make_film(studio: Studio, language: str, *, whole: bool) -> Film:
    """The sample with drafts of its first shot, and held ones; whole: with takes of all shots, and masters chosen."""
    project = studio.ask("POST", "/projects", name=NAMES[language], sample=language, width=224, height=128)
    shots = project["shots"]
    drafts = studio.ask("POST", f"/shots/{shots[0]['id']}/takes", kind="draft", count=2, seed=8)["items"]
    held = studio.ask("POST", f"/shots/{shots[4]['id']}/takes", kind="draft", count=2, seed=2)["items"]
    for take in held:
        studio.ask("POST", f"/jobs/{take['id']}/hold")
    wrong = {"prompt": shots[2]["prompt"], "keyframes": [{"at_seconds": 0, "image": FAR_AWAY}]}
    drafts += studio.ask("POST", f"/shots/{shots[2]['id']}/takes", kind="draft", canvas=wrong)["items"]
    drafts = studio.ended(drafts)
    start = _finish(studio, shots, drafts) if whole else drafts[1]
    _lay(studio, project["id"], language, shots, drafts)
    _compose(studio, shots[1], start)
    at = f"/projects/{project['id']}"
    shot_at = f"{at}/shots/{shots[0]['id']}"
    return Film(
        project=at,
        shot=shot_at,
        compare=f"{shot_at}?take={drafts[0]['id']}&with={drafts[1]['id']}&by=wipe",
        composer=f"{at}/shots/{shots[1]['id']}",
    )


def _frame(studio: Studio, take: dict[str, Any], seconds: float) -> str:
    clip: str = take["job"]["outputs"]["video"]["id"]
    frame: str = studio.ask("POST", f"/assets/{clip}/frame", at_seconds=seconds)["id"]
    return frame


def _compose(studio: Studio, shot: dict[str, Any], take: dict[str, Any]) -> None:
    """In its composer stand two frames of a take, the first and the last of what is to be made."""
    pins = [{"at_seconds": at, "image": f"asset:{_frame(studio, take, seen)}"} for at, seen in ((0, 0), (None, 1.5))]
    canvas = {"prompt": shot["prompt"], "duration_seconds": 2, "width": 224, "height": 128, "keyframes": pins}
    composer = {"canvas": canvas, "kind": "draft", "count": 3}
    studio.ask("PATCH", f"/shots/{shot['id']}", composer=composer, framing="medium", move="push_in")


def _finish(studio: Studio, shots: list[dict[str, Any]], drafts: list[dict[str, Any]]) -> dict[str, Any]:
    """All shots but the last have takes then; that of the second is told."""
    made: list[dict[str, Any]] = []
    for shot in shots[1:4]:
        made += studio.ask("POST", f"/shots/{shot['id']}/takes", kind="draft", seed=3)["items"]
    master = studio.ask("POST", f"/shots/{shots[0]['id']}/takes", kind="master", from_take_id=drafts[0]["id"])["items"]
    told = studio.ended(made + master)
    studio.ask("PATCH", f"/shots/{shots[0]['id']}", chosen_take_id=master[0]["id"])
    return told[0]


def _lay(
    studio: Studio,
    project: str,
    language: str,
    shots: list[dict[str, Any]],
    takes: list[dict[str, Any]],
) -> None:
    laid = [
        {"kind": "clip", "take_id": takes[0]["id"], "x": 0, "y": 0, "width": 480, "height": 270},
        {"kind": "picture", "asset_id": _frame(studio, takes[1], 1), "x": 510, "y": 0, "width": 320, "height": 180},
        {"kind": "note", "text": NOTES[language], "colour": "sand", "x": 580, "y": 300, "width": 220, "height": 120},
        {"kind": "shot", "shot_id": shots[0]["id"], "x": 0, "y": 300, "width": 260, "height": 250},
        {"kind": "shot", "shot_id": shots[1]["id"], "x": 290, "y": 300, "width": 260, "height": 250},
    ]
    for item in laid:
        studio.ask("POST", f"/projects/{project}/board", **item)
