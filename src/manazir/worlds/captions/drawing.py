"""Draw what a caption says: more with more detail, and always enough to tell different bodies apart."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from manazir.worlds.captions.facts import BodyFacts, Facts
from manazir.worlds.captions.grammar import chance, pick
from manazir.worlds.captions.plan import ATTRIBUTES, First, Group, Plan
from manazir.worlds.captions.roles import TRANSITIVE, Roles
from manazir.worlds.scene import Direction, Event

LONGEST_SHORT_LIST = 2
"""How many different things of a stack a telegram names; of more it says only that it is a stack."""


def draw_plan(rng: Random, facts: Facts, parts: Roles, detail: int) -> Plan:
    """Draw what a caption of this detail (0 to 3) says."""
    said = _said(rng, facts, detail)
    is_pair = facts.event in TRANSITIVE
    if detail == 0:
        parts = _shortened(facts, parts)
    bystanders = parts.bystanders if chance(rng, (0.0, 0.4, 0.75, 1.0)[detail]) else ()
    named = (*parts.doers, *parts.undergoers, *bystanders)
    attributes = _attributes(rng, [facts.bodies[place] for place in named], detail, is_long=len(named) > 1)
    first = _first(rng, facts, said, detail) if is_pair and "event" in said and parts.undergoers else First.DOER
    doers = _grouped(rng, facts, parts.doers, attributes)
    undergoers = _grouped(rng, facts, parts.undergoers, attributes)
    if first is First.BOTH or (is_pair and "event" not in said):
        doers, undergoers = _grouped(rng, facts, (*parts.doers, *parts.undergoers), attributes), ()
    plan = Plan(
        facts=facts,
        detail=detail,
        doers=doers,
        undergoers=undergoers,
        bystanders=_grouped(rng, facts, bystanders, attributes),
        first=first,
        said=said,
        extras=_extras(rng, said),
        is_telegraphic=detail == 0 or chance(rng, 0.12),
    )
    return _mark_others(plan)


def _shortened(facts: Facts, parts: Roles) -> Roles:
    """The least that must be named: the actor, what is just like it, and the patient."""
    actor = facts.bodies[parts.doers[0]] if parts.doers else None
    doers = tuple(place for place in parts.doers if facts.bodies[place] == actor)
    if facts.event is Event.STACK:
        looks = {facts.bodies[place] for place in parts.doers}
        doers = parts.doers if len(looks) <= LONGEST_SHORT_LIST else ()
    patient = facts.bodies[parts.undergoers[0]] if parts.undergoers else None
    undergoers = tuple(place for place in parts.undergoers if facts.bodies[place] == patient)
    return Roles(doers=doers, undergoers=undergoers)


def _first(rng: Random, facts: Facts, said: frozenset[str], detail: int) -> First:
    can_be_equals = facts.event in (Event.COLLIDE, Event.COLLISION) and "direction" not in said
    if can_be_equals and chance(rng, 0.4):
        return First.BOTH
    return First.UNDERGOER if detail and chance(rng, 0.3) else First.DOER


def _attributes(rng: Random, bodies: Sequence[BodyFacts], detail: int, *, is_long: bool) -> frozenset[str]:
    """Which attributes are said of every body: a draw, and whatever it takes to tell different bodies apart."""
    chosen = {"shape"}
    if detail == 3 or chance(rng, 0.92):
        chosen.add("colour")
    shares = ((0.0 if is_long else 0.08), 0.12, 0.75, 1.0)
    for name in ("size", "material"):
        if chance(rng, shares[detail]):
            chosen.add(name)
    if detail == 2 and not chosen & {"size", "material"}:
        chosen.add(pick(rng, ("size", "material")))
    return frozenset(chosen | _what_tells_apart(rng, bodies, chosen))


def _what_tells_apart(rng: Random, bodies: Sequence[BodyFacts], chosen: Iterable[str]) -> set[str]:
    """Further attributes until no two bodies that differ are described alike."""
    needed = set(chosen)
    distinct = list(dict.fromkeys(bodies))
    while len({_described(body, needed) for body in distinct}) < len(distinct):
        spare = [name for name in ATTRIBUTES if name not in needed]
        telling = [name for name in spare if len({getattr(body, name) for body in distinct}) > 1]
        needed.add(pick(rng, telling))
    return needed


def _described(body: BodyFacts, attributes: Iterable[str]) -> tuple[str | None, ...]:
    return tuple(getattr(body, name) if name in attributes else None for name in ATTRIBUTES)


def _grouped(rng: Random, facts: Facts, places: Iterable[int], attributes: frozenset[str]) -> tuple[Group, ...]:
    """Bodies described alike become one group; groups come in a drawn order."""
    alike: dict[tuple[str | None, ...], list[int]] = {}
    for place in places:
        alike.setdefault(_described(facts.bodies[place], attributes), []).append(place)
    groups = []
    for members in alike.values():
        body = facts.bodies[members[0]]
        values = {name: getattr(body, name) for name in attributes}
        groups.append(Group(members=tuple(members), **values))
    if len(groups) > 1:
        rng.shuffle(groups)
    return tuple(groups)


def _mark_others(plan: Plan) -> Plan:
    """Say "another" of groups that share the description of an earlier one."""
    looks = [group.look for group in plan.groups]
    if len(set(looks)) == len(looks):
        return plan
    marked: dict[tuple[int, ...], Group] = {}
    for place, group in enumerate(plan.groups):
        is_repeated, is_another = looks.count(group.look) > 1, group.look in looks[:place]
        marked[group.members] = replace(group, is_repeated=is_repeated, is_another=is_another)
    doers, undergoers, bystanders = (
        tuple(marked[group.members] for group in groups) for groups in (plan.doers, plan.undergoers, plan.bystanders)
    )
    return replace(plan, doers=doers, undergoers=undergoers, bystanders=bystanders)


def _said(rng: Random, facts: Facts, detail: int) -> frozenset[str]:
    """Which facts of the event and the setting are said."""
    available = _available(facts)
    if detail == 3:
        return available
    said = {"event"} if detail or chance(rng, 0.88) else set()
    is_plain = facts.direction is Direction.DOWN  # falling says it already
    if "event" in said and chance(rng, (0.15, 0.25 if is_plain else 0.45, 0.4 if is_plain else 0.95)[detail]):
        said.add("direction")
    is_full = detail == 0 and (len(facts.bodies) > 1 or "direction" in said)  # a telegram has no room for more
    if not is_full and chance(rng, (0.15, 0.12, 0.4)[detail]):
        said |= pick(rng, _ASIDES)
    return frozenset(said) & available


_ASIDES: tuple[frozenset[str], ...] = (
    frozenset({"light_side"}),
    frozenset({"light_side"}),
    frozenset({"light_colour"}),
    frozenset({"light_side", "light_colour"}),
    frozenset({"camera"}),
    frozenset({"camera"}),
    frozenset({"ground_colour"}),
    frozenset({"ground_pattern"}),
    frozenset({"backdrop"}),
    frozenset({"sound"}),
    frozenset({"sound"}),
)
"""What short captions may say of the setting beside the event, as likely as they stand here."""


def _available(facts: Facts) -> frozenset[str]:
    """What there is to say of the event and the setting."""
    keys = {"event", "camera", "backdrop"}
    optional = ("direction", "light_side", "light_colour", "ground_colour", "ground_pattern", "sound")
    keys.update(key for key in optional if getattr(facts, key) is not None)
    return frozenset(keys)


def _extras(rng: Random, said: frozenset[str]) -> tuple[str, ...]:
    """The parts of the setting that are said, in a drawn order."""
    parts = [part for part in ("light", "camera", "ground", "backdrop", "sound") if _is_said(part, said)]
    rng.shuffle(parts)
    return tuple(parts)


def _is_said(part: str, said: frozenset[str]) -> bool:
    return any(key == part or key.startswith(part + "_") for key in said)
