"""What an operator writes into server.toml, and which model answers to a name."""

from pathlib import Path

import pytest

from manazir.core.errors import UnsupportedError
from manazir.server.aliases import answering, names
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


def test_a_name_that_nobody_answers_to_is_refused_with_those_that_are(home: Path) -> None:
    with pytest.raises(ApiError, match=r"no model answers to 'gpt'; have noor-nano, house, ray-2"):
        answering("gpt", Operator(aliases={"house": Alias(model="noor-nano")}))
    with pytest.raises(
        ApiError, match=r"'house' stands for wan2.1-t2v-1.3b: the weights of .* are not on this machine"
    ):
        answering("house", Operator(aliases={"house": Alias(model="wan2.1-t2v-1.3b")}))
    assert names(Operator())[0] == "noor-nano"
