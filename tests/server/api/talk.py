"""How tests talk to our own API."""

from typing import Any

from fastapi.testclient import TestClient

ROOT = "/api/v1"


def created(client: TestClient, canvas: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A job of a small canvas."""
    answer = client.post("/jobs", json={"canvas": canvas or {"prompt": "a red ball", "seed": 1}, **more})
    assert answer.status_code == 201, answer.text
    job: dict[str, Any] = answer.json()
    return job


def refusal(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told.keys() == {"error"}
    assert told["error"].keys() == {"code", "message", "field", "retry_after_seconds", "reason", "values", "parts"}
    error: dict[str, Any] = told["error"]
    return error
