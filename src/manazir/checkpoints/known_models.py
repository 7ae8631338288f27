"""Open weights that are known by name: where they are, under which licence, how large, and what they honour.

Parameters are those of the published configurations. Imports no torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from manazir.checkpoints.families import CHANGED, LTX_HONOURS, VACE_HONOURS, WAN_ANYWHERE
from manazir.checkpoints.memory import Verdict, fit
from manazir.core.canvas import Need


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownModel:
    """Weights that `manazir models pull` fetches."""

    about: str
    repository: str
    """On the hub, in diffusers' form."""
    licence: str
    parameters: Mapping[str, int]
    """Of each part."""
    honours: frozenset[Need]
    sizes: tuple[str, ...]
    """Width x height that it was taught at."""
    steps: int = 50
    """Of denoising, as its publishers take them."""
    frames: int = 81
    """That it makes at once."""
    frame_rate: float = 16.0

    @property
    def download_bytes(self) -> int:
        """At most, which is with every weight in float32, as Wan's are; the hub says it exactly before it is pulled."""
        return 4 * sum(self.parameters.values())


_WAN_READERS = {"text_encoder": 5_680_910_336, "vae": 126_892_531}
_WIDE, _TALL = ("832x480", "480x832"), ("1280x720", "720x1280")
_WORDS = CHANGED | {Need.TEXT}
_PICTURE = frozenset({Need.TEXT, Need.FIRST_FRAME, Need.EXTEND_AFTER})

KNOWN: dict[str, KnownModel] = {
    "wan2.1-t2v-1.3b": KnownModel(
        about="words to video; the smallest Wan",
        repository="Wan-AI/Wan2.1-T2V-1.3B-Diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 1_418_996_800} | _WAN_READERS,
        honours=_WORDS,
        sizes=_WIDE,
    ),
    "wan2.1-t2v-14b": KnownModel(
        about="words to video",
        repository="Wan-AI/Wan2.1-T2V-14B-Diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 14_288_491_584} | _WAN_READERS,
        honours=_WORDS,
        sizes=_WIDE + _TALL,
    ),
    "wan2.1-i2v-14b-480p": KnownModel(
        about="a picture and words to video",
        repository="Wan-AI/Wan2.1-I2V-14B-480P-Diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 16_394_878_784, "image_encoder": 630_766_080} | _WAN_READERS,
        honours=_PICTURE,
        sizes=_WIDE,
    ),
    "wan2.1-i2v-14b-720p": KnownModel(
        about="a picture and words to video",
        repository="Wan-AI/Wan2.1-I2V-14B-720P-Diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 16_394_878_784, "image_encoder": 630_766_080} | _WAN_READERS,
        honours=_PICTURE,
        sizes=_TALL,
    ),
    "wan2.1-vace-1.3b": KnownModel(
        about="words, pictures, clips and what lies around them to video; the smallest that does all of it",
        repository="Wan-AI/Wan2.1-VACE-1.3B-diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 2_153_972_032} | _WAN_READERS,
        honours=VACE_HONOURS,
        sizes=_WIDE,
    ),
    "wan2.1-vace-14b": KnownModel(
        about="words, pictures, clips and what lies around them to video",
        repository="Wan-AI/Wan2.1-VACE-14B-diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 17_337_592_896} | _WAN_READERS,
        honours=VACE_HONOURS,
        sizes=_WIDE + _TALL,
    ),
    "wan2.2-ti2v-5b": KnownModel(
        about="words, with or without a picture, to video at 24 frames a second",
        repository="Wan-AI/Wan2.2-TI2V-5B-Diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 4_999_787_712} | _WAN_READERS | {"vae": 704_688_668},
        honours=WAN_ANYWHERE | CHANGED,
        sizes=("1280x704", "704x1280"),
        frames=121,
        frame_rate=24.0,
    ),
    "wan2.2-t2v-a14b": KnownModel(
        about="words to video, with a second transformer for low noise",
        repository="Wan-AI/Wan2.2-T2V-A14B-Diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 14_288_491_584, "transformer_2": 14_288_491_584} | _WAN_READERS,
        honours=_WORDS,
        sizes=_WIDE + _TALL,
        steps=40,
    ),
    "wan2.2-i2v-a14b": KnownModel(
        about="a picture and words to video, with a second transformer for low noise",
        repository="Wan-AI/Wan2.2-I2V-A14B-Diffusers",
        licence="Apache-2.0",
        parameters={"transformer": 14_288_901_184, "transformer_2": 14_288_901_184} | _WAN_READERS,
        honours=WAN_ANYWHERE,
        sizes=_WIDE + _TALL,
        steps=40,
    ),
    "ltx-2": KnownModel(
        about="words and pictures anywhere in time to video with sound",
        repository="Lightricks/LTX-2",
        licence="LTX-2 Community License",
        parameters={
            "transformer": 18_876_174_592,
            "text_encoder": 12_187_325_040,
            "connectors": 1_431_475_200,
            "vae": 1_222_479_601,
            "audio_vae": 53_248_146,
            "vocoder": 55_592_802,
            "latent_upsampler": 497_867_904,
        },
        honours=LTX_HONOURS,
        sizes=("768x512", "1280x704", "1920x1088"),
        steps=40,
        frames=121,
        frame_rate=24.0,
    ),
}


def known_name(source: Path | str) -> str | None:
    """The name of a known model, from its repository or from a folder that is called after it."""
    names = {known.repository.lower(): name for name, known in KNOWN.items()}
    text = str(source).lower()
    if text in names:
        return names[text]
    for repository, name in names.items():
        owner, _, model = repository.partition("/")
        if {model, f"models--{owner}--{model}", name} & set(Path(text).parts):
            return name
    return None


def those_that_fit(free_bytes: int) -> list[str]:
    """Names of known models that a device with so much memory free can hold, at once or in turn."""
    return [name for name, known in KNOWN.items() if fit(known.parameters, free_bytes).verdict != Verdict.TOO_LARGE]
