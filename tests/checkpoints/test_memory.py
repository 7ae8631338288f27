from manazir.checkpoints.known_models import KNOWN, those_that_fit
from manazir.checkpoints.memory import Verdict, fit, stages_of

A14B = KNOWN["wan2.2-t2v-a14b"].parameters
GB = 10**9


def test_each_stage_needs_the_weights_of_its_parts() -> None:
    stages = {stage.name: stage for stage in stages_of(A14B)}
    assert list(stages) == ["reading words", "denoising", "denoising at low noise", "decoding"]
    assert stages["denoising"].needed_bytes == 2 * 14_288_491_584
    assert stages["reading words"].needed_bytes == 2 * 5_680_910_336
    assert stages_of(A14B, "float8")[1].needed_bytes == 14_288_491_584
    picture = stages_of(KNOWN["wan2.1-i2v-14b-480p"].parameters)[1]
    assert picture.parts == ("image_encoder", "vae")


def test_what_a_stage_works_with_is_added() -> None:
    held = fit(A14B, 100 * GB, working_bytes={"denoising": 10 * GB, "decoding": 3 * GB})
    assert held.stages[1].needed_bytes == 2 * 14_288_491_584 + 10 * GB
    assert held.stages[2].working_bytes == 0
    assert held.at_once_bytes == 2 * sum(A14B.values()) + 10 * GB


def test_the_verdict_turns_at_exactly_what_is_needed() -> None:
    whole, largest = 2 * sum(A14B.values()), 2 * 14_288_491_584
    expected = [
        (whole, Verdict.AT_ONCE),
        (whole - 1, Verdict.IN_TURN),
        (largest, Verdict.IN_TURN),
        (largest - 1, Verdict.TOO_LARGE),
    ]
    assert [(free, fit(A14B, free).verdict) for free, _ in expected] == expected


def test_what_does_not_fit_says_what_would() -> None:
    told = fit(A14B, 24 * GB).told(those_that_fit(24 * GB))
    assert told == (
        "it does not fit: denoising needs 28.6 GB in bfloat16, 24.0 GB are free; a device with 29 GB free would hold "
        "it; so would this one with weights in float8; smaller models that fit: wan2.1-t2v-1.3b, "
        "wan2.1-vace-1.3b, wan2.2-ti2v-5b"
    )
    assert "float8" not in fit(A14B, 8 * GB).told()
    assert (
        fit(A14B, 40 * GB).told()
        == "its parts take turns on the device: denoising needs the most, 28.6 GB of 40.0 GB in bfloat16"
    )
    assert fit(A14B, 80 * GB).told().startswith("all of it stays on the device: 68.8 GB of 80.0 GB")
    assert those_that_fit(8 * GB) == []


def test_blocks_that_take_turns_fit_where_their_part_does_not() -> None:
    streamed = {"transformer": 10**9, "transformer_2": 10**9}
    held = fit(A14B, 12 * GB, streamed=streamed)
    assert held.verdict is Verdict.STREAMED
    assert held.told() == (
        "its blocks take turns on the device: reading words needs the most, 11.4 GB of 12.0 GB in bfloat16"
    )
    assert fit(A14B, 11 * GB, streamed=streamed).verdict is Verdict.TOO_LARGE
    assert fit(A14B, 30 * GB, streamed=streamed).verdict is Verdict.IN_TURN
