"""A pipeline of diffusers from a model's folder in the library, guarded.

Nothing is fetched, nothing in the folder is executed, weights come from safetensors alone, and none is made up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from manazir.checkpoints.diffusers_classes import part_class, pipeline_class
from manazir.checkpoints.found import INDEX
from manazir.checkpoints.manifest import Manifest, Part
from manazir.checkpoints.pipeline_call import from_settings
from manazir.checkpoints.pipeline_signature import call_of
from manazir.core.errors import CheckpointError, ManazirError, UnsupportedError
from manazir.core.hashes import hash_of_file

_OWN = {"local_files_only": True, "use_safetensors": True, "trust_remote_code": False}


def load_pipeline(folder: Path, manifest: Manifest, dtype: torch.dtype) -> Any:
    """A pipeline with its parts, on the CPU.

    Raises:
        UnsupportedError: diffusers is not installed, or what it needs for that model.
        CheckpointError: something is missing, damaged, or not as it was brought in.
    """
    kind = pipeline_class(manifest.pipeline)
    if call_of(kind) != from_settings(manifest.settings):
        raise CheckpointError(f"{manifest.name} was brought in for another version of diffusers; import it again")
    _check_is_as_it_was(folder, manifest)
    read = [part for part in manifest.parts if part.library == "transformers" and part.weights_bytes]
    try:
        with _without_network(), _quietly():
            networks = {part.name: _network(folder, part, dtype) for part in read}
            pipeline = kind.from_pretrained(folder, dtype=dtype, **networks, **_OWN)
    except ManazirError:
        raise
    except ImportError as error:
        raise UnsupportedError(f"{manifest.pipeline} of diffusers needs more: {_line(error)}") from error
    except Exception as error:  # whatever code that is not ours makes of a damaged folder
        reason = f"{type(error).__name__}: {_line(error)}"
        raise CheckpointError(f"no {manifest.pipeline} in {folder} ({reason}); import the model again") from error
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _check_is_as_it_was(folder: Path, manifest: Manifest) -> None:
    """What says which classes are made must be what was looked over, and there must be no code to be found."""
    facts = manifest.files.get(INDEX)
    if facts is None or not (folder / INDEX).exists() or hash_of_file(folder / INDEX) != facts.sha256:
        raise CheckpointError(f"{folder / INDEX} is not the file that was brought in; import the model again")
    code = next(folder.glob("**/*.py"), None)
    if code is not None:
        raise CheckpointError(f"{code} is code, which no model brought in has; delete it, or import the model again")


def _network(folder: Path, part: Part, dtype: torch.dtype) -> Any:
    """A network of transformers, which would else make up what its weights lack."""
    kind = part_class(part.library, part.class_name)
    network, told = kind.from_pretrained(folder / part.name, dtype=dtype, output_loading_info=True, **_OWN)
    absent = sorted(map(str, [*told["missing_keys"], *told["mismatched_keys"]]))
    if absent:
        raise CheckpointError(
            f"{len(absent)} weights of {folder / part.name} are missing or of another shape (for one, {absent[0]}); "
            "import the model again"
        )
    return network


@contextmanager
def _without_network() -> Iterator[None]:
    """Within, the hub's client refuses every request; it asks this each time."""
    constants: Any = import_module("huggingface_hub.constants")
    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


@contextmanager
def _quietly() -> Iterator[None]:
    """Without progress bars across ours."""
    loggers: list[Any] = [import_module(f"{library}.utils.logging") for library in ("diffusers", "transformers")]
    noisy = [logger for logger in loggers if logger.is_progress_bar_enabled()]
    for logger in noisy:
        logger.disable_progress_bar()
    try:
        yield
    finally:
        for logger in noisy:
            logger.enable_progress_bar()


def _line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
