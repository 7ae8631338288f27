"""Into how many shares a model can be cut."""

from dataclasses import dataclass

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.devices.mesh import Parallel


@dataclass(frozen=True, kw_only=True, slots=True)
class Sharable:
    """What of a model's work, with given settings, devices can share."""

    name: str
    branches: int
    """Predictions of each step: those that guidance puts together."""
    heads: int
    hidden: tuple[int, ...]
    """Hidden numbers of its feed-forward layers."""
    has_cache: bool
    """Whether a step cache looks at all tokens."""

    @property
    def told(self) -> str:
        """In words."""
        branches = f"1 to {self.branches}" if self.branches > 1 else "1, for nothing guides it"
        return f"branches can be {branches}, and sequence times tensor a divisor of its {self.heads} heads"

    def why_not(self, parallel: Parallel) -> str | None:
        """Why it cannot be cut so; None: it can."""
        if parallel.branches > self.branches:
            return f"branches={parallel.branches} for {self.name}: {self.told}"
        if self.heads % (parallel.sequence * parallel.tensor):
            return f"sequence={parallel.sequence}, tensor={parallel.tensor} for {self.name}: {self.told}"
        if odd := [width for width in self.hidden if width % parallel.tensor]:
            return (
                f"tensor={parallel.tensor} for {self.name}, whose layers have {odd[0]} hidden numbers; give a divisor"
            )
        return None

    def check(self, parallel: Parallel) -> None:
        """Raise unless it can be cut so.

        Raises:
            ShapeError: says what can be.
            UnsupportedError: a step cache looks at all tokens.
        """
        if (why := self.why_not(parallel)) is not None:
            raise ShapeError(why)
        if self.has_cache and parallel.sequence > 1:
            raise UnsupportedError(
                "step caches look at all tokens; share branches or weights (tensor), or leave the cache out"
            )
