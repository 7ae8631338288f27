"""A store of the tests' own that speaks S3: SeaweedFS as a program, on loopback, in a temporary folder."""

import json
import socket
import subprocess
import sysconfig
import time
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from manazir.core.errors import StorageError
from manazir.server.assets.bucket import Bucket
from manazir.server.assets.place import Place

HOST = "127.0.0.1"
QUIET_SECONDS = 90.0
NAME, SECRET = "tests", "a-secret-of-the-tests"
READER, READERS_SECRET = "reader", "a-secret-of-the-reader"
BUCKET = "films"
PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
PORTS += ("s3.port", "s3.port.grpc")
WAITING = (BotoCoreError, ClientError, StorageError)


@dataclass
class S3Server:
    """One process with all parts of the store, and a bucket."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def endpoint(self) -> str:
        """Where it is."""
        return f"http://{HOST}:{self.ports['s3.port']}"

    def start(self) -> None:
        """Run it until a file can be kept; again in the same folder: with what was kept before. Keys are in AWS_…."""
        self.ports = self.ports or dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        all_, few = ["Admin", "Read", "Write", "List", "Tagging"], ["Read", "List"]
        known = [(NAME, SECRET, all_), (READER, READERS_SECRET, few)]
        people = [{"name": n, "credentials": [{"accessKey": n, "secretKey": s}], "actions": a} for n, s, a in known]
        (self.folder / "s3.json").write_text(json.dumps({"identities": people}))
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), cwd=self.folder, stdout=log, stderr=log)
        bucket = Bucket(Place(bucket=BUCKET, endpoint=self.endpoint, region="us-east-1"))
        until = time.monotonic() + QUIET_SECONDS
        while True:
            try:
                bucket._client.create_bucket(Bucket=BUCKET)
                bucket.put("ready", b"")
                return
            except WAITING as error:
                if getattr(error, "response", {}).get("Error", {}).get("Code") == "BucketAlreadyOwnedByYou":
                    return
                told_last = (self.folder / "log").read_text()[-2000:]
                assert self._process.poll() is None, told_last
                assert time.monotonic() < until, told_last
                time.sleep(0.1)

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _command(self) -> list[str]:
        program = Path(sysconfig.get_path("scripts")) / "weed"
        quiet = [
            "-master.telemetry=false",
            "-s3.autoCreateBucket=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-volume.max=50",
        ]
        small = ["-master.volumeSizeLimitMB=64", "-volume.minFreeSpace=1MiB"]
        sockets = [f"-{one}.localSocket={self.folder / one}.sock" for one in ("filer", "s3")]
        where = [f"-dir={self.folder}", f"-ip={HOST}", f"-ip.bind={HOST}", f"-s3.ip.bind={HOST}"]
        ports = [f"-{name}={port}" for name, port in self.ports.items()]
        s3 = ["-s3", "-s3.config=s3.json", "-s3.autoCreateBucket=false"]
        run = [str(program), "server", "-filer", *s3, *where, *ports, *quiet, *small, *sockets]
        return ["setpriv", "--pdeathsig=KILL", *run]  # killed tests leave no server behind


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind((HOST, 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
