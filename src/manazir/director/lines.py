"""What is spoken in a shot: words between quotation marks, or after `line:`, `الحوار:` and their like."""

import re

QUOTED = re.compile(r'"([^"\n]{1,1000})"|“([^”\n]{1,1000})”|«([^»\n]{1,1000})»|„([^“”\n]{1,1000})[“”]')
_NAMES = (
    r"lines?|dialogue|dialog|voice[- ]?over|voice|narrator|narration|VO|V\.O\."
    r"|الحوار|حوار|الجملة|التعليق(?: الصوتي)?|الراوي|المعلق"
)
LABEL = re.compile(rf"(?:^|(?<=[\n.;|,(\[—–،؛!?؟]))\s*(?:{_NAMES})\s*:\s*", re.IGNORECASE)
SAYS_ONLY = re.compile(r"[^|\n(\[]*")


def find_line(text: str) -> tuple[str, str]:
    """What is spoken, and the text without it.

    >>> find_line('A ball falls. line: "Everything falls."')
    ('Everything falls.', 'A ball falls.')
    >>> find_line("كرة تسقط «كل شيء يسقط»")
    ('كل شيء يسقط', 'كرة تسقط ')
    """
    spoken = [next(filter(None, match.groups())).strip() for match in QUOTED.finditer(text)]
    rest = QUOTED.sub("", text)
    if (label := LABEL.search(rest)) is not None:
        said = SAYS_ONLY.match(rest, label.end()) if not spoken else None
        end = label.end() if said is None else said.end()
        spoken += [] if said is None else [said[0].strip()]
        rest = rest[: label.start()] + rest[end:]
    return " ".join(filter(None, spoken)), rest
