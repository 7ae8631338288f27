"""FastVideo's transformer. It names no attention for CPUs, so it takes the one of its own that asks PyTorch."""

import torchvision_ops  # noqa: F401  before FastVideo

# isort: split
import json
import os
import re
import tempfile
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

import torch
from fastvideo.configs.models.dits import WanVideoConfig
from fastvideo.distributed.parallel_state import init_distributed_environment, initialize_model_parallel
from fastvideo.forward_context import set_forward_context
from fastvideo.models.dits.wanvideo import WanTransformer3DModel
from fastvideo.pipelines.pipeline_batch_info import ForwardBatch
from fastvideo.platforms import current_platform
from safetensors.torch import load_file
from torch import Tensor

from protocol import DTYPES, Prepare, Work, inputs, serve


def measures() -> Mapping[str, Prepare]:
    return {f"transformer {dtype}": partial(_transformer, dtype=dtype) for dtype in DTYPES}


@cache
def _one_process() -> None:
    type(current_platform).get_attn_backend_cls = classmethod(
        lambda *_: "fastvideo.attention.backends.sdpa.SDPABackend"
    )
    meeting = Path(tempfile.mkdtemp()) / "meeting"
    init_distributed_environment(1, 0, distributed_init_method=f"file://{meeting}", local_rank=0)
    initialize_model_parallel()


def _transformer(cases: Path, dtype: str) -> Work:
    _one_process()
    folder = cases / "step/model/transformer"
    described = json.loads((folder / "config.json").read_text())
    config = WanVideoConfig()
    config.update_model_arch({key: value for key, value in described.items() if not key.startswith("_")})
    transformer = WanTransformer3DModel(config, described)
    weights = load_file(folder / "diffusion_pytorch_model.safetensors")
    transformer.load_state_dict({_renamed(name): tensor for name, tensor in weights.items()})
    transformer = transformer.to(DTYPES[dtype]).eval()
    given = {name: tensor.to(DTYPES[dtype]) for name, tensor in inputs(cases, "step").items()}
    timestep, batch = torch.tensor([500.0]), ForwardBatch(data_type="video")

    def work() -> Tensor:
        with set_forward_context(current_timestep=0, attn_metadata=None, forward_batch=batch):
            return transformer(hidden_states=given["latents"], encoder_hidden_states=given["words"], timestep=timestep)

    return work


def _renamed(name: str) -> str:
    for pattern, own in WanTransformer3DModel.param_names_mapping.items():
        if re.match(pattern, name):
            return re.sub(pattern, own, name)
    return name


if __name__ == "__main__":
    os.environ.setdefault("FASTVIDEO_LOGGING_LEVEL", "ERROR")
    serve("fastvideo", measures)
