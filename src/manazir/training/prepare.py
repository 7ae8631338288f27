"""From shards of rendered clips to shards of latents: each clip through the codecs once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from manazir.core.errors import MediaError
from manazir.data.latents import LatentShard
from manazir.data.shards import Sample, read_shard
from manazir.models.codecs.picture import PictureCodec
from manazir.models.codecs.spectrogram import SoundTokens
from manazir.training.codec import to_pictures
from manazir.worlds.scene import Action

ACTIONS = {action.value: index for index, action in enumerate(Action)}


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
    """Latents of clips of one picture shape, with their sound and their actions."""
    device = next(codec.parameters()).device
    codec.eval()
    sound_tokens = SoundTokens()
    videos, sounds, actions = [], [], []
    for sample in samples:
        clip = sample.clip
        if clip.sound is None:
            raise MediaError(f"sample {sample.key} has no sound; Noor learns from clips with sound")
        videos.append(codec.encode(to_pictures(clip.frames).to(device)).half().cpu())
        sounds.append(sound_tokens.encode(torch.from_numpy(clip.sound.samples)[None])[0].half())
        names = sample.truth["scene"].get("actions") or ["none"] * len(clip.frames)
        actions.append(torch.tensor(np.array([ACTIONS[name] for name in names], dtype=np.uint8)))
    scenes = [sample.truth["scene"] for sample in samples]
    return LatentShard(torch.stack(videos), torch.stack(sounds), torch.stack(actions), scenes)
