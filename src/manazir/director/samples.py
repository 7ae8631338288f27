"""A brief to begin with, in both languages: what the model that ships with Manazir can show."""

from collections.abc import Mapping
from types import MappingProxyType

SAMPLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "en": (
            "How things move",
            """1. An orange ball falls and bounces, 2 s. "What goes up comes down."
2. A green cube slides to the left, 2 s.
3. A yellow ball swings like a pendulum, 2 s, while the camera stays still.
4. A blue cube topples over, 2 s.
5. A black ball is thrown to the right, 2 s. "And it goes on."
""",
        ),
        "ar": (
            "كيف تتحرك الأشياء",
            """١. كرة برتقالية تسقط وترتد، ثانيتان. «ما صعد هبط.»
٢. مكعب أخضر ينزلق نحو اليسار، ثانيتان.
٣. كرة صفراء تتأرجح مثل البندول، ثانيتان، والكاميرا تبقى ثابتة.
٤. مكعب أزرق ينقلب، ثانيتان.
٥. كرة سوداء تُرمى نحو اليمين، ثانيتان. «ثم تمضي.»
""",
        ),
    }
)
"""By language: the name of a project, and its brief."""
