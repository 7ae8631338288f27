"""`manazir generate`: a canvas from the command line, and the clip that fills it."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from tyro.conf import Positional, UseAppendAction, arg

from manazir.cli.options import (
    check_output,
    number,
    parse_actions,
    parse_camera,
    parse_keyframe,
    parse_layers,
    parse_region,
    parse_size,
    parse_span,
    read_options,
)
from manazir.cli.progress import progress
from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Reframing, Region
from manazir.core.errors import CanvasError, ShapeError
from manazir.core.hashes import hash_of_file
from manazir.core.take import Take
from manazir.inference.catalogue import DEFAULT, check_is_here
from manazir.inference.devices_asked import parse_devices

if TYPE_CHECKING:
    from manazir.inference.produce import Produced

EXAMPLES = (
    'manazir generate "a red ball bounces on the ground" -o ball.mp4',
    'manazir generate "كرة حمراء تتدحرج نحو اليمين" --size 224x128 --seed 7',
    'manazir generate "it rolls away" --first-frame start.png --last-frame end.png',
    'manazir generate "it goes on" --extend ball.mp4 --seconds 2 -o longer.mp4',
    "manazir generate --sound-for silent.mp4 -o loud.mp4",
    'manazir generate "a fox in the snow" --model wan2.1-t2v-1.3b --size 832x480 --seconds 5 -o fox.mp4',
    'manazir generate "a fox" --model wan2.1-t2v-1.3b --lora quick.safetensors --steps 4 --guidance 1 --solver euler',
    'manazir generate "a street" --reframe tall.mp4 --size 832x480 --model wan2.1-vace-1.3b -o wide.mp4',
    'manazir generate "she walks home" --reference her.png --model wan2.1-vace-1.3b --size 832x480 -o home.mp4',
    'manazir generate "a green cone" --modify ball.mp4 --keep-region 0,0,0.5,1 -o left-stays.mp4',
    'manazir generate "a green cone" --modify ball.mp4 --change-region mask.png -o only-there.mp4',
    'manazir generate "a red cone" --first-frame start.png --camera orbit-left -o around.mp4',
    'manazir generate "a blue cube" --actions "right*8,jump,left*15" -o played.mp4',
)
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
Name = Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="")]
Number = Annotated[int | None, number(int, "N"), arg(help_behavior_hint="")]
Amount = Annotated[float | None, number(float, "X"), arg(help_behavior_hint="")]
Flag = Annotated[bool, arg(help_behavior_hint="")]
Text = Annotated[str, arg(metavar="TEXT", help_behavior_hint="")]
Regions = Annotated[
    tuple[str, ...], UseAppendAction, arg(metavar="X,Y,W,H|FILE", help_behavior_hint="(may be repeated)")
]


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Make a clip with sound from what is known of it: words, pictures, a clip, a sound, actions."""

    prompt: Annotated[str, Positional, arg(metavar="[PROMPT]", help_behavior_hint="")] = ""
    """What should be seen and heard, in English or Arabic."""
    first_frame: Name = None
    """A picture that the clip begins with."""
    last_frame: Name = None
    """A picture that it ends with."""
    keyframe: Annotated[
        tuple[str, ...], UseAppendAction, arg(metavar="SECONDS=FILE", help_behavior_hint="(may be repeated)")
    ] = ()
    """A picture at a time, such as 1.5=middle.png."""
    reference: Annotated[
        tuple[str, ...], UseAppendAction, arg(metavar="FILE", help_behavior_hint="(may be repeated)")
    ] = ()
    """A picture of what is to be seen, in whichever frames; of Wan VACE."""
    extend: Name = None
    """A clip to go on from."""
    extend_before: Name = None
    """A clip to lead up to."""
    modify: Name = None
    """A clip to change."""
    strength: Amount = None
    """How freely --modify changes it: above 0, at most 1. Without it: 0.6."""
    keep_region: Regions = ()
    """What of --modify stays: shares of its picture (0,0,0.5,1 is its left half), or a mask, white inside."""
    change_region: Regions = ()
    """The only part that --modify changes, told likewise."""
    reframe: Name = None
    """A clip to surround with more picture; --size is that of the whole."""
    loop: Flag = False
    """End where it begins."""
    sound_for: Name = None
    """A clip whose frames stay, and which gets new sound."""
    sound: Name = None
    """A sound that wants pictures."""
    actions: Text = ""
    """What a player does, one action a frame: left*6,jump,none*5."""
    camera: Annotated[str, arg(metavar="MOVE[=AMOUNT]", help_behavior_hint="")] = ""
    """How the camera goes over the whole film: still, pan-left, pan-right, tilt-up, tilt-down, orbit-left, orbit-right,
    push-in, pull-out, crane-up or crane-down; =0.5 is half as far as usual. Words move it as well."""
    negative_prompt: Text = ""
    """What should not be seen or heard."""
    model: Annotated[str, arg(metavar="NAME")] = DEFAULT
    """Which model; `manazir models list` has them."""
    lora: Annotated[
        tuple[str, ...], UseAppendAction, arg(metavar="FILE[=WEIGHT]", help_behavior_hint="(may be repeated)")
    ] = ()
    """An adapter for open weights; high:FILE or low:FILE for one of two transformers, second:FILE for --two-stages."""
    seconds: Amount = None
    """How long; of an extension, how much is added. Without it: the model's own length."""
    size: Text = ""
    """Width x height, such as 224x128. Without it: the model's own, in the shape of what is given."""
    resample: Flag = False
    """Reach a --size that the model does not make by scaling and cropping."""
    steps: Number = None
    """Of denoising, 1 to 200. Without it: the model's own."""
    draft: Flag = False
    """Few steps: sooner, and rougher."""
    guidance: Amount = None
    """How strictly the prompt is followed, 0 to 20; 1 is plain. Without it: the model's own."""
    guidance_rule: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")] = None
    """Of Wan: zero-star (CFG-Zero*), apg (with numbers: apg:eta=0,norm=20,momentum=-0.5), or classifier-free, which is
    the usual one."""
    guidance_rescale: Amount = None
    """Of open weights: how far a guided prediction gets back the spread of one that is not, 0 to 1."""
    skip_layer_scale: Amount = None
    """Of open weights: guidance away from a prediction that lacks some layers (LTX-2: attention in them); 0 is none."""
    skip_layers: Annotated[str, arg(metavar="N,N,...", help_behavior_hint="")] = ""
    """Which layers, counted from 0. Without it: 9 of Wan, LTX-2's own."""
    skip_layer_span: Annotated[str, arg(metavar="START-STOP", help_behavior_hint="")] = ""
    """Of Wan: in which share of the steps. Without it: 0.01-0.2."""
    modality_scale: Amount = None
    """Of LTX-2: guidance away from video and sound that do not hear of each other; 1 is none."""
    sound_guidance: Amount = None
    """Of LTX-2: as --guidance, of the sound."""
    solver: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")] = None
    """Of open weights: unipc, dpm++ or euler; renoise for distilled ones."""
    shift: Amount = None
    """Of open weights: how far the schedule leans to high noise, such as 3 for 480p and 5 for 720p."""
    cache: Annotated[str | None, arg(metavar="NAME[=THRESHOLD]", help_behavior_hint="")] = None
    """Of open weights: first-block, tea, or mag (after `manazir models calibrate`); some steps take most from earlier
    ones: sooner, and a little off."""
    two_stages: Flag = False
    """Of LTX-2: a draft at half the size is enlarged by its latent upsampler, and refined in three steps."""
    precision: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")] = None
    """Of open weights: bfloat16, float32, or float8, which takes half the memory and changes the film a little."""
    devices: Annotated[str, arg(metavar="N|KIND=N,...", help_behavior_hint="")] = "1"
    """Of open weights: GPUs that make it together; what they share is chosen, or said: branches=2 (of guidance),
    sequence=2 (tokens), tensor=2 (weights). On a CPU only for trying: processes that share it are slower than one."""
    seed: Number = None
    """The same seed makes the same file. Without it: drawn, and told."""
    output: Annotated[Path, arg(metavar="MP4", aliases=("-o",))] = Path("out.mp4")
    """Where to; a file of that name is replaced."""
    sheet: Name = None
    """Also write a contact sheet: PNG, JPEG or WebP."""
    json: Flag = False
    """Print the take: everything that it takes to make the clip again."""


def run(arguments: Sequence[str]) -> None:
    """Generate, write, and tell."""
    options = read_options(Generate, "generate", arguments, examples=EXAMPLES)
    canvas = to_canvas(options)
    _check(options, canvas)
    with progress("generating") as tell:
        produced = _produce(options, canvas, tell)
    take = _write(produced, options)
    for note in take.notes:
        print(f"note: {note}", file=sys.stderr)
    print(json.dumps(take.to_json(), ensure_ascii=False, indent=1) if options.json else sentence(take))


def to_canvas(options: Generate) -> Canvas:
    """The canvas that the options describe.

    Raises:
        CanvasError: they contradict themselves.
    """
    width, height = parse_size(options.size) if options.size else (None, None)
    if options.extend and options.extend_before:
        raise CanvasError("--extend and --extend-before each bring a clip; give one of them")
    clip = options.extend or options.extend_before
    return Canvas(
        prompt=options.prompt,
        negative_prompt=options.negative_prompt,
        width=width,
        height=height,
        duration_seconds=options.seconds,
        keyframes=_keyframes(options),
        references=options.reference,
        extension=Extension(clip=clip, is_before=options.extend is None) if clip else None,
        modification=_modification(options),
        reframing=Reframing(clip=options.reframe) if options.reframe else None,
        sound_for=options.sound_for,
        sound=options.sound,
        actions=parse_actions(options.actions) if options.actions else (),
        camera=parse_camera(options.camera) if options.camera else None,
        is_loop=options.loop,
        seed=options.seed,
    )


def _modification(options: Generate) -> Modification | None:
    if options.modify is None:
        if options.strength is not None:
            raise CanvasError("--strength says how freely --modify changes a clip; give --modify as well")
        if options.keep_region or options.change_region:
            raise CanvasError("a region is one of a clip that --modify changes; give --modify as well")
        return None
    strength: dict[str, Any] = {} if options.strength is None else {"strength": options.strength}
    return Modification(clip=options.modify, region=_region(options), **strength)


def _region(options: Generate) -> Region | None:
    if options.keep_region and options.change_region:
        raise CanvasError("--keep-region and --change-region both say what stays; give one of them")
    told = options.keep_region or options.change_region
    return parse_region(told, is_kept=bool(options.keep_region)) if told else None


def _keyframes(options: Generate) -> tuple[Keyframe, ...]:
    first = [Keyframe(image=options.first_frame, at_seconds=0.0)] if options.first_frame else []
    last = [Keyframe(image=options.last_frame, at_seconds=None)] if options.last_frame else []
    return (*first, *map(parse_keyframe, options.keyframe), *last)


def _check(options: Generate, canvas: Canvas) -> None:
    """What can be found out before torch is imported, is."""
    check_output(options.output, (".mp4",))
    if options.sheet:
        check_output(options.sheet, PICTURES)
    if options.draft and options.steps is not None:
        raise ShapeError("--draft and --steps both say how many steps; give one of them")
    if canvas.width is not None and canvas.height is not None and (canvas.width % 2 or canvas.height % 2):
        raise ShapeError(f"an mp4 takes even sizes, not {canvas.width}x{canvas.height}; add a pixel to the odd side")
    parse_devices(options.devices)
    check_is_here(options.model)


def _produce(options: Generate, canvas: Canvas, tell: Callable[[int, int], None]) -> "Produced":
    from manazir.api import take
    from manazir.inference.engine import Settings

    settings = Settings(
        steps=options.steps,
        guidance_scale=options.guidance,
        guidance_rule=options.guidance_rule,
        guidance_rescale=options.guidance_rescale,
        skip_layer_scale=options.skip_layer_scale,
        skip_layers=parse_layers(options.skip_layers) if options.skip_layers else None,
        skip_layer_span=parse_span(options.skip_layer_span) if options.skip_layer_span else None,
        modality_scale=options.modality_scale,
        sound_guidance_scale=options.sound_guidance,
        solver=options.solver,
        shift=options.shift,
        cache=options.cache,
        two_stages=options.two_stages or None,
    )
    return take(
        canvas,
        model=options.model,
        settings=settings,
        adapters=options.lora,
        precision=options.precision,
        is_draft=options.draft,
        allows_resampling=options.resample,
        devices=options.devices,
        on_step=tell,
    )


def _write(produced: "Produced", options: Generate) -> Take:
    """Write the clip and its sheet; return the take with the name and the hash of the file."""
    from manazir.media.encode import write_clip, write_picture
    from manazir.media.sheet import contact_sheet

    write_clip(produced.clip, options.output)
    if options.sheet:
        label = [options.prompt] if options.prompt else None
        write_picture(contact_sheet([produced.clip], labels=label, waveform_height=32), options.sheet)
    return replace(produced.take, output=str(options.output), output_hash=hash_of_file(options.output))


def sentence(take: Take) -> str:
    """A take in a line, for a person."""
    size = f"{take.width}x{take.height}"
    if (take.width, take.height) != (take.native_width, take.native_height):
        size += f" (made at {take.native_width}x{take.native_height})"
    length = take.frames / take.frame_rate
    return f"{take.output}: {size}, {length:.1f} s, seed {take.seed}, by {take.model} in {take.seconds:.1f} s"
