"""Pairs of layouts that teach steering: what happens, and what happens when a player does something from then on.

One safetensors file holds pairs. Until the first action both are the same.

    left     float16 [n, t, slots, f]  what happens when the player leaves things to themselves
    steered  float16 [n, t, slots, f]  what happens when it acts
    actions  uint8   [n, t]            what it does; 0: nothing
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from manazir.core.errors import MediaError, SceneError
from manazir.core.seeds import derive
from manazir.models.noor.steerer import ACTIONS
from manazir.training.bare_scenes import Work, prepare_shards
from manazir.worlds.dataset import Rendering, draw_allowed
from manazir.worlds.families.played import ICE
from manazir.worlds.layout import layout_of, roles
from manazir.worlds.physics import simulate
from manazir.worlds.scene import Action, Event, Scene, Shape

KIND = "steered-"
"""What names of shards begin with: scenes of other kinds in the same folder are not taken for these."""
STEERED = (
    (Event.PLAY, 12.0),
    (Event.REST, 2.0),
    (Event.DROP, 2.0),
    (Event.ROLL, 2.0),
    (Event.SLIDE, 1.0),
    (Event.COLLIDE, 1.0),
    (Event.THROW, 1.0),
)
"""Families of scenes, by weight: what is steered need not have been set up for play."""
_OWN_SHARE = 0.5
"""Of played scenes whose actions are their own; others are held for longer, as people hold a key."""
_FIRST = 14
"""Frames before which the player begins to act: what it did until then is in both layouts."""


@dataclass(frozen=True, slots=True)
class SteeredPairs:
    """Pairs of layouts, and the actions between them."""

    left: Float[Tensor, "n t slots f"]
    steered: Float[Tensor, "n t slots f"]
    actions: Int[Tensor, "n t"]

    @classmethod
    def load(cls, paths: Sequence[Path]) -> "SteeredPairs":
        """Read shards, one behind the other.

        Raises:
            MediaError: there are none, or a file is not one.
        """
        if not paths:
            raise MediaError(
                "no shards of steered scenes; make some: manazir worlds simulate --steered --out FOLDER --scenes 8000"
            )
        try:
            read = [load_file(path) for path in sorted(paths)]
            return cls(*(torch.cat([shard[name] for shard in read]) for name in ("left", "steered", "actions")))
        except (SafetensorError, KeyError, OSError) as error:
            raise MediaError(
                f"{paths[0].parent} holds other things than steered scenes ({error}); give them a folder of their own"
            ) from error

    def draw(self, batch: int, generator: torch.Generator) -> "SteeredPairs":
        """Pairs at random, on the generator's device."""
        picks = torch.randint(0, len(self.actions), (batch,), generator=generator, device=generator.device).cpu()
        left, steered = (part[picks].to(generator.device).float() for part in (self.left, self.steered))
        return SteeredPairs(left, steered, self.actions[picks].to(generator.device).long())


def prepare_steered(rendering: Rendering, workers: int) -> Iterator[tuple[int, int]]:
    """Simulate every shard that is not there yet; yield (shards done, shards there are)."""
    return prepare_shards(rendering, workers, _simulate_shard, KIND)


def steered_shards(folder: Path) -> list[Path]:
    """The shards of a folder, which may hold others too."""
    return sorted(folder.glob(f"{KIND}*.safetensors"))


def _simulate_shard(work: Work) -> None:
    rendering, path, clips = work
    left, steered, actions = (
        torch.stack(parts) for parts in zip(*(steered_pair(rendering, clip) for clip in clips), strict=True)
    )
    temporary = path.with_suffix(".tmp")
    save_file({"left": left.half(), "steered": steered.half(), "actions": actions.to(torch.uint8)}, temporary)
    temporary.replace(path)


def steered_pair(rendering: Rendering, clip: int) -> tuple[Tensor, Tensor, Tensor]:
    """The layouts `[t, slots, f]` of a scene that is left to itself from some frame on and of one that is not; actions.

    Raises:
        SceneError: no scene of the rendering can be steered.
    """
    width, height = rendering.size_of(clip // rendering.per_shard)
    for attempt in range(100):
        scene, _ = draw_allowed(derive(clip, attempt) % 2**32, rendering, width / height)
        actor = scene.bodies[roles(scene)[0]]
        if not (scene.is_flat or actor.is_fixed or actor.pendulum is not None):
            return _pair(_on_ice(scene, roles(scene)[0]), np.random.default_rng(derive(clip, "steered")))
    raise SceneError("none of a hundred scenes has a body that can be steered; choose other families")


def _on_ice(scene: Scene, actor: int) -> Scene:
    """A scene whose steered body slides where it does not roll, as played cubes do: others would hardly move."""
    body = scene.bodies[actor]
    if body.shape is not Shape.SPHERE:
        body = replace(body, friction=ICE, restitution=0.1)
    return replace(scene, actor=actor, bodies=(*scene.bodies[:actor], body, *scene.bodies[actor + 1 :]))


def _pair(scene: Scene, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    is_own = scene.event is Event.PLAY and rng.random() < _OWN_SHARE
    actions = scene.actions if is_own else held(rng, scene.frames)
    first = int(rng.integers(_FIRST)) if rng.random() < 0.5 else 0
    none = (Action.NONE,)
    before = actions[:first] + none * (scene.frames - first)
    left, steered = replace(scene, actions=before), replace(scene, actions=actions)
    layouts = [torch.from_numpy(layout_of(played, simulate(played))) for played in (left, steered)]
    done = [0] * first + [ACTIONS.index(action.value) for action in actions[first:]]
    return layouts[0], layouts[1], torch.tensor(done, dtype=torch.uint8)


def held(rng: np.random.Generator, frames: int) -> tuple[Action, ...]:
    """Actions as people hold keys: any, for any time."""
    choices = list(Action)
    actions: list[Action] = []
    while len(actions) < frames:
        actions += [choices[int(rng.integers(len(choices)))]] * int(rng.integers(1, frames + 1))
    return tuple(actions[:frames])
