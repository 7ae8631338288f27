"""Make tiny Wans and LTX-2s with random weights, in folders as diffusers saves them.

What they make is noise; what they go through is what a real one goes through. To try the whole way without
downloading anything:

    python benchmarks/tiny_open_weights.py --out build/tiny
    manazir models import build/tiny/tiny-wan-text
    manazir generate "a red ball" --model tiny-wan-text --size 64x32 --seconds 1 -o build/tiny.mp4
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch
from tests.lightricks import save_as_lightricks
from tests.open_ltx import LTX_2_3, save_tiny_ltx, tiny_ltx
from tests.open_weights import (
    save_tiny_wan,
    save_tiny_wan_of_each_frame,
    save_tiny_wan_of_pictures,
    save_tiny_wan_vace,
)

MODELS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "tiny-wan-text": ("words to video, as Wan 2.1", save_tiny_wan),
    "tiny-wan-picture": (
        "a picture and words to video, as Wan 2.1's 14B",
        partial(save_tiny_wan_of_pictures, has_experts=False),
    ),
    "tiny-wan-frames": ("words and pictures anywhere, as Wan 2.2 TI2V-5B", save_tiny_wan_of_each_frame),
    "tiny-wan-experts": ("two transformers, as Wan 2.2 A14B", partial(save_tiny_wan_of_pictures, has_experts=True)),
    "tiny-wan-vace": ("words, pictures, clips and what lies around them, as Wan 2.1 VACE", save_tiny_wan_vace),
    "tiny-ltx": (
        "video with sound, as LTX-2, with an upsampler for a second stage",
        lambda folder: save_tiny_ltx(folder, has_upsampler=True),
    ),
    "tiny-ltx-single.safetensors": (
        "the same in one file, as Lightricks publish it; its Gemma is tiny-ltx's (--text-encoder)",
        lambda file: save_as_lightricks(tiny_ltx().to(torch.bfloat16), file),
    ),
    "tiny-ltx-2.3": ("video with sound, as LTX-2.3", lambda folder: save_tiny_ltx(folder, **LTX_2_3)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, (about, save) in MODELS.items():
        if (out / name).exists():
            print(f"{name}: is there already")
            continue
        save(out / name)
        print(f"{name}: {about}, in {out / name}")


if __name__ == "__main__":
    main()
