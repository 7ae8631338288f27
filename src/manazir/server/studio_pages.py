"""The studio's pages: built files (`studio/`, `npm run build`) that ask for nothing from anywhere else."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from manazir.server.edge.packing import takes_gzip
from manazir.server.errors import ApiError, Problem
from manazir.server.http import Render, as_api_error

FOLDER = Path(__file__).parent / "pages"
INDEX = "index.html"
NOT_BUILT = "the studio's pages are not built here; run `npm ci` and `npm run build` in the folder studio/"
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml",
        ".json": "application/json",
        ".txt": "text/plain; charset=utf-8",
        ".md": "text/plain; charset=utf-8",
        ".webp": "image/webp",
        ".png": "image/png",
        ".woff2": "font/woff2",
    }
)
"""What may stand there; nothing else is given out."""
PACKED = (".webp", ".png", ".woff2")
"""What no compression makes smaller."""
NAME = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.@-]*/)*[A-Za-z0-9_][A-Za-z0-9_.@-]*")
"""Of a file and the folders that it is in: none begins with a dot, so none leads outside."""
LONGEST_NAME = 200
HASHED = "assets/"
"""In there names have their content's hash, so what a name stands for never changes."""
YEAR_SECONDS = 31_536_000
HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Page:
    """A built file, ready to be sent."""

    content: bytes
    gzipped: bytes | None
    media_type: str
    tag: str
    """Of its content, as an ETag."""


def page_of(folder: Path, name: str) -> Page | None:
    """A built file by its name below the folder; None: there is none."""
    path = folder / name
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name) or path.suffix not in KINDS or not path.is_file():
        return None
    if not path.resolve().is_relative_to(folder.resolve()):
        return None
    told = path.stat()
    return _read(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=256)
def _read(path: Path, _mtime_ns: int, _size_bytes: int) -> Page:
    content = path.read_bytes()
    packed = None if path.suffix in PACKED else gzip.compress(content, 9, mtime=0)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Page(content, packed, KINDS[path.suffix], tag)


def answer(page: Page, request: Request, cache: str) -> Response:
    """A built file as an answer: compressed for who takes that, and nothing for who has it already."""
    headers = {**HEADERS, "Cache-Control": cache, "ETag": page.tag, "Vary": "Accept, Accept-Encoding"}
    if page.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if page.gzipped is not None and takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(page.gzipped, headers=headers | {"Content-Encoding": "gzip"}, media_type=page.media_type)
    return Response(page.content, headers=headers, media_type=page.media_type)


def index_page(request: Request, folder: Path = FOLDER) -> Response | None:
    """The page that all places of the studio are shown by; None: it is not built."""
    page = page_of(folder, INDEX)
    return None if page is None else answer(page, request, "no-cache")


def answer_lost(app: FastAPI, render: Render, folder: Path = FOLDER) -> None:
    """Have browsers that come to an address at which nothing is shown the studio, which says so; programs hear it."""

    async def lost(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        is_person = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
        page = page_of(folder, INDEX) if is_person and error.status_code == 404 else None
        if page is None:
            return render(request, as_api_error(error))
        return Response(page.content, 404, {**HEADERS, "Cache-Control": "no-store", "Vary": "Accept"}, page.media_type)

    app.add_exception_handler(HTTPException, lost)


def studio_routes(folder: Path = FOLDER) -> APIRouter:
    """All places of the studio but `/`, and the files that they need."""
    routes = APIRouter()

    def place(request: Request) -> Response:
        shown = index_page(request, folder)
        if shown is None:
            raise ApiError(Problem.NOT_FOUND, NOT_BUILT)
        return shown

    for path in ("/projects", "/projects/{rest:path}", "/queue", "/settings"):
        routes.add_api_route(path, place, methods=["GET", "HEAD"])

    @routes.api_route("/studio/{name:path}", methods=["GET", "HEAD"])
    def file(name: str, request: Request) -> Response:
        page = page_of(folder, name) if name != INDEX else None
        if page is None:
            raise ApiError(Problem.NOT_FOUND, "there is no such file of the studio; load its page again")
        how = f"public, max-age={YEAR_SECONDS}, immutable" if name.startswith(HASHED) else f"max-age={HOUR_SECONDS}"
        return answer(page, request, how)

    return routes
