"""What an interaction starts from: words, pictures and clips, whether given as a text, as contents or as steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from manazir.server.assets.checking import MediaKind
from manazir.server.errors import ApiError, Problem
from manazir.server.wire.veo.interaction_requests import Clip, Content, Create, Picture, Text, UserInput
from manazir.server.wire.veo.media import Media


@dataclass(frozen=True, slots=True)
class Given:
    """What an interaction starts from."""

    prompt: str
    pictures: Sequence[Media]
    clips: Sequence[Media]


def read_input(body: Create) -> Given:
    """Words, pictures and clips, however they are wrapped.

    Raises:
        ApiError: there is something of another kind; names where it stands.
    """
    texts, media = [], []
    for name, content in _contents(body):
        if isinstance(content, str):
            texts.append(content)
        elif isinstance(content, Text):
            texts.append(content.text)
        elif isinstance(content, Picture | Clip):
            kind = MediaKind.IMAGE if isinstance(content, Picture) else MediaKind.VIDEO
            media.append(Media(field=name, kind=kind, data=content.data, uri=content.uri))
        else:
            told = f"{name} is {content.type}; the models here take text, one image or one video"
            raise ApiError(Problem.UNSUPPORTED, told, field=name)
    by_kind = {kind: [one for one in media if one.kind is kind] for kind in (MediaKind.IMAGE, MediaKind.VIDEO)}
    return Given("\n".join(texts), by_kind[MediaKind.IMAGE], by_kind[MediaKind.VIDEO])


def _contents(body: Create) -> list[tuple[str, Content | str]]:
    """All that is given, with where it stands in the body."""
    given = body.input
    if given is None:
        return []
    if not isinstance(given, list):
        return [("input", given)]
    found: list[tuple[str, Content | str]] = []
    for index, one in enumerate(given):
        if not isinstance(one, UserInput):
            found.append((f"input[{index}]", one))
        elif isinstance(one.content, str):
            found.append((f"input[{index}].content", one.content))
        else:
            found += [(f"input[{index}].content[{place}]", content) for place, content in enumerate(one.content)]
    return found
