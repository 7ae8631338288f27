"""The web server as `manazir serve` runs it, and clients that are slow, or vanish."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from manazir.server.edge.connections import PER_ADDRESS
from manazir.server.serving import web_config


@contextmanager
def running(app: ASGIApp, connections_per_address: int = PER_ADDRESS) -> Iterator[tuple[uvicorn.Server, int]]:
    """In a thread, at a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(web_config(app, connections_per_address))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield server, listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def asks_for(port: int, path: str, *headers: str) -> socket.socket:
    """A client that asks for something and has little room for the answer."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(20)
    made.connect(("127.0.0.1", port))
    lines = "".join(f"{line}\r\n" for line in headers)
    made.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n".encode())
    return made


def vanish(client: socket.socket) -> None:
    """Without a word, in the middle of whatever it is."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
