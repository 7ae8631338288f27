"""Which installed model answers to a name that a client sends."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.inference.cards import Card, card_of, installed_cards
from manazir.inference.catalogue import DEFAULT
from manazir.server.errors import ApiError, Problem
from manazir.server.operator import Alias, Operator

NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "luma": ("ray-2", "ray-flash-2", "ray-1-6", "ray-1.6", "photon-1", "photon-flash-1"),
        "luma_agents": ("ray-3.2", "uni-1", "uni-1-max"),
        "sora": (
            "sora-2",
            "sora-2-pro",
            "sora-2-2025-10-06",
            "sora-2-pro-2025-10-06",
            "sora-2-2025-12-08",
        ),
        "sora_images": (
            "gpt-image-1",
            "gpt-image-1-mini",
            "gpt-image-1.5",
            "gpt-image-2",
            "gpt-image-2-2026-04-21",
            "gpt-image-2.5-sunburst",
            "gpt-image-2.5-flare",
            "gpt-image-2.6-sunburst",
            "gpt-image-2.6-flare",
            "chatgpt-image-latest",
            "dall-e-2",
            "dall-e-3",
        ),
        "veo": (
            "veo-2.0-generate-001",
            "veo-3.0-generate-001",
            "veo-3.0-fast-generate-001",
            "veo-3.1-generate-001",
            "veo-3.1-fast-generate-001",
            "veo-3.1-generate-preview",
            "veo-3.1-fast-generate-preview",
            "veo-3.1-lite-generate-preview",
            "gemini-omni-1.2-flash",
            "gemini-omni-1.1-flash",
            "gemini-omni-flash-preview",
        ),
    }
)
"""The names that the vendors' clients and examples send, by dialect. All are answered by the embedded model, which may
resample for them, until the operator maps them to something better."""
LISTS: Mapping[str, str] = MappingProxyType(
    {"sora": "/openai/v1/models", "sora_images": "/openai/v1/models", "veo": "/google/v1beta/models"}
)
"""Where a dialect lists the names that it answers to; the others have no such list, and our own has all."""
OWN_LIST = "/api/v1/models"
FEW = 6
LONGEST_TOLD = 80


@dataclass(frozen=True, slots=True)
class Answering:
    """A model that answers to a name."""

    alias: str
    card: Card
    allows_resampling: bool


def answering(name: str, operator: Operator, dialect: str = "") -> Answering:
    """Find who answers to a name: the operator's alias, an installed model's own name, or the embedded model.

    Args:
        dialect: whose names are told if nobody does.

    Raises:
        ApiError: nobody does; names the nearest, some of those that are answered to, and where all are.
    """
    alias = _alias(name, operator)
    if alias is None:
        told = _nobody(name, operator, dialect)
        raise ApiError(
            Problem.UNSUPPORTED, told, field="model", reason="no_such_model", values={"name": name[:LONGEST_TOLD]}
        )
    try:
        return Answering(name, card_of(alias.model), alias.resample)
    except (CheckpointError, UnsupportedError) as error:
        told = f"{name!r} stands for {alias.model}: {error}"
        values = {"name": name[:LONGEST_TOLD], "model": alias.model}
        raise ApiError(Problem.UNSUPPORTED, told, field="model", reason="model_not_here", values=values) from error


def names(operator: Operator) -> tuple[str, ...]:
    """All names that are answered to, those of installed models first."""
    own = (card.name for card in installed_cards())
    vendors = (name for group in NAMES.values() for name in group)
    return tuple(dict.fromkeys((*own, *operator.aliases, *vendors)))


def _alias(name: str, operator: Operator) -> Alias | None:
    if name in operator.aliases:
        return operator.aliases[name]
    if any(name in group for group in NAMES.values()):
        return Alias(model=DEFAULT, resample=True)
    if any(card.name == name for card in installed_cards()):
        return Alias(model=name)
    return None


def _nobody(name: str, operator: Operator, dialect: str) -> str:
    """What is said of a name that nobody answers to: a client of one vendor has no use for the others' names."""
    every = names(operator)
    vendors = {one for group in NAMES.values() for one in group}
    own = (*NAMES.get(dialect, ()), *(one for one in every if one not in vendors))
    near = [*difflib.get_close_matches(name, own, 1), *difflib.get_close_matches(name, every, 1)]
    meant = f"did you mean {near[0]}? There" if near else "there"
    some = ", ".join(own[:FEW]) + (" and others" if len(own) > FEW else "")
    told = f"no model answers to {name[:LONGEST_TOLD]!r}; {meant} is {some}"
    return f"{told}; GET {LISTS.get(dialect, OWN_LIST)} lists them"
