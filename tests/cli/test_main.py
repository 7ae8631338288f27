import os
import subprocess
import sys
from pathlib import Path

import pytest

from manazir.cli.main import VERBS, main

LOADED = "import sys; from manazir.cli.main import main; main(sys.argv[1:]); print([m for m in {} if m in sys.modules])"


def test_the_overview_names_every_verb_and_imports_neither_torch_nor_numpy() -> None:
    code = LOADED.format(["torch", "numpy", "rich", "tyro"])
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")
    assert all(f"  {verb}" in done.stdout for verb in VERBS)


@pytest.mark.parametrize(
    "arguments", [["generate", "--help"], ["generate", ""], ["models", "list"], ["models", "show", "ltx-2"]]
)
def test_help_and_refusals_of_a_verb_import_neither_torch_nor_numpy(arguments: list[str]) -> None:
    code = LOADED.format(["torch", "numpy"])
    if "--help" in arguments:
        code = code.replace("main(sys.argv[1:]);", "code = main(sys.argv[1:]); assert code == 0;")
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_every_verb_has_a_module_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in VERBS:
        assert main([*verb.split(), "--help"]) == 0
        said = capsys.readouterr().out
        assert f"manazir {verb}" in said.split("For example:")[1], verb
        assert "--json" in said or verb == "train", verb


@pytest.mark.parametrize("group", sorted({verb.split()[0] for verb in VERBS if " " in verb}))
def test_a_groups_help_ends_with_an_example_of_each_of_its_own_verbs(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([group, "--help"]) == 0
    examples = capsys.readouterr().out.split("For example:")[1].split("\n  ")[1:]
    verbs = [verb for verb in VERBS if verb.startswith(f"{group} ")]
    assert [one.startswith(f"manazir {verb}") for one, verb in zip(examples, verbs, strict=True)] == [True] * len(verbs)


def test_a_group_lists_its_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worlds"]) == 0
    said = capsys.readouterr().out
    assert "worlds sheet" in said
    assert "models list" not in said


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    import manazir

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"manazir {manazir.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["genrate", "x"], "Did you mean `manazir generate`?"),
        (["worlds", "shet"], "Did you mean `manazir worlds sheet`?"),
        (["frobnicate"], "there is no verb 'frobnicate'; have generate"),
    ],
)
def test_an_unknown_verb_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("manazir: ")
    assert said.err.count("\n") == 1
    assert message in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate", "a ball", "--steps", "many"], "Error parsing --steps: 'many' is no whole number"),
        (["serve", "--port", "many"], "Error parsing --port: 'many' is no whole number"),
        (["generate", "a ball", "--nope"], "Unrecognized options: --nope; see `manazir generate --help`"),
        (["generate", "--resampel"], "--resampel; perhaps you meant --resample; see"),
        (["generate", "a ball", "--size"], "Missing value for argument '--size'"),
        (["keys", "create"], "Missing from manazir keys create: NAME What it is for; see"),
    ],
)
@pytest.mark.parametrize("columns", ["30", "200"])
def test_wrong_options_are_one_line_and_exit_code_2(
    arguments: list[str],
    message: str,
    columns: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith("manazir: ")
    assert message in said.err


def test_wrong_options_are_one_line_where_only_ascii_is_shown() -> None:
    command = [sys.executable, "-m", "manazir.cli", "generate", "--resampel"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    told = "manazir: Unrecognized options: --resampel; perhaps you meant --resample; see `manazir generate --help`\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


def _own_recipe(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch, name: str) -> str:
    (folder / f"{name}.py").write_text(f"def recipe() -> None:\n    {body}\n")
    monkeypatch.chdir(folder)
    return f"{name}:recipe"


def test_what_nobody_expected_is_exit_code_1_and_its_trace_is_for_whoever_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _own_recipe(tmp_path, "raise RuntimeError('no luck')", monkeypatch, "unlucky")
    assert main(["train", recipe]) == 1
    said = capsys.readouterr().err
    assert said.startswith("manazir: unexpected RuntimeError: no luck")
    assert "MANAZIR_DEBUG" in said
    assert said.count("\n") == 1
    monkeypatch.setenv("MANAZIR_DEBUG", "1")
    assert main(["train", recipe]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupted_verb_is_exit_code_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", _own_recipe(tmp_path, "raise KeyboardInterrupt", monkeypatch, "interrupted")]) == 130
    assert capsys.readouterr().err == "manazir: interrupted\n"


def test_a_reader_that_has_heard_enough_ends_it_without_a_word() -> None:
    command = f"{sys.executable} -m manazir.cli models list --json | head -c 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[", "")
