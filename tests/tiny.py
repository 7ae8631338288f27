"""Sizes of the smallest Noor, which tests of several rooms build."""

from manazir.models.noor.transformer import NoorShape
from manazir.models.text.encoder import TextEncoderShape

TEXT = TextEncoderShape(width=16, layers=1, heads=2, byte_width=8, slots=6)
SHAPE = NoorShape(
    painter_widths=(8, 8, 8),
    eye_widths=(8, 8, 8),
    foley_width=8,
    animator_width=8,
    finisher_widths=(8, 8),
    frames_per_layout_token=4,
    width=32,
    layers=1,
    heads=2,
    channels=3,
    sound_width=5,
    hops_per_sound_token=5,
    rotary_dims=(8, 4, 4),
    text=TEXT,
)
