from importlib import import_module

import pytest
import torch
from torch import Tensor

from manazir.core.errors import UnsupportedError
from manazir.kernels.attention import Span, attend, usual_backend
from manazir.kernels.attention.reference import reference

# torch.compile imports parts of PyTorch that warn of others.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script_method.*:DeprecationWarning")
HERE = ["sdpa", "blocked"]
SPANS = {
    "one document": [Span(slice(0, 7), slice(0, 7))],
    "documents of several sizes": [
        Span(slice(0, 5), slice(0, 5)),
        Span(slice(5, 10), slice(5, 10)),
        Span(slice(10, 140), slice(10, 140)),
    ],
    "two documents that read one text": [Span(slice(0, 6), slice(0, 9)), Span(slice(6, 12), slice(0, 9))],
    "a chunk with its past": [Span(slice(0, 4), slice(0, 12)), Span(slice(4, 8), slice(12, 19))],
}


def _parts(spans: list[Span], dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    queries, keys = spans[-1].queries.stop, max(span.keys.stop for span in spans)
    return tuple(torch.randn(rows, 2, 16).to(dtype) for rows in (queries, keys, keys))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("spans", SPANS.values(), ids=SPANS)
@pytest.mark.parametrize("backend", HERE)
def test_every_backend_computes_what_the_reference_does(backend: str, spans: list[Span], dtype: torch.dtype) -> None:
    parts = _parts(spans, dtype)
    error = (attend(*parts, spans, backend) - reference(*parts, spans)).float().norm()
    assert error / reference(*parts, spans).float().norm() < (1e-6 if dtype is torch.float32 else 1e-2)


def test_blocks_may_hold_some_of_the_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("manazir.kernels.attention.blocked"), "_SCORES", 1)
    parts = _parts(SPANS["documents of several sizes"], torch.float32)
    spans = SPANS["documents of several sizes"]
    torch.testing.assert_close(attend(*parts, spans, "blocked"), reference(*parts, spans))


@pytest.mark.parametrize(
    "name",
    ["a chunk with its past", *(pytest.param(name, marks=pytest.mark.slow) for name in SPANS if "chunk" not in name)],
)
def test_flex_attention_is_compiled_and_computes_the_same(name: str) -> None:
    parts = _parts(SPANS[name], torch.float32)
    torch.testing.assert_close(attend(*parts, SPANS[name], "flex"), reference(*parts, SPANS[name]))


def test_a_span_sees_its_own_keys_and_no_others() -> None:
    spans = SPANS["documents of several sizes"]
    query, key, value = _parts(spans, torch.float32)
    before = reference(query, key, value, spans)
    key[5:10], value[5:10] = 9.0, 9.0
    after = reference(query, key, value, spans)
    changed = (before != after).flatten(1).any(1)
    assert changed[5:10].all()
    assert not changed[:5].any()
    assert not changed[10:].any()


def test_a_backend_that_is_not_here_says_why() -> None:
    parts = _parts(SPANS["one document"], torch.float32)
    with pytest.raises(UnsupportedError, match="'cudnn' cannot be used here: it needs a CUDA device; have sdpa"):
        attend(*parts, SPANS["one document"], "cudnn")
    with pytest.raises(UnsupportedError, match="no attention backend 'sage'; have sdpa, blocked"):
        attend(*parts, SPANS["one document"], "sage")


def test_bfloat16_on_a_cpu_goes_in_blocks() -> None:
    assert usual_backend(torch.device("cpu"), torch.bfloat16) == "blocked"
    assert usual_backend(torch.device("cpu"), torch.float32) == "sdpa"
