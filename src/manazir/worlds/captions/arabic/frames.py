"""The clauses that Arabic makes of a predicate and its subject; `event_words` explains the marks."""

VERB_FIRST = "^{verb} {{s}}{rest}"
SUBJECT_FIRST = "{{s}} @{verb}{rest}"

FRAMES = (
    SUBJECT_FIRST,
    SUBJECT_FIRST,
    "هناك {{s}} @{verb}{rest}",
    "ثمة {{s}} @{verb}{rest}",
    "في المشهد {{s}} @{verb}{rest}",
    "نرى {{sa}} @{verb}{rest}",
    "نشاهد {{sa}} @{verb}{rest}",
    "تُظهر اللقطة {{sa}} @{verb}{rest}",
    "يُظهر المقطع {{sa}} @{verb}{rest}",
    "لقطة ل{{sg}} @{verb}{rest}",
    "مشهد ل{{sg}} @{verb}{rest}",
    "مقطع فيديو ل{{sg}} @{verb}{rest}",
    "فيديو يُظهر {{sa}} @{verb}{rest}",
    "في هذه اللقطة ^{verb} {{s}}{rest}",
    "شاهد كيف ^{verb} {{s}}{rest}",
    "^يظهر {{s}} و{{she}} @{verb}{rest}",
    "مشهد ^{verb} فيه {{s}}{rest}",
)
"""How a predicate and its subject make a clause, besides the verb coming first."""
