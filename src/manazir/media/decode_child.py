"""The process that decodes one outside file: `python -m manazir.media.decode_child REQUEST`.

`sandbox` starts it with two open descriptors, the file to read and a file for the answer's numbers. It gives up
its rights first, then imports the decoders, then looks at the file. On its standard output it says, in one line
of JSON, what it wrote, or in one sentence what is wrong with the file.
"""

import json
import os
import sys
from typing import Any

from manazir.core.errors import MediaError
from manazir.media.confine import confine
from manazir.media.limits import Limits
from manazir.media.sniff import Kind


def main(request_text: str) -> None:
    """Answer one request."""
    request: dict[str, Any] = json.loads(request_text)
    limits = Limits(**request["limits"])
    confine(limits)
    try:
        answer = _answer(request, limits)
    except MediaError as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": f"it needs more than {limits.memory_bytes >> 20} MiB to decode; make it smaller"}
    except (AttributeError, NameError, ImportError):  # a mistake of ours; `sandbox` reports it as such
        raise
    except Exception as error:  # a stranger's bytes can make a decoder raise anything; none of it is our state
        answer = {"error": f"it is damaged or cut off ({_reason(error)}); export or download it again"}
    print(json.dumps(answer))  # noqa: T201  the answer itself


def _answer(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    from manazir.media import decode_tasks  # only now: importing starts threads, and reads what is hostile

    with os.fdopen(request["answer"], "wb") as numbers:
        task = decode_tasks.Task(request["file"], Kind(request["kind"]), limits, numbers)
        return task.run(request["task"], request["options"])


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main(sys.argv[1])
