"""Arabic words for the setting: light, camera, ground, backdrop and sound."""

from typing import NamedTuple

from manazir.worlds.captions.arabic.modifiers import Fixed, Modifier, Possessing, Qualified
from manazir.worlds.captions.arabic.morphology import Adjective, Gender, Noun, nisba
from manazir.worlds.captions.noise import Noise
from manazir.worlds.scene import CameraMove

LIGHT_SIDES: dict[str, tuple[str, ...]] = {
    "left": ("من اليسار", "من جهة اليسار", "من الجهة اليسرى", "من الجانب الأيسر", "من ناحية اليسار"),
    "right": ("من اليمين", "من جهة اليمين", "من الجهة اليمنى", "من الجانب الأيمن", "من ناحية اليمين"),
    "front": ("من الأمام", "من جهة الكاميرا", "من الجهة الأمامية", "من خلف الكاميرا", "من ناحية المشاهد"),
    "behind": ("من الخلف", "من الوراء", "من الجهة الخلفية", "من خلف المشهد", "من عمق المشهد"),
    "above": ("من الأعلى", "من فوق", "من أعلى", "من أعلى المشهد", "من الجهة العليا"),
}

LIGHT_COLOURS: dict[str, tuple[Adjective, ...]] = {
    "white": (
        Adjective("أبيض", "بيضاء", is_diptote=True),
        nisba("محايد"),
        Adjective("أبيض", "بيضاء", is_diptote=True, companion=nisba("نقي")),
        Adjective("أبيض", "بيضاء", is_diptote=True, companion=nisba("محايد")),
    ),
    "warm": (nisba("دافئ"), nisba("ذهبي"), nisba("كهرماني"), Adjective("دافئ", "دافئة", companion=nisba("ذهبي"))),
    "cold": (nisba("بارد"), nisba("مزرق"), nisba("ثلجي"), Adjective("بارد", "باردة", companion=nisba("مزرق"))),
}

LIGHTS = (
    Noun("ضوء", "أضواء", Gender.MASCULINE),
    Noun("إضاءة", "إضاءات", Gender.FEMININE),
    Noun("نور", "أنوار", Gender.MASCULINE),
)


class Frames(NamedTuple):
    """The ways to work a part of the setting into a text; each says the same."""

    lead: tuple[str, ...]
    """Before the main clause."""
    trail: tuple[str, ...]
    """After it."""
    sentence: tuple[str, ...]
    tag: tuple[str, ...]


LIGHT = Frames(
    ("تحت {x}", "في {x}", "مع {x}"), (" تحت {x}", " في {x}", "، مع {x}", "، تحت {x}"), (), ("{x}", "تحت {x}", "مع {x}")
)

LIGHT_SENTENCES: dict[tuple[bool, bool], tuple[str, ...]] = {
    (True, True): (
        "الضوء {m} وهو آتٍ {side}",
        "الإضاءة {f} وتأتي {side}",
        "المشهد مضاء {side} بضوء {m}",
        "يسقط {side} ضوء {m}",
    ),
    (True, False): ("الضوء {m}", "الإضاءة {f}", "المشهد مضاء بضوء {m}", "يغمر المشهد ضوء {m}"),
    (False, True): (
        "يأتي الضوء {side}",
        "الضوء آتٍ {side}",
        "المشهد مضاء {side}",
        "تأتي الإضاءة {side}",
        "يسقط الضوء {side}",
    ),
}
"""By whether the colour and the side are said; `{m}` and `{f}` are the colour in either gender."""

SOUNDS: dict[Noise, tuple[str, ...]] = {
    Noise.RING: ("رنين معدني", "رنة معدنية", "طنين معدني", "صليل معدني", "صوت معدن يرن"),
    Noise.THUD: ("صوت مكتوم", "صوت ارتطام مكتوم", "ضربة مكتومة", "صوت مطاطي مكتوم", "وقع مكتوم"),
    Noise.CLINK: ("رنين زجاجي", "صوت زجاج", "صلصلة زجاجية", "رنة زجاجية", "طنين زجاجي رقيق"),
    Noise.KNOCK: ("طرقة خشبية", "صوت خشب", "طرق خشبي", "نقرة خشبية", "صوت نقر على الخشب"),
    Noise.CLACK: ("طقة حجرية", "صوت حجر", "قرقعة حجرية", "طقطقة حجرية", "صوت ارتطام حجر"),
    Noise.RUMBLE: ("هدير خافت", "صوت تدحرج", "صوت دحرجة", "هدير متصل", "دوي خافت"),
    Noise.SCRAPE: ("صوت احتكاك", "احتكاك خافت", "حفيف انزلاق", "صوت انزلاق", "صرير احتكاك"),
}

SOUND = Frames(
    ("مع {x}",),
    ("، مع {x}", " مع {x}", "، ويصاحب ذلك {x}", "، ويُسمع معه {x}", "، ويُسمع عندئذ {x}"),
    ("يصاحب ذلك {x}", "الصوت {x}", "يُسمع في أثناء ذلك {x}", "يتردد في المشهد {x}"),
    ("{x}", "الصوت: {x}", "مع {x}"),
)

SILENCE = Frames(
    ("في صمت", "بلا صوت", "في صمت تام", "في هدوء تام"),
    (" في صمت", " بلا صوت", "، دون أي صوت", " بصمت تام", "، ولا صوت هناك", " في هدوء"),
    ("لا يُسمع أي صوت", "المشهد صامت", "يسود الصمت", "لا صوت في المشهد", "لا يُسمع شيء", "يخيم الصمت"),
    ("بلا صوت", "صمت", "دون صوت", "مشهد صامت", "صمت تام"),
)

_UP, _DOWN = (" إلى أعلى", " نحو الأعلى"), (" إلى أسفل", " نحو الأسفل")


def _turning(side: str) -> tuple[tuple[str, str], ...]:
    verbs = (
        ("تلتفت", " نحو "),
        ("تستدير", " إلى "),
        ("تدور", " في مكانها نحو "),
        ("تلتفت", " إلى "),
        ("تستدير", " نحو "),
    )
    return tuple((verb, way + side) for verb, way in verbs)


def _circling(side: str) -> tuple[tuple[str, str], ...]:
    verbs = (("تدور", " نحو "), ("تطوف", " نحو "), ("تلتف", " إلى "), ("تحوم", " نحو "), ("تتحرك", " في قوس نحو "))
    return tuple((verb, way.replace(" ", " حول المشهد ", 1) + side) for verb, way in verbs)


CAMERA_MOVES: dict[CameraMove, tuple[tuple[str, str], ...]] = {
    CameraMove.STILL: (
        ("تبقى", " ثابتة"),
        ("تظل", " ثابتة"),
        ("تثبت", " في مكانها"),
        ("تقف", " ثابتة"),
        ("تبقى", " بلا حركة"),
    ),
    CameraMove.PAN_LEFT: _turning("اليسار"),
    CameraMove.PAN_RIGHT: _turning("اليمين"),
    CameraMove.TILT_UP: (*(("تميل", way) for way in _UP), ("تلتفت", " إلى أعلى"), ("ترفع", " نظرها إلى أعلى")),
    CameraMove.TILT_DOWN: (*(("تميل", way) for way in _DOWN), ("تلتفت", " إلى أسفل"), ("تخفض", " نظرها إلى أسفل")),
    CameraMove.ORBIT_LEFT: _circling("اليسار"),
    CameraMove.ORBIT_RIGHT: _circling("اليمين"),
    CameraMove.PUSH_IN: (("تقترب", ""), ("تتقدم", " إلى الأمام"), ("تدنو", " من المشهد"), ("تقترب", " من المشهد")),
    CameraMove.PULL_OUT: (("تبتعد", ""), ("تتراجع", " إلى الخلف"), ("تبتعد", " عن المشهد"), ("تنسحب", " إلى الوراء")),
    CameraMove.CRANE_UP: (("ترتفع", ""), ("تصعد", ""), ("ترتفع", " إلى أعلى"), ("تصعد", " نحو الأعلى"), ("تعلو", "")),
    CameraMove.CRANE_DOWN: (("تنخفض", ""), ("تهبط", ""), ("تنزل", " إلى أسفل"), ("تهبط", " نحو الأسفل"), ("تنزل", "")),
}

CAMERA = Frames(
    ("بينما {verb} الكاميرا{rest}", "فيما {verb} الكاميرا{rest}", "في حين {verb} الكاميرا{rest}"),
    (
        " بينما {verb} الكاميرا{rest}",
        "، في حين {verb} الكاميرا{rest}",
        "، والكاميرا {verb}{rest}",
        " فيما {verb} الكاميرا{rest}",
    ),
    ("{verb} الكاميرا{rest}", "الكاميرا {verb}{rest}", "طوال المشهد {verb} الكاميرا{rest}"),
    ("الكاميرا {verb}{rest}", "كاميرا {verb}{rest}"),
)

_DULL_GREY = Adjective("رمادي", "رمادية", companion=nisba("داكن"))
_DULL_GREEN = Adjective("أخضر", "خضراء", is_diptote=True, companion=nisba("باهت"))
_FREE = Adjective("خالٍ", "خالية", stem="خالي")

GROUND_COLOURS: dict[str, tuple[Modifier, ...]] = {
    "sand": (
        Qualified(nisba("رملي")),
        Fixed("بلون الرمل"),
        Qualified(nisba("رملي"), annexed="اللون"),
        Possessing("لون رملي"),
    ),
    "slate": (
        Qualified(_DULL_GREY),
        Qualified(nisba("أردوازي")),
        Fixed("بلون الأردواز"),
        Qualified(nisba("أردوازي"), annexed="اللون"),
    ),
    "chalk": (
        Qualified(nisba("طباشيري")),
        Fixed("بلون الطباشير"),
        Qualified(nisba("طباشيري"), annexed="اللون"),
        Possessing("لون طباشيري"),
    ),
    "moss": (Qualified(nisba("طحلبي")), Fixed("بلون الطحلب"), Qualified(_DULL_GREEN), Qualified(nisba("زيتوني"))),
}

GROUND_PATTERNS: dict[str, tuple[Modifier, ...]] = {
    "plain": (Fixed("بلا نقوش"), Qualified(_FREE, " من النقوش"), Fixed("دون نقوش"), Fixed("بلا زخارف")),
    "checker": (
        Fixed("بنقشة مربعات"),
        Possessing("مربعات"),
        Qualified(nisba("شطرنجي")),
        Fixed("كرقعة الشطرنج"),
        Qualified(nisba("مقسم"), " إلى مربعات"),
    ),
    "planks": (
        Fixed("من الألواح"),
        Possessing("ألواح"),
        Qualified(nisba("مفروش"), " بالألواح"),
        Qualified(nisba("مكسو"), " بالألواح"),
    ),
}

GROUNDS = (
    Noun("أرضية", "أرضيات", Gender.FEMININE),
    Noun("أرض", "أراضٍ", Gender.FEMININE),
    Noun("سطح", "أسطح", Gender.MASCULINE),
)

GROUND = Frames(
    ("على {x}", "فوق {x}"),
    (" على {x}", " فوق {x}", "، على {x}", "، فوق {x}"),
    ("يجري ذلك على {x}", "يحدث هذا فوق {x}", "تحت ذلك {subject}", "في الأسفل {subject}"),
    ("{subject}", "على {x}", "فوق {x}"),
)

BACKDROPS: dict[str, tuple[str, ...]] = {
    "sky": ("سماء زرقاء", "سماء صافية", "سماء مفتوحة", "سماء نهار صافٍ"),
    "dusk": ("سماء الغروب", "سماء الغسق", "سماء المساء", "ألوان الغروب"),
    "studio": ("جدار استوديو", "جدار استوديو داكن", "استوديو معتم", "عتمة استوديو"),
    "paper": ("بياض تام", "ورق أبيض", "بياض ناصع", "ورقة بيضاء"),
}

BACKDROP = Frames(
    ("أمام {x}",),
    (" أمام {x}", "، والخلفية {x}", "، وفي الخلفية {x}", "، وخلف المشهد {x}"),
    ("الخلفية {x}", "في الخلفية {x}", "وراء المشهد {x}", "خلف المشهد {x}"),
    ("الخلفية {x}", "أمام {x}", "{x} في الخلفية"),
)

BYSTANDERS = (
    "، وبالقرب من ذلك {s}",
    "، وعلى مقربة {s}",
    "، وإلى جوار ذلك {s}",
    " مع {sg} على مقربة",
    " قرب {sg}",
    " بجانب {sg}",
    " بينما ^يقف {s} في مكان{it}",
    "، و^يبقى {s} في مكان{it}",
)
"""What stands by is `{s}` here, the subject of its own clause."""
