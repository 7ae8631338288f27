"""Arabic words for what bodies are. The plainest word stands first.

A synonym never names another value of the same attribute (no أزرق سماوي for cyan: أزرق is blue).
"""

from typing import NamedTuple

from manazir.worlds.captions.arabic.morphology import Adjective, Gender, Noun, nisba
from manazir.worlds.scene import Material, Shape

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

SIZES: dict[str, tuple[Adjective, ...]] = {
    "small": (nisba("صغير"), nisba("ضئيل")),
    "medium": (nisba("متوسط"), nisba("معتدل")),
    "large": (nisba("كبير"), nisba("ضخم"), nisba("هائل"), nisba("عملاق")),
}

SIZE_TAILS: dict[str, tuple[str, ...]] = {
    "small": ("", " نسبيًا", " جدًا"),
    "medium": ("", " نسبيًا"),
    "large": ("", " نسبيًا", " جدًا"),
}

MEASURES = ("حجم", "مقاس", "قياس")

MATERIALS: dict[Material, tuple[Adjective, ...]] = {
    Material.RUBBER: (nisba("مطاطي"),),
    Material.WOOD: (nisba("خشبي"),),
    Material.METAL: (nisba("معدني"), nisba("فولاذي"), nisba("حديدي")),
    Material.GLASS: (nisba("زجاجي"), nisba("بلوري"), nisba("كريستالي")),
    Material.STONE: (nisba("حجري"), nisba("صخري"), nisba("غرانيتي"), nisba("إسمنتي")),
}

SUBSTANCES: dict[Material, tuple[tuple[str, str], ...]] = {
    Material.RUBBER: (
        ("مطاط", "المطاط"),
        ("مطاط صلب", "المطاط الصلب"),
        ("مطاط طبيعي", "المطاط الطبيعي"),
        ("مطاط مرن", "المطاط المرن"),
    ),
    Material.WOOD: (
        ("خشب", "الخشب"),
        ("خشب صلب", "الخشب الصلب"),
        ("خشب طبيعي", "الخشب الطبيعي"),
        ("خشب متين", "الخشب المتين"),
    ),
    Material.METAL: (("معدن", "المعدن"), ("فولاذ", "الفولاذ"), ("حديد", "الحديد"), ("معدن صلب", "المعدن الصلب")),
    Material.GLASS: (
        ("زجاج", "الزجاج"),
        ("زجاج صلب", "الزجاج الصلب"),
        ("زجاج مصقول", "الزجاج المصقول"),
        ("بلور", "البلور"),
    ),
    Material.STONE: (("حجر", "الحجر"), ("صخر", "الصخر"), ("حجر صلب", "الحجر الصلب"), ("غرانيت", "الغرانيت")),
}
"""What things are made of, indefinite and definite."""


class ShapeWords(NamedTuple):
    """How a shape is called."""

    nouns: tuple[Noun, ...]
    loose_nouns: tuple[Noun, ...]
    """Hint at a size, a use or a material, and so stand only where neither size nor material is said."""
    adjectives: tuple[Adjective, ...]
    models: tuple[str, ...]
    """What something else can have the shape of."""


def _he(singular: str, plural: str) -> Noun:
    return Noun(singular, plural, Gender.MASCULINE)


def _she(singular: str, plural: str) -> Noun:
    return Noun(singular, plural, Gender.FEMININE)


SHAPES: dict[Shape, ShapeWords] = {
    Shape.SPHERE: ShapeWords(
        (_she("كرة", "كرات"),),
        (_she("بلية", "بلايا"), _she("خرزة", "خرزات")),
        (nisba("كروي"), nisba("مستدير")),
        ("كرة",),
    ),
    Shape.CUBE: ShapeWords(
        (_he("مكعب", "مكعبات"),),
        (_he("صندوق", "صناديق"), _she("علبة", "علب"), _he("قالب", "قوالب"), _she("طوبة", "طوب")),
        (nisba("مكعب"),),
        ("مكعب", "صندوق"),
    ),
    Shape.CYLINDER: ShapeWords(
        (_she("أسطوانة", "أسطوانات"),),
        (
            _he("برميل", "براميل"),
            _he("أنبوب", "أنابيب"),
            _she("ماسورة", "مواسير"),
            _he("عمود", "أعمدة"),
            _he("جذع", "جذوع"),
            _he("طبل", "طبول"),
        ),
        (nisba("أسطواني"),),
        ("أسطوانة", "برميل"),
    ),
    Shape.CAPSULE: ShapeWords(
        (_she("كبسولة", "كبسولات"),),
        (_she("حبة", "حبات"), _she("برشامة", "برشامات")),
        (nisba("كبسولي"),),
        ("كبسولة", "كبسولة دواء"),
    ),
    Shape.CONE: ShapeWords(
        (_he("مخروط", "مخاريط"),),
        (_he("قمع", "أقماع"), _he("قرن", "قرون")),
        (nisba("مخروطي"), nisba("قمعي")),
        ("مخروط", "قمع"),
    ),
}

THINGS = (_he("جسم", "أجسام"), _she("قطعة", "قطع"), _she("كتلة", "كتل"), _he("مجسم", "مجسمات"))
"""What has a shape, an adjective saying which."""

OTHER = Adjective("آخر", "أخرى", is_diptote=True)
SECOND = Adjective("ثانٍ", "ثانية", stem="ثاني")
MADE = nisba("مصنوع")
