"""What an operator writes into server.toml, and which model answers to a name."""

from pathlib import Path

import pytest

from manazir.core.errors import UnsupportedError
from manazir.server.aliases import FEW, answering, names
from manazir.server.errors import ApiError
from manazir.server.operator import Alias, Operator, Prices, load_operator

FILE = """
allowed_hosts = ["nas.lan:8080"]
output_days = 30
[aliases]
"veo-3.1-generate-001" = { model = "noor-nano" }
house = { model = "noor-nano", resample = true }
[prices]
"*" = { second = 2.0, image = 1.0 }
noor-nano = { second = 0.5 }
"""


def test_what_the_file_does_not_say_has_its_default(tmp_path: Path) -> None:
    assert load_operator(tmp_path / "none.toml") == Operator()
    path = tmp_path / "server.toml"
    path.write_text(FILE)
    operator = load_operator(path)
    assert operator.allowed_hosts == ("nas.lan:8080",)
    assert operator.output_days == 30
    assert operator.input_days == 7.0
    assert operator.aliases["house"] == Alias(model="noor-nano", resample=True)
    assert operator.price("noor-nano") == Prices(second=0.5)
    assert operator.price("another") == Prices(second=2.0, image=1.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("speed = 1", "has no speed; it has aliases"),
        ("output_days = 'long'", "output_days of .* is 'long'; give a number"),
        ("output_days = true", "output_days of .* is True"),
        ("output_days = -1", "is -1; give 0 or more"),
        ("allowed_hosts = 'x'", "give a list of names"),
        ("[aliases]\nx = 'noor-nano'", "give a table for each name"),
        ("[aliases]\nx = {model = 1}", "model of x of aliases of .* is 1; give a name"),
        ("[prices]\nx = {hour = 1}", "x of prices of .* has no hour; it has image, second, upscaled_second"),
        ("[", "cannot read"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "server.toml"
    path.write_text(text)
    with pytest.raises(UnsupportedError, match=message):
        load_operator(path)


def test_vendors_names_are_answered_by_the_embedded_model_until_the_operator_says_otherwise(home: Path) -> None:
    found = answering("sora-2", Operator())
    assert (found.card.name, found.allows_resampling) == ("noor-nano", True)
    mapped = answering("sora-2", Operator(aliases={"sora-2": Alias(model="noor-nano")}))
    assert not mapped.allows_resampling


@pytest.mark.parametrize(
    ("dialect", "name", "told"),
    [
        ("luma", "ray-22", "did you mean ray-2? There is ray-2, ray-flash-2, ray-1-6, ray-1.6, photon-1, "),
        ("luma_agents", "gpt", "there is ray-3.2, uni-1, uni-1-max, noor-nano, house; GET /api/v1/models lists them"),
        ("sora", "sora-3", "did you mean sora-2? There is sora-2, sora-2-pro, "),
        ("sora", "veo-3.0-generate", "did you mean veo-3.0-generate-001? There is sora-2, "),
        ("sora_images", "dalle-3", "did you mean dall-e-3? There is gpt-image-1, "),
        ("veo", "veo-9", " and others; GET /google/v1beta/models lists them"),
        ("api", "nor-nano", "did you mean noor-nano? There is noor-nano, house; GET /api/v1/models lists them"),
    ],
)
def test_of_a_name_that_nobody_answers_to_the_nearest_is_told_and_few_of_the_same_dialect(
    home: Path, dialect: str, name: str, told: str
) -> None:
    with pytest.raises(ApiError) as refused:
        answering(name, Operator(aliases={"house": Alias(model="noor-nano")}), dialect)
    assert told in refused.value.message
    assert refused.value.message.count(", ") < FEW
    assert refused.value.field == "model"


def test_an_alias_of_a_model_that_is_not_here_says_so(home: Path) -> None:
    with pytest.raises(
        ApiError, match=r"'house' stands for wan2.1-t2v-1.3b: the weights of .* are not on this machine"
    ):
        answering("house", Operator(aliases={"house": Alias(model="wan2.1-t2v-1.3b")}))
    assert names(Operator())[0] == "noor-nano"
