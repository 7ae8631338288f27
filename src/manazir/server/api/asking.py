"""What clients ask to have made, read into an `Ask`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, ValidationError, model_validator

from manazir.core.canvas import Canvas, Need
from manazir.core.errors import FetchError
from manazir.inference.catalogue import DEFAULT
from manazir.inference.choices import EVERY
from manazir.server.api.canvas import CanvasGiven, to_canvas
from manazir.server.api.shapes import Given, Name, Text
from manazir.server.asks import Ask
from manazir.server.assets.addresses import Reach, check_url
from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.request import Kind
from manazir.server.keys import Caller
from manazir.server.rules import broken_rule
from manazir.server.service import Service
from manazir.server.store.ids import plain_id

DIALECT = "api"
MADE = ("video", "image")
"""Roles of outputs that `job:ID` stands for, the first that there is."""
FIELDS: dict[Need | str, str] = {
    Need.TEXT: "canvas.prompt",
    Need.FIRST_FRAME: "canvas.keyframes",
    Need.LAST_FRAME: "canvas.keyframes",
    Need.KEYFRAMES: "canvas.keyframes",
    Need.EXTEND_AFTER: "canvas.extension",
    Need.EXTEND_BEFORE: "canvas.extension",
    Need.MODIFY: "canvas.modification",
    Need.KEEP_REGION: "canvas.modification.region",
    Need.REFRAME: "canvas.reframing",
    Need.LOOP: "canvas.is_loop",
    Need.SOUND_FOR_VIDEO: "canvas.sound_for",
    Need.VIDEO_FOR_SOUND: "canvas.sound",
    Need.ACTIONS: "canvas.actions",
    Need.CAMERA: "canvas.camera",
    Need.REFERENCES: "canvas.references",
    "size": "canvas",
    "duration": "canvas.duration_seconds",
    "frame_rate": "canvas.frame_rate",
    "negative_prompt": "canvas.negative_prompt",
    **{name: f"settings.{name}" for name in EVERY},
}

EXAMPLES: tuple[dict[str, Any], ...] = (
    {"canvas": {"prompt": "a red ball bounces on the ground", "duration_seconds": 2.0, "seed": 1}},
    {
        "model": "noor-nano",
        "canvas": {
            "prompt": "the ball rolls to the left",
            "keyframes": [{"image": "asset:0190163d-8694-739b-aea6-966c26f8ad91", "at_seconds": 0.0}],
        },
        "settings": {"is_draft": True},
        "metadata": {"scene": "4"},
    },
)


class SettingsGiven(Given):
    """What may be chosen beside the canvas; null: the model's own."""

    is_draft: bool = Field(default=False, description="Few steps: a quick look.")
    steps: int | None = Field(default=None, ge=1, le=200)
    layout_steps: int | None = Field(default=None, ge=1, le=200, description="Of what is where, when; Noor's alone.")
    guidance_scale: float | None = Field(default=None, ge=0, le=20, description="How closely words are followed.")
    guidance_rule: Literal["classifier-free", "zero-star", "apg"] | None = Field(
        default=None, description="Wan's alone."
    )
    guidance_rescale: float | None = Field(
        default=None, ge=0, le=1, description="How far a guided prediction's spread is taken back; open weights' alone."
    )
    skip_layer_scale: float | None = Field(
        default=None, ge=0, le=20, description="Away from a prediction without some layers; open weights' alone."
    )
    skip_layers: list[Annotated[int, Field(ge=0, le=999)]] | None = Field(
        default=None, min_length=1, max_length=99, description="Which layers, counted from 0; open weights' alone."
    )
    skip_layer_span: list[Annotated[float, Field(ge=0, le=1)]] | None = Field(
        default=None, min_length=2, max_length=2, description="In which share of the steps, from and to; Wan's alone."
    )
    modality_scale: float | None = Field(
        default=None, ge=0, le=20, description="Away from film and sound that do not hear of each other; LTX-2's alone."
    )
    sound_guidance_scale: float | None = Field(
        default=None, ge=0, le=20, description="As guidance_scale, of sound; LTX-2's alone."
    )
    solver: Literal["unipc", "dpm++", "euler", "renoise"] | None = Field(
        default=None, description="Of open weights alone."
    )
    shift: float | None = Field(default=None, ge=0.1, le=50, description="Towards high noise; open weights' alone.")
    cache: (
        Annotated[str, StringConstraints(pattern=r"^(first-block|tea|mag)(=(\d{1,6}\.?\d{0,6}|\.\d{1,6}))?$")] | None
    ) = Field(default=None, description="A step cache, with a threshold if you like; of open weights alone.")
    two_stages: bool | None = Field(
        default=None, description="A draft of half the size, enlarged and refined; of an LTX-2 with an upsampler alone."
    )


class JobGiven(Given):
    """What is to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})

    canvas: CanvasGiven
    kind: Literal["video", "image", "upscale"] = Field(
        "video", description="A clip; one frame of a canvas; or the clip of `canvas.modification` at another size."
    )
    model: Name = Field(DEFAULT, description="An installed model, or an alias: see `GET /models`.")
    allows_resampling: bool | None = Field(
        None,
        description="Whether a size, rate or length that the model does not make is reached by scaling and going on; "
        "the take then says so. null: as the name of the model has it.",
    )
    settings: SettingsGiven = SettingsGiven()
    has_sound: bool = Field(True, description="false: the sound that a model makes is left out.")
    image_format: Literal["png", "jpeg"] = Field("png", description="Of a picture.")
    priority: int = Field(0, ge=-100, le=100, description="Among your own jobs: higher ones go first.")
    callback_url: Annotated[Text, Field(max_length=8192)] | None = Field(
        None, description="Is told of every change, signed; see webhooks for endpoints that last."
    )
    metadata: dict[Annotated[Text, Field(min_length=1, max_length=64)], Annotated[Text, Field(max_length=512)]] = Field(
        default_factory=dict, max_length=16, description="Yours; is told again."
    )

    @model_validator(mode="after")
    def _agree(self) -> "JobGiven":
        """Refuse what only an own kind of job could mean."""
        if self.settings.is_draft and self.settings.steps is not None:
            raise ValueError("settings.is_draft and settings.steps both say how many steps; give one of them")
        if self.kind == "image" and self.canvas.duration_seconds is not None:
            raise ValueError("a picture has no length; leave canvas.duration_seconds out")
        if self.kind == "upscale":
            self._check_upscale()
        return self

    def _check_upscale(self) -> None:
        told = self.canvas.model_dump(exclude_defaults=True).keys()
        modification = self.canvas.modification
        has_region = modification is not None and modification.region is not None
        if told != {"modification", "width", "height"} or has_region:
            raise ValueError("for an upscale the canvas has modification.clip, width and height, and nothing else")
        if self.settings.model_dump(exclude_defaults=True):
            raise ValueError("no model runs for an upscale; leave settings out")


def read_job(told: Mapping[str, Any]) -> JobGiven:
    """What is to be made, as it was put together elsewhere than in a body.

    Raises:
        ApiError: a field cannot be so; names it.
    """
    try:
        return JobGiven.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or None
        what = first["msg"].removeprefix("Value error, ")
        message = what if where is None else f"{where}: {what}"
        reason, values = broken_rule(first)
        raise ApiError(Problem.INVALID, message, field=where, reason=reason, values=values) from error


def to_ask(service: Service, caller: Caller, given: JobGiven, idempotency_key: str | None = None) -> Ask:
    """The request that a client describes; what its files point to is looked up.

    Raises:
        ApiError: it contradicts itself, or a file of it may not be had.
    """
    canvas = to_canvas(given.canvas, lambda field, reference: _file(service, caller, field, reference))
    if given.callback_url is not None:
        _check(service.hook_reach, "callback_url", given.callback_url)
    return Ask(
        dialect=DIALECT,
        model=given.model,
        canvas=canvas,
        kind=Kind(given.kind),
        allows_resampling=given.allows_resampling,
        has_sound=given.has_sound,
        image_format=given.image_format,
        settings=given.settings.model_dump(exclude_defaults=True),
        fields=FIELDS,
        wire={"metadata": given.metadata},
        parent_id=_parent(service, caller, canvas),
        callback_url=given.callback_url,
        priority=given.priority,
        idempotency_key=idempotency_key,
        body=given.model_dump(mode="json", exclude_unset=True),
    )


def _file(service: Service, caller: Caller, field: str, reference: str) -> str:
    kind, _, rest = reference.partition(":")
    if kind not in ("asset", "job"):
        _check(service.reach, field, reference)
        return reference
    row_id = plain_id(rest)
    if row_id is None:
        told = f"{field} is {reference!r}, which is no id; write {kind}:ID"
        raise ApiError(Problem.INVALID, told, field=field, reason="no_such_file")
    try:
        asset = (
            service.asset(caller, row_id) if kind == "asset" else service.output_of(caller, row_id, MADE, name=field)
        )
    except ApiError as error:
        raise ApiError(
            error.problem, f"{field}: {error.message}", field=field, reason=error.reason, values=error.values
        ) from error
    return f"asset:{asset.id}"


def _check(reach: Reach, field: str, url: str) -> None:
    try:
        check_url(url, reach)
    except FetchError as error:
        raise ApiError(Problem.INVALID, f"{field}: {error}", field=field, reason="bad_address") from error


def _parent(service: Service, caller: Caller, canvas: Canvas) -> str | None:
    """The job that made what a canvas starts from: its clip, else the first of its pictures."""
    starts: list[object] = [
        part.clip for part in (canvas.extension, canvas.modification, canvas.reframing) if part is not None
    ]
    starts += [canvas.sound_for, *(key.image for key in canvas.keyframes), canvas.sound]
    for reference in map(str, filter(None, starts)):
        if reference.startswith("asset:"):
            made_by = service.asset(caller, reference.removeprefix("asset:")).job_id
            if made_by is not None:
                return made_by
    return None
