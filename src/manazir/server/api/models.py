"""`/models`: what answers to which name, and what it can do."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from manazir.core.canvas import Need
from manazir.inference.cards import Card
from manazir.server.aliases import Answering, answering, names
from manazir.server.api.access import Reader
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import LONGEST_PAGE, Told
from manazir.server.errors import ApiError, Problem
from manazir.server.service import Service


class Size(Told):
    """Pixels."""

    width: int
    height: int


class PricesTold(Told):
    """Credits."""

    second: float = Field(description="Of video.")
    image: float
    upscaled_second: float


class StagesTold(Told):
    """What a model makes by `settings.two_stages`: a draft of it, enlarged and refined."""

    sizes: list[Size]
    size_multiple: int = Field(description="Other sizes are made as well if both sides are multiples of it.")


class ModelTold(Told):
    """A name that can be asked for, and the installed model behind it."""

    name: str
    model: str = Field(description="The installed model; the same as `name` if it is its own.")
    is_generic: bool = Field(
        description="Whether it runs through diffusers, by no engine of Manazir's: what this does not say is found out "
        "when it is loaded."
    )
    allows_resampling: bool = Field(
        description="Whether what the model does not make is reached by scaling and going on, unless a job says."
    )
    honours: list[str] = Field(description="What of a canvas it can do.", examples=[["text", "first_frame", "loop"]])
    sizes: list[Size] = Field(description="That it was taught at; empty: not known.")
    size_multiple: int | None = Field(
        description="Other sizes are made as well if both sides are multiples of it; null: these are all, or not known."
    )
    in_two_stages: StagesTold | None = Field(description="null: it has no second stage.")
    frame_rate: float | None
    longest_seconds: float | None
    default_seconds: float | None
    default_steps: int | None
    choices: list[str] = Field(description="What of `settings` it takes, beside `is_draft`.", examples=[["steps"]])
    prices: PricesTold


class Models(Told):
    """All names that are answered to, those of installed models first."""

    items: list[ModelTold]


def model_routes(service: Service) -> APIRouter:
    """Cards of models, by all their names."""
    routes = APIRouter(prefix="/models", tags=["models"])

    @routes.get("")
    def list_models(_caller: Reader) -> Models:
        """All names that are answered to; those whose model is not here are left out."""
        found = []
        for name in names(service.operator):
            try:
                found.append(_told(service, answering(name, service.operator)))
            except ApiError:
                continue  # an alias of the operator's to something that is not installed; whoever asks for it is told
        return Models(items=found)

    @routes.get("/{name}", responses=refusals(Problem.NOT_FOUND))
    def get_model(name: Annotated[str, Path(max_length=200, examples=["noor-nano"])], _caller: Reader) -> ModelTold:
        """What answers to a name."""
        try:
            return _told(service, answering(name, service.operator))
        except ApiError as error:
            raise ApiError(Problem.NOT_FOUND, error.message) from error

    return routes


def _told(service: Service, answers: Answering) -> ModelTold:
    card, prices = answers.card, service.operator.price(answers.card.name)
    return ModelTold(
        name=answers.alias,
        model=card.name,
        is_generic=card.is_generic,
        allows_resampling=answers.allows_resampling,
        honours=[need.name.lower() for need in Need if need in card.honours],
        sizes=[Size(width=width, height=height) for width, height in card.sizes[:LONGEST_PAGE]],
        size_multiple=card.size_multiple,
        in_two_stages=_stages(card),
        frame_rate=card.frame_rate,
        longest_seconds=card.longest_seconds,
        default_seconds=card.default_seconds,
        default_steps=card.steps,
        choices=list(card.choices),
        prices=PricesTold(second=prices.second, image=prices.image, upscaled_second=prices.upscaled_second),
    )


def _stages(card: Card) -> StagesTold | None:
    if card.makes is None or card.makes.growth is None:
        return None
    makes = card.makes.in_two_stages()
    sizes = [Size(width=width, height=height) for width, height in makes.sizes[:LONGEST_PAGE]]
    return StagesTold(sizes=sizes, size_multiple=makes.multiple)
