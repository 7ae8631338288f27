"""`/`: the studio for browsers; for programs, and where it is not built, what this is and where everything is."""

from collections.abc import Mapping
from html import escape
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from manazir.server.api.page import HEADERS, STYLE
from manazir.server.http import base_url
from manazir.server.studio_pages import FOLDER, NOT_BUILT, index_page

ABOUT = "Makes video with sound, and pictures, from words, pictures and clips, on machines that you run yourself."
KEYS = "Every call needs a key; `manazir keys create NAME` makes one, where the service runs."
OWN = "/api/v1"
DIALECTS: Mapping[str, str] = MappingProxyType(
    {
        "our own": OWN,
        "lumaai": "/dream-machine/v1",
        "luma-agents": "/luma/v1",
        "openai": "/openai/v1",
        "google-genai": "/google",
    }
)
"""By the client that takes it as its base URL."""
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "/docs": "our own API, to read",
        f"{OWN}/openapi.json": "the same, for programs",
        "/mcp": "for assistants",
        "/readyz": "whether it can accept work",
    }
)


def front_routes(pages: Path = FOLDER) -> APIRouter:
    """The page.

    Args:
        pages: where the studio's lie, if they are built.
    """
    routes = APIRouter()

    @routes.api_route("/", methods=["GET", "HEAD"])
    def front(request: Request) -> Response:
        base = base_url(request)
        if "text/html" in request.headers.get("accept", ""):
            return index_page(request, pages) or HTMLResponse(_page(base), headers={**HEADERS, "Vary": "Accept"})
        return JSONResponse(_told(base), headers={"Vary": "Accept"})

    return routes


def _told(base: str) -> dict[str, object]:
    told: dict[str, object] = {"name": "Manazir", "version": version("manazir"), "about": ABOUT, "keys": KEYS}
    told["base_urls"] = {client: base + path for client, path in DIALECTS.items()}
    return told | {"see": {base + path: about for path, about in PLACES.items()}}


def _page(base: str) -> str:
    command, studio = KEYS.split("`"), escape(NOT_BUILT).split("`")
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Manazir</title>"
        f"<meta name=viewport content='width=device-width'><style>{STYLE}</style>"
        f"<h1>Manazir {escape(version('manazir'))}</h1><p>{ABOUT}</p>"
        f"<p>{command[0]}<code>{command[1]}</code>{command[2]}</p>"
        f"<p>Here {studio[0]}<code>{studio[1]}</code>{studio[2]}<code>{studio[3]}</code>{studio[4]}.</p>"
        f"<h2>Base URLs</h2>"
        f"<table>{''.join(f'<tr><td>{escape(base + path)}<td>{client}' for client, path in DIALECTS.items())}</table>"
        f"<h2>See</h2><table>{''.join(_linked(path, about) for path, about in PLACES.items())}</table>"
    )


def _linked(path: str, about: str) -> str:
    return f"<tr><td><a href='{path}'>{path}</a><td>{about}"
