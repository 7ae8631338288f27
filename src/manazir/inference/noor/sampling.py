"""Sampling: filling in what is not known of a stretch. One sampler for every task of a Canvas.

First the layout: what is where, and when. Then video and sound, drawn from it. The first part runs without pictures
(seeing.py has told what is known of them), and without sound of which nothing is known: it costs next to nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from manazir.core import layout as at
from manazir.diffusion.guidance import classifier_free
from manazir.diffusion.noising import add_noise
from manazir.diffusion.schedules import shifted_sigmas
from manazir.diffusion.solvers import Parts, euler
from manazir.inference.noor.colliding import parted
from manazir.inference.noor.colouring import coloured
from manazir.inference.noor.heeding import Asked
from manazir.inference.noor.landing import landed
from manazir.inference.noor.meeting import met
from manazir.inference.noor.resting import rested
from manazir.inference.noor.steadying import filled, steadied, upright
from manazir.models.noor.filming import filmed
from manazir.models.noor.steerer import Steerer
from manazir.models.noor.stretch import Guide, Levels, Stretch
from manazir.models.noor.transformer import Noor
from manazir.models.text.encoder import EncodedText
from manazir.models.text.words import read_words
from manazir.worlds.scene import Event

NOTHING = Asked()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampling:
    """How to walk from noise to a clip."""

    layout_steps: int = 8
    """0: the layout is known."""
    steps: int = 2
    """Of video and sound, from a finished layout."""
    guidance_scale: float = 1.5
    """Of the layout, which tells video and sound what a prompt says; 1.0: none."""
    shift: float = 4.0
    strength: float = 1.0
    """How much of a clip that is to be changed is replaced by noise; 1.0: all of it."""
    is_distilled: bool = False
    """Whether the network was taught to answer for a guidance scale and for long steps of laying out by itself."""
    is_something_unwanted: bool = False
    """Whether guidance moves away from words rather than from none, which no network answers for by itself."""
    draws_pictures: bool = True
    """False: only sound is, and video stays as it is. Beside known pictures a layout alone says how others look."""

    @property
    def network_calls(self) -> int:
        """How often the network is asked."""
        return self.layout_steps * (1 + self.is_doubled) + self.steps

    @property
    def is_doubled(self) -> bool:
        """Whether the layout is asked for twice in each step, with the words and without."""
        return self.guidance_scale != 1.0 and (self.is_something_unwanted or not self.is_distilled)


@dataclass(frozen=True, slots=True)
class Known:
    """A stretch, and which parts of it are known.

    Where a part is not known, its values say where to start from when `strength` is below 1, and nothing otherwise.
    Slots of zeros in a known layout are not known either; without steps to make them they are as in the nearest frame.
    """

    clean: Stretch
    video: Bool[Tensor, "b t"]
    sound: Bool[Tensor, "b a"]
    layout: Bool[Tensor, "b t"]
    things: Bool[Tensor, "b t s"] | None = None
    """Of layouts that are not known, single things that are."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a player does, and the network that says what follows from it."""

    steerer: Steerer
    actions: Int[Tensor, "b t"]
    """0: nothing. An action of frame i shows from frame i + 1 on."""

    def steered(self, layout: Float[Tensor, "b t s f"], is_known: Bool[Tensor, "b t"]) -> Float[Tensor, "b t s f"]:
        """A layout in which it is done; what led to frames that are known is in those already."""
        actions = self.actions * ~F.pad(is_known[:, 1:], (0, 1))
        if not actions.any():
            return layout
        steered: Tensor = self.steerer(layout, actions)
        return steered


@dataclass(frozen=True, slots=True)
class Prompted:
    """Encoded prompts, and what guidance moves away from (empty or negative prompts)."""

    wanted: EncodedText
    unwanted: EncodedText

    @classmethod
    def encode(cls, model: Noor, prompts: list[str], negative_prompts: list[str]) -> "Prompted":
        """Encode both lists in one batch, so that they are equally long."""
        words = read_words(prompts + negative_prompts, model.shape.text.limits)
        text = model.text_encoder(words.to(next(model.parameters()).device))
        n = len(prompts)
        return cls(
            EncodedText(text.tokens[:n], text.present[:n], text.slots),
            EncodedText(text.tokens[n:], text.present[n:], text.slots),
        )


@torch.no_grad()
def sample(
    model: Noor,
    prompted: Prompted,
    known: Known,
    sampling: Sampling,
    noise: Stretch,
    *,
    played: Played | None = None,
    asked: Asked = NOTHING,
    is_causal: bool = False,
) -> Iterator[Stretch]:
    """Fill in the unknown parts, yielding the whole stretch after each step; the last one is the result.

    Args:
        played: what a player does; None: nothing.
        asked: what words ask of geometry where nothing is known.
    """
    aspect = known.clean.video.shape[4] / known.clean.video.shape[3]
    walk = _Walk(model, prompted, sampling, aspect, is_causal)
    stretch = replace(known.clean, layout=filled(known.clean.layout))
    for step, layout in enumerate(walk.lay_out(known, noise), start=1):
        is_last = step == sampling.layout_steps
        if is_last:
            layout = _animated(model, layout, known, sampling, played, asked)
        stretch = replace(known.clean, layout=layout)
        yield stretch
    for drawn in walk.draw(replace(known, clean=stretch), noise):
        yield drawn if sampling.draws_pictures else replace(drawn, video=known.clean.video)


@torch.no_grad()
def lay_out(
    model: Noor, prompted: Prompted, known: Known, sampling: Sampling, noise: Stretch, aspect: float
) -> Float[Tensor, "b t s f"]:
    """The layout alone, as it is before it is animated.

    Args:
        aspect: how many times as wide as high the pictures are.
    """
    layout = filled(known.clean.layout)
    for made in _Walk(model, prompted, sampling, aspect, is_causal=False).lay_out(known, noise):
        layout = made
    return layout


@dataclass(frozen=True, slots=True)
class _Walk:
    """What both parts of sampling share."""

    model: Noor
    prompted: Prompted
    sampling: Sampling
    aspect: float
    is_causal: bool

    def lay_out(self, known: Known, noise: Stretch) -> Iterator[Tensor]:
        """Make the layout, without pictures, while sound stays as noisy as it begins."""
        clean, strength = known.clean.without_pictures(), self.sampling.strength
        given = _given(known)
        begins = Levels((~known.video).float(), (~known.sound).float(), (~given).float())
        sound = add_noise(clean.sound, noise.sound, begins.sound)
        if not known.sound.any():
            sound, begins = sound[:, :0], begins.without_sound()
        guide = self._guide()

        def predict(noisy: Parts, sigma: float, next_sigma: float) -> Parts:
            stretch = Stretch(clean.video, sound, _keep(noisy[0], clean.layout, given))
            levels = Levels(begins.video, begins.sound, begins.layout * sigma)
            return (self._guided(stretch, levels, self._told(guide, sigma - next_sigma, len(sound))).layout,)

        start = add_noise(clean.layout, noise.layout, begins.layout * strength)
        for (layout,) in euler(predict, (start,), shifted_sigmas(self.sampling.layout_steps, 1.0, strength)):
            yield steadied(_keep(layout, clean.layout, given), given)

    def draw(self, known: Known, noise: Stretch) -> Iterator[Stretch]:
        """Make video and sound from a finished layout."""
        sampling, guide = self.sampling, self._guide()
        if not sampling.draws_pictures:
            known, noise = replace(known, clean=known.clean.without_pictures()), noise.without_pictures()
        clean = known.clean
        sigmas = shifted_sigmas(sampling.steps, sampling.shift, sampling.strength)
        free = Levels((~known.video).float(), (~known.sound).float(), torch.zeros_like(clean.layout[..., 0]))

        def predict(noisy: Parts, sigma: float, next_sigma: float) -> Parts:  # noqa: ARG001
            levels = Levels(free.video * sigma, free.sound * sigma, free.layout)
            made = _call(self.model, self._kept(noisy, known), levels, guide)
            return made.video, made.sound

        start = (
            add_noise(clean.video, noise.video, free.video * sigmas[0]),
            add_noise(clean.sound, noise.sound, free.sound * sigmas[0]),
        )
        for parts in euler(predict, start, sigmas):
            yield self._kept(parts, known)

    def _guide(self) -> Guide:
        """What is told beside the noisy tokens while they are drawn."""
        return Guide(self.prompted.wanted, self.aspect, is_causal=self.is_causal)

    @staticmethod
    def _kept(parts: Parts, known: Known) -> Stretch:
        clean = known.clean
        return Stretch(
            _keep(parts[0], clean.video, known.video), _keep(parts[1], clean.sound, known.sound), clean.layout
        )

    def _told(self, guide: Guide, step: float, b: int) -> Guide:
        """What a distilled network is told beside: how far to go, and what guidance it is to answer for by itself."""
        if not self.sampling.is_distilled:
            return guide
        scale = 1.0 if self.sampling.is_doubled else self.sampling.guidance_scale
        steps, scales = (torch.full((b,), value, device=guide.text.tokens.device) for value in (step, scale))
        return replace(guide, step=steps, guidance=scales)

    def _guided(self, noisy: Stretch, levels: Levels, guide: Guide) -> Stretch:
        """One prediction of the clean stretch; with guidance, both branches go through the network as one batch."""
        if not self.sampling.is_doubled:
            return _call(self.model, noisy, levels, guide)
        wanted, unwanted = self.prompted.wanted, self.prompted.unwanted
        both = EncodedText(
            torch.cat([wanted.tokens, unwanted.tokens]), torch.cat([wanted.present, unwanted.present]), wanted.slots
        )
        doubled = Stretch(*(_twice(part) for part in (noisy.video, noisy.sound, noisy.layout)))
        at_both = Levels(*(_twice(part) for part in (levels.video, levels.sound, levels.layout)))
        told = replace(
            guide,
            text=both,
            step=guide.step if guide.step is None else _twice(guide.step),
            guidance=guide.guidance if guide.guidance is None else _twice(guide.guidance),
        )
        made = _call(self.model, doubled, at_both, told)
        b = len(noisy.video)
        parts = (made.video, made.sound, made.layout)
        return Stretch(*(classifier_free(part[:b], part[b:], self.sampling.guidance_scale) for part in parts))


def _given(known: Known) -> Bool[Tensor, "b t s"]:
    """What of a layout is known, thing by thing."""
    is_known = known.layout[..., None]
    if known.things is not None:
        is_known = is_known | known.things
    return is_known & (known.clean.layout[..., at.PRESENT] != 0)


def _animated(
    model: Noor,
    layout: Float[Tensor, "b t s f"],
    known: Known,
    sampling: Sampling,
    played: Played | None,
    asked: Asked,
) -> Float[Tensor, "b t s f"]:
    """A finished layout whose bodies move clearly, as they are steered, and not into each other.

    Where nothing was known, bodies have colours that there are, and what is to be hit is. What is to rest rests, and
    the camera goes as is asked, on from what is known.

    In a clip that is changed they move more clearly as far as it is.

    Between frames in which a body is known its way stays as it was laid out: that has been told from both sides, and
    what rests there is not to tremble by a third of a pixel.
    """
    given = _given(known)
    made = layout + sampling.strength * (model.animator(layout, given) - layout)
    made[:, :, at.BODIES, at.TURN] = upright(made[:, :, at.BODIES, at.TURN])
    is_free = sampling.strength == 1.0 and not bool(given.any())
    if is_free:
        made = coloured(made)
        made = met(made) if asked.event is Event.COLLIDE else made
    end = _one_end(known.layout)
    if end is not None and sampling.strength == 1.0:
        made = rested(made, end) if asked.event is Event.REST else made
        made = filmed(made, asked.camera, speed=asked.camera_speed, known=end) if asked.camera is not None else made
    if played is not None:
        made = played.steered(made, known.layout)
    count = given.int()
    is_between = (count.cumsum(1) > 0) & (count.flip(1).cumsum(1).flip(1) > 0)
    is_made = ~is_between & (layout[..., at.PRESENT] > 0)
    animated = torch.where(is_made[..., None], made, layout)
    if sampling.strength < 1.0:
        return animated
    apart = parted(animated, is_made)
    return landed(apart) if is_free else apart


def _one_end(is_known: Bool[Tensor, "b t"]) -> range | None:
    """The known frames at one end, the same in every item, or none; None: others are known beside them."""
    places = is_known[0].nonzero().flatten().tolist()
    if not places:
        return range(0)
    span = range(places[0], places[-1] + 1)
    is_at_end = len(span) == len(places) < is_known.shape[1] and (span.start == 0 or span.stop == is_known.shape[1])
    return span if is_at_end else None


def _twice(part: Tensor) -> Tensor:
    return torch.cat([part, part])


def _keep(made: Float[Tensor, "*all"], known: Float[Tensor, "*all"], mask: Bool[Tensor, "*items"]) -> Tensor:
    return torch.where(mask.reshape(*mask.shape, *([1] * (made.ndim - mask.ndim))), known, made)


def _call(model: Noor, noisy: Stretch, levels: Levels, guide: Guide) -> Stretch:
    made = model(noisy, levels, guide)
    assert isinstance(made, Stretch)
    return made
