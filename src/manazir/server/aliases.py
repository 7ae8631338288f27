"""Which installed model answers to a name that a client sends."""

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


@dataclass(frozen=True, slots=True)
class Answering:
    """A model that answers to a name."""

    alias: str
    card: Card
    allows_resampling: bool


def answering(name: str, operator: Operator) -> Answering:
    """Find who answers to a name: the operator's alias, an installed model's own name, or the embedded model.

    Raises:
        ApiError: nobody does; names those that do.
    """
    alias = _alias(name, operator)
    if alias is None:
        raise ApiError(
            Problem.UNSUPPORTED,
            f"no model answers to {name!r}; have {', '.join(names(operator))}",
            field="model",
        )
    try:
        return Answering(name, card_of(alias.model), alias.resample)
    except (CheckpointError, UnsupportedError) as error:
        raise ApiError(Problem.UNSUPPORTED, f"{name!r} stands for {alias.model}: {error}", field="model") from error


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
