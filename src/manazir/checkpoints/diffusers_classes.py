"""Classes of diffusers, for models that no engine of ours runs.

The only file that imports diffusers, and only when it is asked. A class is taken by its name from the library itself;
code that lies beside weights is never looked up.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import torch

from manazir.checkpoints.bounded import no_larger_than
from manazir.checkpoints.bundle import check_fit
from manazir.checkpoints.families import FAMILIES
from manazir.checkpoints.found import Found
from manazir.checkpoints.headers import Stored
from manazir.checkpoints.pipeline_call import to_settings
from manazir.checkpoints.pipeline_signature import call_of
from manazir.checkpoints.text_checks import TEXT_ENCODERS, check_text_encoder
from manazir.core.errors import CheckpointError, UnsupportedError

INSTALL = "install it with `pip install 'manazir[diffusers]'`"


def described(found: Found) -> Found:
    """A model with how its pipeline is called, in its settings.

    Raises:
        UnsupportedError: diffusers is not installed, or what it needs for that model.
        CheckpointError: it has no such pipeline or part, or the pipeline is not one that fills in canvases.
    """
    call = call_of(pipeline_class(found.pipeline))
    for part in found.parts:
        part_class(part.library, part.class_name)
    return replace(found, settings={**found.settings, **to_settings(call)})


def pipeline_class(name: str) -> type[Any]:
    """A pipeline by its name.

    Raises:
        UnsupportedError: diffusers is not installed, or what it needs for that pipeline.
        CheckpointError: it has none of that name.
    """
    diffusers = _diffusers(name)
    kind = _class_in(diffusers, name)
    if kind is None or not issubclass(kind, diffusers.DiffusionPipeline):
        raise CheckpointError(
            f"a model for {name}, which is no pipeline of diffusers {diffusers.__version__} and does not run here; "
            f"have {', '.join(FAMILIES)}, and those of diffusers that make video"
        )
    return kind


def part_class(library: str, name: str) -> type[Any]:
    """The class of a part, of `diffusers` or `transformers`.

    Raises:
        UnsupportedError: the library is not installed, or what it needs for that part.
        CheckpointError: it has none of that name.
    """
    module = _diffusers(name) if library == "diffusers" else _module("transformers", name)
    kind = _class_in(module, name)
    if kind is None or not hasattr(kind, "from_pretrained"):
        raise CheckpointError(f"a part of class {name}, which {library} {module.__version__} has not; get a newer one")
    return kind


def check_weights(class_name: str, config: Mapping[str, Any], weights: Mapping[str, Stored], what: str) -> bool:
    """Hold a part's weights against its network; False: it is one of transformers that is only checked when loaded.

    Raises:
        CheckpointError: they are of another network, or packed.
    """
    if "quantization_config" in config:
        raise CheckpointError(f"the weights of {what} are packed by a quantizer; get them as they were before that")
    kind = _class_in(_diffusers(class_name), class_name)
    if kind is None:
        return class_name in TEXT_ENCODERS and check_text_encoder(class_name, config, weights, what)
    stray = re.compile("|".join(kind._keys_to_ignore_on_load_unexpected or ["(?!)"]))
    found = {name: stored for name, stored in weights.items() if not stray.search(name)}
    empty = {name: torch.empty(stored.shape, device="meta") for name, stored in found.items()}
    with no_larger_than(len(weights)):
        network = _empty(kind, config, what)
    check_fit(network, empty, what)
    return True


def _empty(kind: type[Any], config: Mapping[str, Any], what: str) -> Any:
    """A network that takes no memory."""
    with _module("accelerate", kind.__name__).init_empty_weights():
        try:
            return kind.from_config(dict(config))
        except Exception as error:  # whatever a class that is not ours makes of a configuration
            raise CheckpointError(f"{what} has a configuration that is none of {kind.__name__} ({error})") from error


def _class_in(module: Any, name: str) -> type[Any] | None:
    try:
        kind = getattr(module, name, None)
    except (ImportError, RuntimeError) as error:
        raise UnsupportedError(f"{name} of {module.__name__} cannot be imported here: {error}") from error
    if not inspect.isclass(kind):
        return None
    if ".dummy_" in kind.__module__:
        stand_in: Any = kind
        raise UnsupportedError(f"{name} of {module.__name__} needs {' and '.join(stand_in._backends)}; install that")
    return kind


def _diffusers(name: str) -> Any:
    return _module("diffusers", name)


def _module(library: str, name: str) -> Any:
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        raise UnsupportedError(
            f"no engine of Manazir's own runs {name}, and {library}, which may, is not here; {INSTALL}"
        ) from error
