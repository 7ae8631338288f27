"""Web servers on the loopback that behave, or misbehave, as a test says."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

CERTIFICATE = Path(__file__).with_name("films_example.pem")
"""Of films.example, which signed it itself; it is good for nothing else."""

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Peer:
    """A server, and what it was asked."""

    port: int = 0
    address: str = ""
    hosts: list[str] = field(default_factory=list)
    """Host headers."""
    names: list[str] = field(default_factory=list)
    """Of TLS."""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"


@contextmanager
def serving(behave: Behaviour, address: str = "127.0.0.1", port: int = 0, *, has_tls: bool = False) -> Iterator[Peer]:
    """Answer every request with a behaviour until the block ends."""
    peer = Peer(address=address)
    ending = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        ended = ending

        def do_GET(self) -> None:
            peer.hosts.append(self.headers["Host"])
            peer.headers.append(dict(self.headers))
            peer.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked has had enough
                behave(self)

        do_POST = do_GET  # noqa: N815  the library's name

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # who asked broke off

    server = Server((address, port), Handler)
    if has_tls:
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        context.sni_callback = lambda _, name, __: peer.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield peer
    finally:
        ending.set()
        server.shutdown()
        thread.join()
        server.server_close()


def giving(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    """Answer with a body; underscores in headers' names are hyphens."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def leading_to(target: str, status: int = 302) -> Behaviour:
    """A redirect."""
    return giving(b"", status, Location=target)


def endless(first: bytes, piece: bytes, every_seconds: float = 0.0) -> Behaviour:
    """Raw bytes, and then a piece again and again for as long as anybody listens."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        while not handler.ended.wait(every_seconds):  # type: ignore[attr-defined]
            handler.wfile.write(piece)

    return behave


@contextmanager
def listening(address: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A port to which nobody should connect: see `nobody_came`."""
    with socket.create_server((address, 0)) as server:
        server.setblocking(False)
        yield server


def nobody_came(server: socket.socket) -> bool:
    """Whether no connection waits."""
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return True
    return False
