"""Arabic words for what bodies are. The plainest word stands first.

A synonym never names another value of the same attribute. Colours are many, and stand in `colours`.
"""

from typing import NamedTuple

from manazir.worlds.captions.arabic.morphology import Adjective, Gender, Noun, nisba
from manazir.worlds.scene import Material, Shape

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
