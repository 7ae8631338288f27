"""Processes that stay, and run a function together whenever they are told to."""

import multiprocessing
import sys
import traceback
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

ROOT = Path(__file__).parents[2]
SECONDS = 120.0


class Processes:
    """So many of them; importing torch is paid once."""

    def __init__(self, count: int, folder: Path) -> None:
        if str(ROOT) not in sys.path:
            sys.path.insert(0, str(ROOT))  # which they inherit
        context = multiprocessing.get_context("forkserver")  # which imports torch once, for all of them
        context.set_forkserver_preload(["tests.devices.cases"])
        self._folder, self._calls = folder, 0
        self._ends: list[Connection] = []
        self._processes = []
        for rank in range(count):
            here, there = context.Pipe()
            process = context.Process(target=serve, args=(there, rank), daemon=True)
            process.start()
            self._ends.append(here)
            self._processes.append(process)

    def run(self, function: Callable[..., Any], count: int, *arguments: Any) -> list[Any]:
        """What the function gives in each of the first `count` processes, which are a group."""
        self._calls += 1
        store = str(self._folder / f"store-{self._calls}")
        for end in self._ends[:count]:
            end.send((function, count, store, arguments))
        answers = []
        for end in self._ends[:count]:
            assert end.poll(SECONDS), "a process does not answer"
            is_done, answer = end.recv()
            assert is_done, answer
            answers.append(answer)
        return answers

    def stop(self) -> None:
        for process in self._processes:
            process.kill()  # they hold nothing
            process.join()


def serve(end: Connection, rank: int) -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("error")
    while True:
        function, count, store, arguments = end.recv()
        dist.init_process_group("gloo", store=dist.FileStore(store, count), rank=rank, world_size=count)
        dist.barrier()  # who is refused at once would otherwise hang up while others still connect
        try:
            end.send((True, function(*arguments)))
        except Exception:
            end.send((False, traceback.format_exc()))
        dist.destroy_process_group()
