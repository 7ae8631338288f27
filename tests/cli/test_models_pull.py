"""`manazir models pull` from a hub on the loopback, with the hub's own client."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants, snapshot_download
from tests.hub import COMMIT, Hub, serving
from tests.other_pipelines import save_tiny_cogvideox

from manazir.cli.main import main

KNOWN = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"


@pytest.fixture
def hub(tiny_wan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    folder = Path(shutil.copytree(tiny_wan, tmp_path / "repository"))
    (folder / "modeling.py").write_text("raise SystemExit('ran')")
    (folder / "whole.safetensors").write_bytes(bytes(1000))
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with serving({KNOWN: folder, "someone/Tuned Wan".replace(" ", "-"): folder}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def test_a_known_model_is_fetched_checked_and_brought_in(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "pull", "wan2.1-t2v-1.3b", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["source"]) == ("wan2.1-t2v-1.3b", f"{KNOWN}@{COMMIT}")
    assert main(["models", "verify", "wan2.1-t2v-1.3b"]) == 0
    assert main(["models", "show", "wan2.1-t2v-1.3b"]) == 0
    assert "licence: apache-2.0" in capsys.readouterr().out
    assert "modeling.py" not in hub.asked  # nor anything else that is not needed
    assert "whole.safetensors" not in hub.asked
    assert [path.name for path in (tmp_path / "home" / "models").iterdir()] == ["wan2.1-t2v-1.3b"]
    assert main(["models", "pull", "wan2.1-t2v-1.3b"]) == 2
    assert "is installed in" in capsys.readouterr().err


def test_what_has_arrived_is_not_fetched_again(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    late = "vae/diffusion_pytorch_model-00002-of-00002.safetensors"
    hub.failing.add(late)
    assert main(["models", "pull", "someone/Tuned-Wan"]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    before = set(hub.asked)
    assert len(before) > 5
    hub.failing.clear()
    hub.asked.clear()
    assert main(["models", "pull", "someone/Tuned-Wan"]) == 0
    assert late in hub.asked
    assert not before & set(hub.asked)
    assert main(["models", "verify", "tuned-wan"]) == 0


def test_a_file_that_was_cut_goes_on_where_it_was(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1000)  # what is kept, at least, when a line is cut
    name = "transformer/diffusion_pytorch_model-00001-of-00002.safetensors"
    hub.cut.add(name)
    assert main(["models", "pull", "someone/Tuned-Wan"]) == 0
    half = (hub.repositories[KNOWN] / name).stat().st_size // 2
    again = f"{name}:{half // 1000 * 1000}"
    assert [asked for asked in hub.asked if asked.startswith(name)] == [name, again]
    assert main(["models", "verify", "tuned-wan"]) == 0


def test_what_came_damaged_is_refused_and_fetched_anew(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    name = "transformer/diffusion_pytorch_model-00001-of-00002.safetensors"
    hub.spoilt.add(name)
    assert main(["models", "pull", "someone/Tuned-Wan"]) == 2
    assert f"{name} of someone/Tuned-Wan came damaged (its hash differs)" in capsys.readouterr().err
    assert main(["models", "show", "tuned-wan"]) == 2
    hub.spoilt.clear()
    assert main(["models", "pull", "someone/Tuned-Wan"]) == 0
    assert main(["models", "verify", "tuned-wan"]) == 0


def test_offline_it_is_taken_from_the_cache(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "pull", KNOWN, "--offline"]) == 2
    assert "is not in this user's cache, and --offline fetches nothing" in capsys.readouterr().err
    snapshot_download(KNOWN, endpoint=hub.url, cache_dir=tmp_path / "cache")
    hub.asked.clear()
    assert main(["models", "pull", KNOWN, "--offline", "--name", "tiny"]) == 0
    assert hub.asked == []
    shutil.rmtree(tmp_path / "cache")
    assert main(["models", "verify", "tiny"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["wan9"], "no model 'wan9' is known; have wan2.1-t2v-1.3b"),
        (["someone/nothing"], "has no someone/nothing, or it is private"),
        (["gated/wan"], "gated/wan asks for consent first: accept its terms at http://"),
        (["original/wan"], "original/wan has no model_index.json, and Wan2.1_VAE.pth is a pickle"),
        (["a--b/c..d"], "is no name of a repository"),
    ],
)
def test_what_cannot_be_fetched_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "original").mkdir()
    (tmp_path / "original" / "Wan2.1_VAE.pth").write_bytes(b"PK")
    hub.repositories |= {"gated/wan": tmp_path / "original", "original/wan": tmp_path / "original"}
    hub.gated.add("gated/wan")
    assert main(["models", "pull", *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_without_a_network_it_says_what_to_do(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9/")
    assert main(["models", "pull", "wan2.1-t2v-1.3b"]) == 2
    said = capsys.readouterr().err
    assert f"cannot fetch {KNOWN} from http://127.0.0.1:9; set HF_ENDPOINT to a mirror, or bring its folder" in said
    assert said.count("\n") == 1


def test_a_disk_without_room_is_told_before_anything_large_is_fetched(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    assert main(["models", "pull", "wan2.1-t2v-1.3b"]) == 2
    assert "are to come, and" in capsys.readouterr().err
    assert hub.asked == ["model_index.json"]


def test_a_model_that_only_diffusers_runs_is_fetched_if_it_fills_in_canvases(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.repositories["someone/cog"] = save_tiny_cogvideox(tmp_path / "cog")
    assert main(["models", "pull", "someone/cog"]) == 0
    assert main(["models", "show", "cog"]) == 0
    assert "runs through: diffusers: CogVideoXPipeline" in capsys.readouterr().out
    index = tmp_path / "cog" / "model_index.json"
    index.write_text(index.read_text().replace("CogVideoXPipeline", "CogVideoXVideoToVideoPipeline"))
    hub.asked.clear()
    assert main(["models", "pull", "someone/cog", "--name", "other"]) == 2
    assert "CogVideoXVideoToVideoPipeline of diffusers takes no num_frames" in capsys.readouterr().err
    assert hub.asked == ["model_index.json"]
