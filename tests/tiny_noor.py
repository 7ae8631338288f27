"""A `noor-nano` of random weights that makes a second of 32 pixels at 8 frames a second, in a home."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

MAKES: dict[str, Any] = {
    "sizes": [[32, 32], [64, 32], [32, 64]],
    "window": 8,
    "frame_rate": 8.0,
    "longest_seconds": 6.0,
    "shift": 3.0,
    "guidance_scale": 2.0,
    "layout_steps": 2,
    "is_distilled": False,
    "default_steps": 3,
    "draft_layout_steps": 1,
    "draft_steps": 1,
    "actions": ["none", "left", "right", "away", "towards", "jump", "camera left", "camera right"],
}


def save_tiny_noor(home: Path) -> None:
    """Save it where `home`'s models lie."""
    import torch

    from manazir.checkpoints.bundle import save_bundle
    from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
    from manazir.models.noor.steerer import Steerer
    from manazir.models.noor.transformer import Noor, NoorShape
    from manazir.models.text.encoder import TextEncoderShape

    shape = PictureCodecShape(channels=3, fine_width=8, coarse_width=8, blocks=1)
    codec = PictureCodec(shape)
    codec.basis[range(3), range(3)] = 1 / 16  # a block's components are its mean colour
    text = TextEncoderShape(width=16, layers=1, heads=2, byte_width=8, slots=6)
    noor = NoorShape(
        painter_widths=(8, 8, 8),
        eye_widths=(8, 8, 8),
        foley_width=8,
        animator_width=8,
        frames_per_layout_token=4,
        width=32,
        layers=1,
        heads=2,
        channels=3,
        rotary_dims=(8, 4, 4),
        text=text,
    )
    torch.manual_seed(0)
    network = Noor(noor)
    for weight in network.parameters():  # those that start at zero would make every prompt's clip the same
        torch.nn.init.normal_(weight, std=0.1)
    about = {"kind": "noor", "noor": asdict(noor), "codec": asdict(shape), "steerer": {"width": 8}, "makes": MAKES}
    steerer = Steerer(8, MAKES["frame_rate"])
    parts = {"noor": network.state_dict(), "codec": codec.state_dict(), "steerer": steerer.state_dict()}
    save_bundle(home / "models" / "noor-nano", about, parts)
