"""Arabic words for colours. The plainest word stands first.

A synonym never names another colour (no أزرق سماوي for cyan: أزرق is blue).
"""

from manazir.worlds.captions.arabic.morphology import Adjective, nisba

_VIVID = Adjective("زاهٍ", "زاهية", stem="زاهي")
_CRIMSON = Adjective("قانٍ", "قانية", stem="قاني")
_DARK = nisba("داكن")
_DEEP = nisba("غامق")
_LIGHT = nisba("فاتح")


def _colour(masculine: str, feminine: str, companion: Adjective | None = None) -> Adjective:
    """A colour of the pattern أفعل."""
    return Adjective(masculine, feminine, is_diptote=True, companion=companion)


def _shade(masculine: str, companion: Adjective) -> Adjective:
    """A colour named after a thing, and a shade of it."""
    return Adjective(masculine, masculine + "ة", companion=companion)


COLOURS: dict[str, tuple[Adjective, ...]] = {
    "red": (
        _colour("أحمر", "حمراء"),
        _colour("أحمر", "حمراء", _CRIMSON),
        nisba("قرمزي"),
        _colour("أحمر", "حمراء", nisba("ياقوتي")),
        _colour("أحمر", "حمراء", _VIVID),
        _colour("أحمر", "حمراء", _DEEP),
        _colour("أحمر", "حمراء", _DARK),
        nisba("عنابي"),
        nisba("خمري"),
        nisba("ياقوتي"),
    ),
    "orange": (
        nisba("برتقالي"),
        _shade("برتقالي", _VIVID),
        _shade("برتقالي", nisba("فاقع")),
        _shade("برتقالي", _DEEP),
        _shade("برتقالي", _LIGHT),
        nisba("مشمشي"),
        nisba("جزري"),
    ),
    "yellow": (
        _colour("أصفر", "صفراء"),
        _colour("أصفر", "صفراء", nisba("فاقع")),
        _colour("أصفر", "صفراء", nisba("ليموني")),
        _colour("أصفر", "صفراء", _VIVID),
        _colour("أصفر", "صفراء", _LIGHT),
        nisba("خردلي"),
        nisba("ليموني"),
        nisba("زعفراني"),
    ),
    "green": (
        _colour("أخضر", "خضراء"),
        _colour("أخضر", "خضراء", nisba("زمردي")),
        _colour("أخضر", "خضراء", nisba("عشبي")),
        _colour("أخضر", "خضراء", _VIVID),
        nisba("زمردي"),
        _colour("أخضر", "خضراء", _LIGHT),
        _colour("أخضر", "خضراء", _DARK),
        nisba("فستقي"),
        nisba("نعناعي"),
        nisba("تفاحي"),
    ),
    "cyan": (
        nisba("سماوي"),
        nisba("فيروزي"),
        nisba("تركوازي"),
        _shade("فيروزي", _VIVID),
        _shade("سماوي", _VIVID),
        _shade("فيروزي", _DARK),
        _shade("فيروزي", _LIGHT),
    ),
    "blue": (
        _colour("أزرق", "زرقاء"),
        _colour("أزرق", "زرقاء", _DARK),
        _colour("أزرق", "زرقاء", nisba("ملكي")),
        nisba("كحلي"),
        nisba("لازوردي"),
        _colour("أزرق", "زرقاء", _DEEP),
        nisba("نيلي"),
        _shade("كحلي", _DARK),
    ),
    "purple": (
        nisba("بنفسجي"),
        nisba("أرجواني"),
        _shade("بنفسجي", _DARK),
        _shade("أرجواني", _DARK),
        nisba("ليلكي"),
        nisba("خزامي"),
        nisba("باذنجاني"),
        _shade("بنفسجي", _LIGHT),
    ),
    "pink": (
        nisba("وردي"),
        nisba("زهري"),
        _shade("وردي", _VIVID),
        _shade("زهري", _VIVID),
        _shade("وردي", _LIGHT),
        _shade("وردي", _DEEP),
        nisba("فوشي"),
        nisba("سلموني"),
    ),
    "brown": (
        nisba("بني"),
        _shade("بني", _DARK),
        _shade("بني", _DEEP),
        nisba("كستنائي"),
        _shade("بني", _LIGHT),
        nisba("بندقي"),
        nisba("قهوائي"),
        nisba("شوكولاتي"),
    ),
    "white": (
        _colour("أبيض", "بيضاء"),
        _colour("أبيض", "بيضاء", nisba("ناصع")),
        _colour("أبيض", "بيضاء", nisba("ثلجي")),
        _colour("أبيض", "بيضاء", nisba("نقي")),
        nisba("عاجي"),
        nisba("لؤلؤي"),
        _colour("أبيض", "بيضاء", nisba("حليبي")),
    ),
    "black": (
        _colour("أسود", "سوداء"),
        _colour("أسود", "سوداء", nisba("حالك")),
        _colour("أسود", "سوداء", nisba("فاحم")),
        _colour("أسود", "سوداء", nisba("قاتم")),
        nisba("فحمي"),
        _colour("أسود", "سوداء", _DARK),
    ),
    "grey": (
        nisba("رمادي"),
        nisba("رصاصي"),
        _shade("رمادي", nisba("باهت")),
        _shade("رمادي", nisba("محايد")),
        _shade("رمادي", _DARK),
        _shade("رمادي", _LIGHT),
    ),
}

INTENSE: dict[str, tuple[Adjective, str]] = {
    "red": (nisba("شديد"), "الحمرة"),
    "yellow": (nisba("شديد"), "الصفرة"),
    "green": (nisba("شديد"), "الخضرة"),
    "blue": (nisba("شديد"), "الزرقة"),
    "white": (nisba("ناصع"), "البياض"),
    "black": (nisba("حالك"), "السواد"),
}
"""Annexations that name a colour by its noun."""

PAINTED = (nisba("مطلي"), nisba("ملون"), nisba("مصبوغ"))
