"""The process that decodes one outside file: `python -m manazir.media.decode_child REQUEST`.

`sandbox` starts it with two open descriptors, the file to read and a file for the answer's numbers. It leaves the
network, imports the decoders, caps what it may use, and only then looks at the file. On its standard output it says,
in one line of JSON, what it wrote, or in one sentence what is wrong with the file.
"""

import gc
import json
import os
import sys
from typing import Any

from manazir.core.errors import MediaError
from manazir.media.confine import cap, leave_the_network
from manazir.media.limits import Limits
from manazir.media.sniff import PICTURE_KINDS, Kind


def main(request_text: str) -> None:
    """Answer one request."""
    request: dict[str, Any] = json.loads(request_text)
    limits = Limits(**request["limits"])
    kind = Kind(request["kind"])
    leave_the_network()
    _import_decoders(kind)
    cap(limits)
    try:
        answer = _answer(request, kind, limits)
    except MediaError as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": f"it needs more than {limits.memory_bytes >> 20} MiB to decode; make it smaller"}
    except (AttributeError, NameError, ImportError):  # a mistake of ours; `sandbox` reports it as such
        raise
    except Exception as error:  # a stranger's bytes can make a decoder raise anything; none of it is our state
        answer = {"error": f"it is damaged or cut off ({_reason(error)}); export or download it again"}
    print(json.dumps(answer))  # noqa: T201  the answer itself


def _import_decoders(kind: Kind) -> None:
    """Only after the network is left, as they start threads; before the caps, so that these count the file alone."""
    gc.disable()  # what is imported stays: looking for cycles in it, now and at the end, is a quarter of this process
    from manazir.media import decode_tasks  # noqa: F401

    if kind in PICTURE_KINDS:
        from manazir.media import pictures  # noqa: F401  clips and sounds need not wait for Pillow
    gc.freeze()
    gc.enable()
    sys.dont_write_bytecode = True  # under a cap on file sizes it could be cut short


def _answer(request: dict[str, Any], kind: Kind, limits: Limits) -> dict[str, Any]:
    from manazir.media.decode_tasks import Task

    with os.fdopen(request["answer"], "wb") as numbers:
        return Task(request["file"], kind, limits, numbers).run(request["task"], request["options"])


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main(sys.argv[1])
