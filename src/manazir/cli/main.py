"""`manazir <verb>`: finds the verb, runs it, and turns errors into one line and an exit code.

Exit codes: 0; 1 something failed that should not; 2 wrong use, and the line says what would work; 130 interrupted.
Every verb is a module with `run(arguments)`; only the chosen one is imported, so that `manazir --help` answers at once.
"""

import atexit
import difflib
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from manazir.core.errors import ManazirError, UnsupportedError
from manazir.core.home import is_debugging


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb's module is, and what it does in a line."""

    module: str
    summary: str


VERBS: dict[str, Verb] = {
    "generate": Verb("generate", "make a clip with sound from words, pictures, a clip, a sound or actions"),
    "bench": Verb("bench", "how fast a model is on this machine, beside what the machine can do"),
    "serve": Verb("serve", "serve the APIs of Luma, Sora and Veo, and our own, from this machine"),
    "studio": Verb("studio", "the address at which the studio of a service on this machine opens"),
    "worker": Verb("worker", "one more worker for a service, here or on another machine"),
    "keys create": Verb("keys_create", "make a key for the service"),
    "keys list": Verb("keys_list", "the keys of the service, without their secrets"),
    "keys revoke": Verb("keys_revoke", "end a key"),
    "storage check": Verb("storage_check", "whether files and record fit together, after a backup was restored"),
    "webhooks list": Verb("webhooks_list", "messages about jobs: what waits, what was given up"),
    "webhooks replay": Verb("webhooks_replay", "send a message again"),
    "webhooks secret": Verb("webhooks_secret", "what signs a tenant's callbacks"),
    "models list": Verb("models_list", "the models, and whether their weights are on this machine"),
    "models show": Verb("models_show", "what one model makes, from what, and how well"),
    "models pull": Verb("models_pull", "fetch open weights from a hub: Wan, LTX"),
    "models import": Verb("models_import", "bring open weights in from a folder or a file"),
    "models calibrate": Verb("models_calibrate", "measure what the step cache mag goes by, once for a model"),
    "models verify": Verb("models_verify", "whether a model's files are still those that were installed"),
    "models remove": Verb("models_remove", "delete an installed model"),
    "models export": Verb("models_export", "put trained runs into a bundle that generate loads"),
    "worlds sample": Verb("worlds_sample", "simulate one scene: a clip with sound, its captions, its truth"),
    "worlds sheet": Verb("worlds_sheet", "a contact sheet with one scene of each family"),
    "worlds render": Verb("worlds_render", "render many scenes into shards to learn from"),
    "worlds simulate": Verb("worlds_simulate", "simulate many scenes without drawing them, to learn from"),
    "worlds encode": Verb("worlds_encode", "send rendered shards through the codecs, before training"),
    "train": Verb("train", "train by a recipe"),
}

YOUNG_OBJECTS = 20_000
"""How many more than were freed make Python look for cycles; its 700 are for smaller programs."""
FIRST = 'manazir generate "a red ball bounces on the ground" -o ball.mp4'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; return its exit code."""
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    atexit.register(gc.freeze)  # the memory goes with the process: no search for cycles in it, 0.3 s with torch
    # Threads that wait for work must sleep, not spin: spinning ones are several times slower beside another program.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read by OpenMP when torch is loaded
    try:
        _run(list(sys.argv[1:] if arguments is None else arguments))
    except ManazirError as error:
        print(f"manazir: {_one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("manazir: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read has heard enough: `manazir models list | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it says nothing either
        return 0
    except SystemExit as stop:  # tyro's, after help
        return stop.code if isinstance(stop.code, int) else 0
    except Exception as error:  # the boundary of the process: the trace is for whoever asks for it
        if is_debugging():
            traceback.print_exc()
        else:
            hint = "set MANAZIR_DEBUG=1 for the whole trace, and please report it"
            print(f"manazir: unexpected {type(error).__name__}: {_one_line(error)} ({hint})", file=sys.stderr)
        return 1
    return 0


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _run(arguments: list[str]) -> None:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview(list(VERBS)))
        return
    if arguments[0] in ("-V", "--version"):
        from importlib.metadata import version  # 40 ms

        print(f"manazir {version('manazir')}")
        return
    for words in (2, 1):
        verb = " ".join(arguments[:words])
        if verb in VERBS:
            _module(verb).run(arguments[words:])
            return
    _group(arguments)


def _module(verb: str) -> Any:
    return import_module(f"manazir.cli.{VERBS[verb].module}")


def _group(arguments: list[str]) -> None:
    """What is left: the first word of verbs of two, or no verb at all."""
    inside = [verb for verb in VERBS if verb.startswith(f"{arguments[0]} ")]
    if inside and (len(arguments) == 1 or arguments[1] in ("-h", "--help")):
        # all of their modules, which is slower than the whole overview: examples are only in them
        print(overview(inside, [_module(verb).EXAMPLES[0] for verb in inside]))
        return
    asked = " ".join(arguments[: 2 if inside else 1])
    near = difflib.get_close_matches(asked, VERBS, 1)
    meant = f" Did you mean `manazir {near[0]}`?" if near else ""
    raise UnsupportedError(f"there is no verb {asked!r}; have {', '.join(inside or VERBS)}.{meant}")


def overview(verbs: Sequence[str], examples: Sequence[str] = (FIRST,)) -> str:
    """The help that lists verbs."""
    width = max(map(len, verbs))
    return "\n".join(
        [
            "usage: manazir VERB ...",
            "",
            *(f"  {verb:{width}}  {VERBS[verb].summary}" for verb in verbs),
            "",
            "Each verb has its own --help, and --json for programs. For example:",
            "",
            *(f"  {example}" for example in examples),
        ]
    )
