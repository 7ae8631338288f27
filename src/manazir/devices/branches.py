"""Predicting a pack on several devices: each branch of guidance by some of them, and what they made by all."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.devices.mesh import Mesh
from manazir.models.ltx import documents as ltx
from manazir.models.narrow import NarrowKeysValues
from manazir.models.packing import Document, Past
from manazir.models.wan.transformer import Predicted

D = TypeVar("D", Document, ltx.Document)
P = TypeVar("P", Predicted, ltx.Predicted)


def predict(mesh: Mesh, call: Callable[..., list[P]], documents: Sequence[D], heads: int) -> list[P]:
    """What a transformer makes of documents, on every device the same. All devices call this with the same documents.

    Args:
        call: a transformer's `forward` of documents, which takes `sharing` too. Where there is `tensor`, its weights
            are shared already.
        heads: of the whole transformer. A document's past has all of them, or those that were kept on this device.

    Raises:
        ShapeError: the heads do not come out even, or a past has others.
        UnsupportedError: a branch is kept, which only some devices could go on from.
    """
    branches = mesh.parallel.branches
    if branches > 1 and any(document.is_kept for document in documents):
        raise UnsupportedError("branches on different devices keep no keys and values; share tokens or weights instead")
    sharing = mesh.sharing(heads)
    # With fewer documents than branches some are predicted twice: all have something to do, and to show.
    own = range(mesh.branch % len(documents), len(documents), branches)
    made = dict(
        zip(own, call([_narrowed(documents[index], mesh, heads) for index in own], sharing=sharing), strict=True)
    )
    like = made[own[0]]
    laid = [made.get(index) or _blank(document, like) for index, document in enumerate(documents)]
    return [_agreed(predicted, mesh, mesh.leader(index % branches)) for index, predicted in enumerate(laid)]


def _agreed(predicted: P, mesh: Mesh, source: int) -> P:
    """With the velocities of a process."""
    if isinstance(predicted, Predicted):
        return replace(predicted, velocity=mesh.from_process(source, predicted.velocity))
    video, sound = (
        track and replace(track, velocity=mesh.from_process(source, track.velocity))
        for track in (predicted.video, predicted.sound)
    )
    return replace(predicted, video=video, sound=sound)


def _blank(document: Any, like: Any) -> Any:
    """Room for what another device has predicted."""
    if isinstance(document, Document):
        return Predicted(like.velocity.new_empty(len(like.velocity), *document.latents.shape[1:]), None)
    rooms = (track and track.latents.new_empty(track.latents.shape) for track in (document.video, document.sound))
    return ltx.Predicted(*(None if room is None else ltx.PredictedTrack(room, None) for room in rooms))


def _narrowed(document: D, mesh: Mesh, heads: int) -> D:
    """A document whose past has the heads that attend here."""
    if isinstance(document, Document):
        return replace(document, past=_past(document.past, mesh, heads))
    video, sound = (
        track and replace(track, past=_past(track.past, mesh, heads)) for track in (document.video, document.sound)
    )
    return replace(document, video=video, sound=sound)


def _past(past: Past | None, mesh: Mesh, heads: int) -> Past | None:
    if past is None:
        return None
    here, given = mesh.attended_heads(heads), past[0][0].shape[1]
    if given == here.stop - here.start:
        return past
    if given != heads:
        raise ShapeError(
            f"a past of {given} heads; give all {heads}, or the {here.stop - here.start} that are kept here"
        )
    return [
        each.of_heads(here) if isinstance(each, NarrowKeysValues) else (each[0][:, here], each[1][:, here])
        for each in past
    ]
