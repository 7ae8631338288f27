"""SGLang's transformer, on its own platform for CPUs. Its compiled kernels for CPUs are not on PyPI, so the layers that
would call them compute in their own other way (which PyTorch compiles), and the kernel that is left is exchanged."""

import torchvision_ops  # noqa: F401  before SGLang

# isort: split
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import torch
from safetensors.torch import load_file
from sglang.multimodal_gen.configs.models.dits import WanVideoConfig
from sglang.multimodal_gen.runtime import server_args
from sglang.multimodal_gen.runtime.distributed import maybe_init_distributed_environment_and_model_parallel
from sglang.multimodal_gen.runtime.layers import elementwise, layernorm
from sglang.multimodal_gen.runtime.managers.forward_context import set_forward_context
from sglang.multimodal_gen.runtime.models.dits.wanvideo import WanTransformer3DModel
from torch import Tensor

from protocol import DTYPES, Prepare, Work, inputs, serve


def measures() -> Mapping[str, Prepare]:
    return {f"transformer {dtype}": partial(_transformer, dtype=dtype) for dtype in DTYPES}


@cache
def _one_process() -> None:
    for module in (layernorm, elementwise):
        module.fuse_scale_shift_kernel = _modulated
    for layer in (layernorm._ScaleResidualNormScaleShift, layernorm._NormScaleShift):
        layer.forward_cpu = layer.forward_native
    usual = {each.name: each.default for each in fields(server_args.ServerArgs) if each.default is not MISSING}
    usual |= {"kv_gather_degree": 1}
    server_args.set_global_server_args(SimpleNamespace(**usual))  # the class itself looks for a server's packages
    meeting = Path(tempfile.mkdtemp()) / "meeting"
    maybe_init_distributed_environment_and_model_parallel(1, 1, distributed_init_method=f"file://{meeting}")


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
    transformer.post_load_weights()
    given = {name: tensor.to(DTYPES[dtype]) for name, tensor in inputs(cases, "step").items()}
    timestep = torch.tensor([500.0])
    # Of a request it wants these; what words become is kept in `extra` from step to step.
    request = SimpleNamespace(extra={}, enable_sequence_shard=False, enable_teacache=False, enable_spectrum=False)

    def work() -> Tensor:
        with set_forward_context(current_timestep=0, attn_metadata=None, forward_batch=request):
            return transformer(hidden_states=given["latents"], encoder_hidden_states=given["words"], timestep=timestep)

    return work


def _modulated(x: Tensor, scale: Tensor, shift: Tensor, scale_constant: float = 1.0) -> Tensor:
    return x * (scale_constant + scale) + shift


def _renamed(name: str) -> str:
    for pattern, own in WanTransformer3DModel.param_names_mapping.items():
        if re.match(pattern, name):
            return re.sub(pattern, own, name)
    return name


if __name__ == "__main__":
    serve("sglang", measures)
