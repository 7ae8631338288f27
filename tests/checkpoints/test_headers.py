from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from manazir.checkpoints.headers import Stored, read_header
from manazir.core.errors import CheckpointError


def _saved(path: Path) -> Path:
    tensors = {"a": torch.zeros(3, 4), "b": torch.zeros(2, dtype=torch.bfloat16), "c": torch.zeros(0, 5)}
    save_file(tensors, path, metadata={"format": "pt"})
    return path


def test_a_header_tells_kinds_and_shapes(tmp_path: Path) -> None:
    stored = read_header(_saved(tmp_path / "x.safetensors"))
    assert stored == {"a": Stored("F32", (3, 4)), "b": Stored("BF16", (2,)), "c": Stored("F32", (0, 5))}
    assert stored["a"].size_bytes == 48


@pytest.mark.parametrize("length", [0x4B50, 0x0180])
def test_a_header_whose_length_reads_like_the_start_of_a_pickle(length: int, tmp_path: Path) -> None:
    path = _saved(tmp_path / "x.safetensors")
    data = path.read_bytes()
    header = data[8 : 8 + int.from_bytes(data[:8], "little")]
    path.write_bytes(length.to_bytes(8, "little") + header.ljust(length) + data[8 + len(header) :])
    assert path.read_bytes()[:2] == b"PK" or path.read_bytes()[:1] == b"\x80"
    assert set(read_header(path)) == {"a", "b", "c"}


def _cut(data: bytes) -> bytes:
    return data[:-1]


def _longer(data: bytes) -> bytes:
    return data + b"x"


def _no_json(data: bytes) -> bytes:
    return data.replace(b'"dtype"', b"'dtype'", 1)


def _other_shape(data: bytes) -> bytes:
    return data.replace(b"[3,4]", b"[3,5]")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_cut, "it was cut short"),
        (_longer, "its header speaks of"),
        (_no_json, "its header makes no sense"),
        (_other_shape, "its header makes no sense"),
        (lambda data: b"PK\x03\x04" + data, "is a pickle under a false name"),
        (lambda data: b"\x80\x02" + data, "is a pickle under a false name"),
        (lambda data: data[:5], "is no safetensors file"),
        (lambda data: data[:40], "is no safetensors file"),
        (lambda data: data[:0], "is no safetensors file"),
    ],
)
def test_what_is_no_whole_safetensors_file_is_refused(damage, message: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = _saved(tmp_path / "x.safetensors")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CheckpointError, match=message):
        read_header(path)
    with pytest.raises(CheckpointError, match="cannot read"):
        read_header(tmp_path / "none.safetensors")
