"""A schedule from a `scheduler_config.json` of diffusers' FlowMatchEulerDiscreteScheduler."""

from manazir.checkpoints.config_fields import Config, check
from manazir.diffusion.flow_schedule import FlowSchedule

FIXED = {
    "_class_name": "FlowMatchEulerDiscreteScheduler",
    "num_train_timesteps": 1000,
    "invert_sigmas": False,
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
    "time_shift_type": "exponential",
    "stochastic_sampling": False,
}
FIELDS = {
    "shift": "shift",
    "use_dynamic_shifting": "grows",
    "base_image_seq_len": "base_length",
    "max_image_seq_len": "max_length",
    "base_shift": "base_shift",
    "max_shift": "max_shift",
    "shift_terminal": "terminal",
}
"""Their names → ours; what a configuration leaves out is as diffusers has it."""


def flow_schedule(config: Config) -> FlowSchedule:
    """Read it.

    Raises:
        UnsupportedError: it asks for something that no model here has.
    """
    check(config, FIXED, FIELDS)
    return FlowSchedule(**{ours: config[theirs] for theirs, ours in FIELDS.items() if theirs in config})
