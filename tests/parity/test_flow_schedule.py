"""Schedules follow their configurations as FlowMatchEulerDiscreteScheduler follows them."""

from typing import Any

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.pipelines.ltx2.pipeline_ltx2 import calculate_shift

from manazir.checkpoints.flow_schedule import flow_schedule
from manazir.core.errors import UnsupportedError

LTX_2 = {
    "use_dynamic_shifting": True,
    "base_shift": 0.95,
    "max_shift": 2.05,
    "base_image_seq_len": 1024,
    "max_image_seq_len": 4096,
    "shift_terminal": 0.1,
}
DISTILLED = [1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875]


@pytest.mark.parametrize(
    "config",
    [
        LTX_2,
        {"shift": 3.0},
        {"use_dynamic_shifting": True},
        {"shift": 2.0, "shift_terminal": 0.2},
    ],
)
@pytest.mark.parametrize(("steps", "tokens"), [(2, 6), (5, 1024), (30, 5000)])
def test_schedules_follow_their_configuration(config: dict[str, Any], steps: int, tokens: int) -> None:
    theirs = FlowMatchEulerDiscreteScheduler(**config)
    told = theirs.config
    mu = calculate_shift(tokens, told.base_image_seq_len, told.max_image_seq_len, told.base_shift, told.max_shift)
    ours = flow_schedule(dict(told))
    theirs.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu)
    torch.testing.assert_close(torch.tensor(ours.sigmas(steps, tokens)), theirs.sigmas, atol=1e-6, rtol=0)
    theirs.set_timesteps(sigmas=DISTILLED, mu=mu)
    made = torch.tensor(ours.moved(DISTILLED, tokens))
    torch.testing.assert_close(made, theirs.sigmas, atol=1e-6, rtol=0)


def test_schedules_that_no_model_here_has_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="asks for time_shift_type = 'linear'"):
        flow_schedule({"time_shift_type": "linear"})
