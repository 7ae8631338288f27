"""What a dialect has read, in our words, and what it would be accepted as; or why it is refused."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from manazir.core.canvas import Canvas, Need
from manazir.core.errors import CanvasError, FetchError, ShapeError
from manazir.inference.fitting import misfit, unfit_choice
from manazir.inference.fitting_sources import AllFacts
from manazir.inference.masks import check_known_mask
from manazir.server.aliases import Answering, answering
from manazir.server.assets.addresses import Reach, check_url
from manazir.server.errors import ApiError, Problem
from manazir.server.extent import Extent
from manazir.server.jobs.request import Delivery, JobRequest, Kind
from manazir.server.jobs.submit import Submission
from manazir.server.keys import Caller
from manazir.server.operator import Operator

Facts = Callable[[JobRequest], Mapping[str, Mapping[str, Any]]]
"""What is known of a request's files, by their references."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A request that a dialect has read, in our words; what it is accepted as stands in `Submission`."""

    dialect: str
    model: str
    """The name that the client sent."""
    canvas: Canvas
    """Its files: `asset:ID`, or an http(s) URL."""
    kind: Kind = Kind.VIDEO
    allows_resampling: bool | None = None
    """Whether what the model does not make is reached by scaling and going on; None: as its name has it."""
    has_sound: bool = True
    image_format: str = "png"
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the engine; and `is_draft`."""
    fields: Mapping[Need | str, str] = field(default_factory=dict)
    """How the client calls what a canvas needs (`Need`), `size`, `duration`, `frame_rate`, `negative_prompt`, what it
    chose beside (`settings`) and `callback_url`: so that a refusal names its own field."""
    wire: Mapping[str, Any] = field(default_factory=dict)
    """What the dialect keeps to say again."""
    parent_id: str | None = None
    """The job that this one goes on from."""
    callback_url: str | None = None
    priority: int = 0
    idempotency_key: str | None = None
    body: Any = None
    """What the client sent, for whoever sends the same key again; anything that `json.dumps` takes, or bytes."""


def weigh(ask: Ask, caller: Caller, operator: Operator, hook_reach: Reach, facts: Facts) -> Submission:
    """What a request would be accepted as, with its cost; nothing is written.

    Raises:
        ApiError: it cannot be honoured; names the field.
    """
    _refuse_callback(ask, hook_reach)
    answers = answering(ask.model, operator, ask.dialect)
    if ask.allows_resampling is not None:
        answers = replace(answers, allows_resampling=ask.allows_resampling)
    request = _request(ask, answers)
    known = facts(request)
    if ask.kind is not Kind.UPSCALE:
        _refuse_beyond(answers, ask, known)
    _refuse_mask(ask, known)
    extent = Extent(request=request, card=answers.card, facts=known)
    _refuse_too_large(extent, operator.largest_result_pixels, ask)
    hours = operator.longest_wait_hours
    return Submission(
        tenant_id=caller.tenant_id,
        key_id=caller.key_id,
        dialect=ask.dialect,
        alias=ask.model,
        request=request,
        cost=cost(extent, operator),
        wire=ask.wire,
        priority=ask.priority,
        parent_id=ask.parent_id,
        callback_url=ask.callback_url,
        idempotency_key=ask.idempotency_key,
        body_hash=None if ask.idempotency_key is None else _hash(ask),
        longest_wait_seconds=None if hours is None else hours * 3600,
    )


def cost(extent: Extent, operator: Operator) -> float:
    """What a request costs, in credits, by the operator's table."""
    prices, kind = operator.price(extent.request.model), extent.request.kind
    if kind is Kind.IMAGE:
        return prices.image
    return extent.made_seconds * (prices.upscaled_second if kind is Kind.UPSCALE else prices.second)


def _request(ask: Ask, answers: Answering) -> JobRequest:
    delivery = Delivery(
        allows_resampling=answers.allows_resampling, has_sound=ask.has_sound, image_format=ask.image_format
    )
    return JobRequest(
        canvas=ask.canvas, model=answers.card.name, kind=ask.kind, delivery=delivery, settings=dict(ask.settings)
    )


def _refuse_callback(ask: Ask, hook_reach: Reach) -> None:
    """Refuse at once where no message would be sent."""
    if ask.callback_url is None:
        return
    name = ask.fields.get("callback_url", "callback_url")
    try:
        check_url(ask.callback_url, hook_reach)
    except FetchError as error:
        raise ApiError(Problem.INVALID, f"{name}: {error}", field=name, reason="bad_address") from error


def _refuse_beyond(answers: Answering, ask: Ask, known: AllFacts) -> None:
    """Raise unless the model can do what is asked, by the client's own field.

    Args:
        known: of the request's files.

    Raises:
        ApiError: names the field, and what would work.
    """
    card = answers.card
    beyond = sorted(ask.canvas.needs() - card.honours, key=lambda need: need.value)
    if beyond:
        what = " or ".join(need.value for need in beyond)
        told = f"{ask.model} cannot do {what} (it is {card.name} here); leave it out or choose another model"
        values = {"need": beyond[0].name.lower(), "model": card.name}
        raise ApiError(Problem.UNSUPPORTED, told, field=ask.fields.get(beyond[0]), reason="model_cannot", values=values)
    resamples, is_picture = answers.allows_resampling, ask.kind is Kind.IMAGE
    found = misfit(ask.canvas, card, allows_resampling=resamples, facts=known, is_picture=is_picture)
    found = found or unfit_choice(ask.settings, ask.canvas, card)
    if found is not None:
        field = ask.fields.get(found.what)
        raise ApiError(Problem.UNSUPPORTED, found.told, field=field, reason=found.reason, values=found.values)


def _refuse_mask(ask: Ask, facts: AllFacts) -> None:
    try:
        check_known_mask(ask.canvas, facts)
    except CanvasError as error:
        field = ask.fields.get(Need.KEEP_REGION)
        raise ApiError(Problem.INVALID, str(error), field=field, reason=error.reason, values=error.values) from error


def _refuse_too_large(extent: Extent, most_pixels: int, ask: Ask) -> None:
    try:
        extent.check(most_pixels)
    except ShapeError as error:
        field = ask.fields.get("size")
        raise ApiError(
            Problem.UNSUPPORTED, str(error), field=field, reason=error.reason, values=error.values
        ) from error


def _hash(ask: Ask) -> str:
    """Of all that makes a request what it is: some of it stands in the address, beside the body."""
    told = [ask.dialect, ask.kind.value, ask.model, ask.parent_id]
    body = ask.body if isinstance(ask.body, bytes) else json.dumps(ask.body, sort_keys=True, default=str).encode()
    return hashlib.sha256(json.dumps(told).encode() + body).hexdigest()
