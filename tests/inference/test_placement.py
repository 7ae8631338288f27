from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tests.open_weights import save_tiny_wan

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.survey import survey_folder
from manazir.core.errors import UnsupportedError
from manazir.inference import placement
from manazir.inference.placement import Placement, place
from manazir.inference.wan.model import WanModel

GPU, CPU = torch.device("cuda"), torch.device("cpu")
MEGABYTE = 10**6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    published = save_tiny_wan(tmp_path_factory.mktemp("published"), ffn_dim=16 * 64, num_attention_heads=8)
    folder = tmp_path_factory.mktemp("home") / "tiny"
    list(bring_in(survey_folder(published, check_part), folder, "a test"))
    return folder


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    return load_manifest(folder)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    def told(size: int | None) -> None:
        monkeypatch.setattr(placement, "free_bytes", lambda _: size)
        monkeypatch.setattr(placement, "usual_dtype", lambda _: torch.bfloat16)

    return told


def _bytes(manifest: Manifest, part: str) -> int:
    found = manifest.part(part)
    assert found is not None
    return 2 * found.parameters


def test_parts_stay_where_there_is_room_and_take_turns_where_there_is_less(
    manifest: Manifest, free: Callable[[int | None], None]
) -> None:
    for size in (None, 100 * MEGABYTE):
        free(size)
        assert place(manifest, GPU) == Placement(device=GPU, dtype=torch.bfloat16)
    free(_bytes(manifest, "transformer") + 1)
    assert place(manifest, GPU) == Placement(device=GPU, dtype=torch.bfloat16, all_stay=False)


def test_blocks_take_turns_where_a_transformer_does_not_fit(
    manifest: Manifest, free: Callable[[int | None], None]
) -> None:
    free(_bytes(manifest, "transformer") - 1)
    streamed = {"transformer": _bytes(manifest, "transformer") // 4}
    assert place(manifest, GPU, None, streamed).is_streamed
    with pytest.raises(UnsupportedError, match="tiny on cuda: it does not fit: denoising needs"):
        place(manifest, GPU)
    with pytest.raises(UnsupportedError, match="tiny on cpu: it does not fit"):
        place(manifest, CPU, None, streamed)


def test_narrow_weights_take_half_the_room(manifest: Manifest, free: Callable[[int | None], None]) -> None:
    free(_bytes(manifest, "transformer") // 2 + 1)
    placed = place(manifest, GPU, "float8")
    assert (placed.is_narrow, placed.is_streamed, placed.precision) == (True, False, "float8")


def test_words_are_read_on_the_cpu_where_only_their_reader_does_not_fit(
    manifest: Manifest, free: Callable[[int | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "_WORDS", ("transformer",))  # the tiny one's reader is the smaller part
    free(_bytes(manifest, "vae") + 10_000)
    placed = place(manifest, GPU)
    assert (placed.words_on_cpu, placed.words_device) == (True, CPU)


def test_a_precision_that_is_none_is_refused(manifest: Manifest) -> None:
    with pytest.raises(UnsupportedError, match="no precision 'int4'; have float32, bfloat16, float8"):
        place(manifest, CPU, "int4")


@pytest.mark.parametrize(
    ("others", "most"), [({"is_streamed": True}, 0.0), ({"is_narrow": True}, 0.2), ({"all_stay": False}, 0.0)]
)
@torch.no_grad()
def test_wherever_it_is_kept_it_makes_the_same(folder: Path, others: dict[str, bool], most: float) -> None:
    from manazir.models.packing import Document

    def made(placed: Placement) -> torch.Tensor:
        transformer = WanModel(folder, placed).transformer()
        latents = torch.randn(4, 2, 4, 4, generator=torch.Generator().manual_seed(0)).to(placed.dtype)
        words = torch.randn(5, 16, generator=torch.Generator().manual_seed(1)).to(placed.dtype)
        document = Document(latents, torch.full((2,), 500.0), transformer.read(words))
        return transformer([document])[0].velocity.float()

    true, other = made(Placement(dtype=torch.bfloat16)), made(Placement(dtype=torch.bfloat16, **others))
    assert float((other - true).norm() / true.norm()) <= most
    assert torch.equal(other, true) == (most == 0.0)
