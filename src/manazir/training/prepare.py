"""From shards of rendered clips to shards of latents: each clip through the codecs once."""

from collections.abc import Iterator
from pathlib import Path

import torch

from manazir.core.errors import MediaError
from manazir.data.latents import LatentShard
from manazir.data.shards import Sample, read_shard
from manazir.models.codecs.levels import to_pictures
from manazir.models.codecs.picture import PictureCodec
from manazir.models.codecs.spectrogram import SoundTokens
from manazir.worlds.layout import layout_of
from manazir.worlds.physics import simulate
from manazir.worlds.scene_json import scene_from_json


def prepare(rendered: Path, latents: Path, codec: PictureCodec) -> Iterator[tuple[int, int]]:
    """Encode every shard that is not encoded yet; yield (shards done, shards there are)."""
    latents.mkdir(parents=True, exist_ok=True)
    shards = sorted(rendered.glob("*.tar"))
    for done, shard in enumerate(shards, start=1):
        target = latents / f"{shard.stem}.safetensors"
        if not target.exists():
            encode_samples(list(read_shard(shard)), codec).save(target)
        yield done, len(shards)


@torch.no_grad()
def encode_samples(samples: list[Sample], codec: PictureCodec) -> LatentShard:
    """Latents of clips of one picture shape, with their sound."""
    device = next(codec.parameters()).device
    codec.eval()
    sound_tokens = SoundTokens()
    videos, sounds, layouts = [], [], []
    for sample in samples:
        clip = sample.clip
        if clip.sound is None:
            raise MediaError(f"sample {sample.key} has no sound; Noor learns from clips with sound")
        videos.append(codec.encode(to_pictures(torch.from_numpy(clip.frames).to(device))).half().cpu())
        sounds.append(sound_tokens.encode(torch.from_numpy(clip.sound.samples)[None])[0].half())
        scene = scene_from_json(sample.truth["scene"])
        layouts.append(torch.from_numpy(layout_of(scene, simulate(scene))).half())
    scenes = [sample.truth["scene"] for sample in samples]
    return LatentShard(torch.stack(videos), torch.stack(sounds), torch.stack(layouts), scenes)
