"""What reads prompts of LTX-2, from a folder: Gemma as its publishers give it, or in a folder of a diffusers model."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manazir.checkpoints.found import find_part
from manazir.checkpoints.gemma import CLASSES
from manazir.checkpoints.survey import Check, Survey, SurveyedPart, read_json, surveyed_part
from manazir.core.errors import CheckpointError

TOKENIZERS = ("tokenizer.json", "tokenizer.model")
WHAT_WOULD_DO = (
    "that of Gemma 3 12B as Google publishes it (google/gemma-3-12b-it-qat-q4_0-unquantized), or of a diffusers LTX-2"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A text encoder and its tokenizer."""

    parts: tuple[SurveyedPart, ...]
    sources: Mapping[str, Path]
    where: str
    """For messages."""

    @property
    def config(self) -> Mapping[str, Any]:
        """Of the text encoder."""
        return self.parts[0].config


def words_in(folder: Path, check: Check) -> Words:
    """Find both in a folder.

    Raises:
        CheckpointError: one is lacking, there are only pickles, or it is another text encoder.
    """
    if not folder.is_dir():
        raise CheckpointError(f"there is no folder {folder}; give {WHAT_WOULD_DO}")
    files = {str(path.relative_to(folder)): path for path in sorted(folder.glob("**/*")) if path.is_file()}
    if "text_encoder/config.json" not in files:
        own = {name: path for name, path in files.items() if "/" not in name}
        files = {f"{part}/{name}": path for part in ("text_encoder", "tokenizer") for name, path in own.items()}
    class_name = _class_name(files, folder)
    if not any(f"tokenizer/{name}" in files for name in TOKENIZERS):
        raise CheckpointError(f"{folder} has no tokenizer ({' or '.join(TOKENIZERS)}); give {WHAT_WOULD_DO}")
    found = [
        find_part("text_encoder", ("transformers", class_name), list(files), str(folder)),
        find_part("tokenizer", ("transformers", "GemmaTokenizer"), list(files), str(folder)),
    ]
    sources = {name: files[name] for part in found for name in (*part.weights, *part.others)}
    return Words(parts=tuple(surveyed_part(part, sources, check) for part in found), sources=sources, where=str(folder))


def words_of(survey: Survey, where: str) -> Words:
    """Those of a model that was brought in.

    Raises:
        CheckpointError: it has none that LTX-2 reads.
    """
    parts = tuple(part for name in ("text_encoder", "tokenizer") for part in survey.parts if part.found.name == name)
    if len(parts) != 2 or parts[0].found.class_name not in CLASSES:
        raise CheckpointError(f"{where} has no text encoder that LTX-2 reads; give {WHAT_WOULD_DO}")
    names = [name for part in parts for name in (*part.found.weights, *part.found.others)]
    return Words(parts=parts, sources={name: survey.sources[name] for name in names}, where=where)


def _class_name(files: Mapping[str, Path], folder: Path) -> str:
    config = files.get("text_encoder/config.json")
    if config is None:
        raise CheckpointError(f"{folder} has no config.json of a text encoder; give {WHAT_WOULD_DO}")
    named = read_json(config).get("architectures")
    class_name = named[0] if isinstance(named, list) and named else None
    if class_name not in CLASSES:
        raise CheckpointError(
            f"{folder} is a {class_name}, and LTX-2 reads {' or '.join(CLASSES)}; give {WHAT_WOULD_DO}"
        )
    return str(class_name)
