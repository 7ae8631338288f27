"""A hub on the loopback: repositories are folders; it tells hashes, gives ranges, and can be made to fail."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What it serves, and how it misbehaves."""

    repositories: dict[str, Path]
    gated: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    """Files that it refuses."""
    spoilt: set[str] = field(default_factory=set)
    """Files in which it changes a byte."""
    cut: set[str] = field(default_factory=set)
    """Files of which it sends half, once, and hangs up."""
    asked: list[str] = field(default_factory=list)
    """Files whose content was asked for."""
    url: str = ""

    def listing(self, repository: str) -> bytes:
        folder = self.repositories[repository]
        siblings = []
        for path in sorted(path for path in folder.glob("**/*") if path.is_file()):
            data = path.read_bytes()
            told = {"rfilename": str(path.relative_to(folder)), "size": len(data), "blobId": "0" * 40}
            if path.suffix == ".safetensors":
                told["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
            siblings.append(told)
        about = {"_id": "0", "id": repository, "modelId": repository, "sha": COMMIT, "private": False, "gated": False}
        about |= {"disabled": False, "tags": [], "siblings": siblings}
        return json.dumps(about).encode()

    def tree(self, repository: str) -> bytes:
        folder = self.repositories[repository]
        files = sorted(path for path in folder.glob("**/*") if path.is_file())
        names = [{"type": "file", "path": str(path.relative_to(folder))} for path in files]
        return json.dumps([{"size": 1, "oid": "0" * 40} | name for name in names]).encode()


@contextmanager
def serving(repositories: dict[str, Path]) -> Iterator[Hub]:
    """Lend a hub at a free port."""
    hub = Hub(repositories)

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(is_whole=False)

        def do_GET(self) -> None:
            self._answer(is_whole=True)

        def log_message(self, *arguments: object) -> None:
            pass

        def _answer(self, is_whole: bool) -> None:
            words = unquote(urlsplit(self.path).path).strip("/").split("/")
            of = words[2:4] if words[:2] == ["api", "models"] else words[:2]
            repository = "/".join(of)
            if repository not in hub.repositories:
                self._say(404, b"", {"X-Error-Code": "RepoNotFound"})
            elif repository in hub.gated:
                self._say(403, b"", {"X-Error-Code": "GatedRepo"})
            elif words[:2] == ["api", "models"] and "tree" in words:
                self._say(200, hub.tree(repository), {"Content-Type": "application/json"})
            elif words[:2] == ["api", "models"]:
                self._say(200, hub.listing(repository) if is_whole else b"", {"Content-Type": "application/json"})
            else:
                self._file(hub.repositories[repository], "/".join(words[4:]), is_whole)

        def _file(self, folder: Path, name: str, is_whole: bool) -> None:
            if name in hub.failing:
                self._say(403, b"", {})
                return
            data = (folder / name).read_bytes()
            tag = hashlib.sha256(data).hexdigest()
            if name in hub.spoilt:
                data = data[:-1] + bytes([data[-1] ^ 1])
            about = {"X-Repo-Commit": COMMIT, "ETag": f'"{tag}"', "Accept-Ranges": "bytes"}
            first = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")[0])
            if is_whole:
                hub.asked.append(f"{name}:{first}" if first else name)
                about |= {"Content-Range": f"bytes {first}-{len(data) - 1}/{len(data)}"} if first else {}
                self._say(206 if first else 200, data[first:], about, is_cut=name in hub.cut)
                hub.cut.discard(name)
            else:
                self._say(200, data, about)

        def _say(self, status: int, body: bytes, headers: dict[str, str], is_cut: bool = False) -> None:
            self.send_response(status)
            for key, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body[: len(body) // 2] if is_cut else body)
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
