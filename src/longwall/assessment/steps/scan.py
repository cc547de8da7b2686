"""Steps 1 to 3: the boundary, the technical scan, the social scan."""

from __future__ import annotations

from longwall.assessment.boundaries.in_model import heads_of
from longwall.assessment.boundaries.result import BOUNDARIES
from longwall.assessment.statement import times_text
from longwall.assessment.steps.known import Draft, Known, apart, grouped, range_text, weakest
from longwall.assessment.steps.result import Artefact, Need
from longwall.worksystem import Component, Role, WorkSystem

__all__ = ["boundary_step", "generated_by", "social_step", "technical_step", "unplaced"]

_LINES = {"team": "teams", "organisation": "organisations", "machine": "machines and people"}
_MODEL = "write worksystem.yaml, start from a template, or `longwall discover` it from a log"
_LOG = "`longwall ingest STUDY FILE`"


def _begin(known: Known) -> Draft:
    """What every step needs: a model, or words of people; evidence where there is some."""
    draft = Draft()
    draft.needs.append(Need(what="a model of the work system", there=known.system is not None, how=_MODEL))
    draft.needs.append(Need(what="a log, to hold judgement against", there=known.has_log, how=_LOG))
    return draft


def boundary_step(known: Known) -> Draft:
    """Return step 1: what is inside, what is outside, what crosses."""
    draft, words, system = _begin(known), known.written.boundary, known.system
    inside, outside = set(words.in_scope), set(words.out_of_scope)
    stated = bool(inside or outside or (system is not None and system.boundary))
    if system is None and not stated:
        draft.missing.append("nobody has said what is inside and what is outside")
        return draft
    rows, seen = [], _seen(known)
    parts = _parts(system) if system is not None else {}
    for name, kind in parts.items():
        place = "outside" if name in outside else "inside" if name in inside else "in the model"
        rows.append((name, kind, place, _evidence(known, name, kind)))
    strange = [name for name in (*words.in_scope, *words.out_of_scope) if name not in parts]
    rows += [(name, "named by people", "inside" if name in inside else "outside", _evidence(known, name, ""))
             for name in dict.fromkeys(strange)]  # fmt: skip
    footings = []
    for boundary in BOUNDARIES if known.assessed is not None else ():
        mean = {s: known.assessed.boundaries.mean(boundary, s) for s in ("log", "model")}  # type: ignore[union-attr]
        if mean["log"] is None and mean["model"] is None:
            continue
        footings += [one.footing for one in mean.values() if one is not None]
        rows.append((f"between {_LINES[boundary]}", "crossings per item", range_text(mean["model"]) + " expected",
                     range_text(mean["log"]) + " counted" if mean["log"] else ""))  # fmt: skip
        if apart(mean["log"], mean["model"]):
            draft.disagree.append(
                f"items cross between {_LINES[boundary]} {range_text(mean['log'])} times, and the model expects "
                f"{range_text(mean['model'])}"
            )
    n_out = sum(row[2] == "outside" for row in rows)
    value = f"{len(parts) + len(set(strange)) - n_out} parts inside, {n_out} named outside"
    if system is not None and system.boundary:
        rows.insert(0, ("as written", "statement", " ".join(system.boundary.split()), ""))
    draft.artefact = Artefact(
        value=value, columns=("what", "kind", "place", "evidence"), rows=tuple(rows), footing=weakest(footings)
    )
    _boundary_words(known, draft, parts, seen)
    return draft


def _boundary_words(known: Known, draft: Draft, parts: dict[str, str], seen: dict[str, int]) -> None:
    """Lay what people say of the boundary beside what the evidence shows."""
    words, system = known.written.boundary, known.system
    if system is not None and system.boundary:
        draft.judged.append(f"the boundary as written: {' '.join(system.boundary.split())}")
    else:
        draft.missing.append("no statement of the boundary: `boundary` in worksystem.yaml")
    if words.in_scope:
        draft.judged.append(f"inside by people: {grouped(words.in_scope)}")
    if words.out_of_scope:
        draft.judged.append(f"outside by people: {grouped(words.out_of_scope)}")
    elif not (system is not None and system.boundary):
        draft.missing.append("nothing is named as outside")
    both = sorted(set(words.in_scope) & set(words.out_of_scope))
    if both:
        draft.disagree.append(f"named inside and outside: {grouped(both)}")
    if known.has_log:
        shown = [name for name in parts if seen.get(name)]
        draft.found.append(f"the log shows {len(shown)} of {len(parts)} parts of the model at work")
        draft.disagree += [
            f"{name} is named outside, and the log shows it {seen[name]:,} times"
            for name in words.out_of_scope
            if seen.get(name)
        ]
        silent = [name for name, kind in parts.items() if kind == "function" and not seen.get(name)]
        if silent:
            draft.disagree.append(f"in the model, and not once in the log: {grouped(silent)}")
        new = [name for name in (*known.assessed.counts.functions, *known.assessed.counts.teams)  # type: ignore[union-attr]
               if name not in parts]  # fmt: skip
        if new:
            draft.disagree.append(f"in the log, and not in the model: {grouped(new)}")
    unseen = [name for name in words.in_scope if name not in parts and not seen.get(name)]
    if unseen:
        draft.disagree.append(f"inside by people, and neither model nor log shows it: {grouped(unseen)}")
    foreign = [name for name in unplaced(known) if parts.get(name) == "team"]
    if foreign:
        draft.missing.append(f"teams of other organisations that nobody placed inside or outside: {grouped(foreign)}")


def unplaced(known: Known) -> tuple[str, ...]:
    """Return teams of other organisations and infrastructure that nobody placed inside or outside."""
    system, words = known.system, known.written.boundary
    if system is None:
        return ()
    said = {*words.in_scope, *words.out_of_scope}
    own = system.social.teams[0].organisation if system.social.teams else ""
    teams = [team.id for team in system.social.teams if team.organisation != own]
    below = [c.id for c in system.technical.components if c.kind == "infrastructure"]
    return tuple(name for name in (*teams, *below) if name not in said)


def _parts(system: WorkSystem) -> dict[str, str]:
    """Ids of what the model holds, and their kinds; functions last to be overwritten by nothing."""
    parts = {team.id: "team" for team in system.social.teams}
    parts |= {component.id: "component" for component in system.technical.components}
    return parts | {function.id: "function" for function in system.work.functions}


def _seen(known: Known) -> dict[str, int]:
    """How often the log shows a function or a team."""
    if known.assessed is None:
        return {}
    counts = known.assessed.counts
    return {**dict.fromkeys(counts.teams, 1), **counts.functions}


def _evidence(known: Known, name: str, kind: str) -> str:
    """What the log shows of a part."""
    if not known.has_log or known.assessed is None or kind == "component":
        return ""
    counts = known.assessed.counts
    if name in counts.functions:
        return f"{counts.functions[name]:,} times in the log"
    return "in the log" if name in counts.teams else "not in the log"


def technical_step(known: Known) -> Draft:
    """Return step 2: components, what they depend on, the variances each can generate."""
    draft, system = _begin(known), known.system
    if system is None:
        draft.missing.append("no component is known")
        return draft
    rows = []
    for component in system.technical.components:
        rate = component.time_between_failures_h
        made = generated_by(system, component)
        rows.append(
            (component.id, component.kind, grouped(_carries(system, component.id)), grouped(component.depends_on),
             "" if rate is None else f"every {rate.value:,.0f} h ({rate.footing})", grouped(made))
        )  # fmt: skip
    footings = [c.time_between_failures_h.footing for c in system.technical.components if c.time_between_failures_h]
    quiet = [c.id for c in system.technical.components if not generated_by(system, c) and _carries(system, c.id)]
    able = sum(bool(generated_by(system, component)) for component in system.technical.components)
    value = f"{times_text(len(rows), 'component', 'components')}, {able} of them with a variance they can generate"
    columns = ("component", "kind", "carries", "depends on", "fails", "variances it can generate")
    draft.artefact = Artefact(value=value, columns=columns, rows=tuple(rows), footing=weakest(footings))
    if not rows:
        draft.missing.append("no component is in the model")
    if quiet:
        draft.missing.append(f"no variance is named for components that functions need: {grouped(quiet)}")
    idle = [c.id for c in system.technical.components if not _carries(system, c.id)]
    if idle:
        draft.missing.append(f"which functions need these is not stated: {grouped(idle)}")
    never = [c.id for c in system.technical.components if c.time_between_failures_h is None and _carries(system, c.id)]
    if never:
        draft.missing.append(f"how often these fail: {grouped(never)}")
    told = [c.id for c in system.technical.components if c.kind == "automation" and _default(c)]
    if told:
        draft.missing.append(f"how reliable these automations are, or what they cover: {grouped(told)}")
    _levels(known, draft)
    return draft


def _levels(known: Known, draft: Draft) -> None:
    """Levels of automation as stated and as the log leaves possible."""
    if known.assessed is None:
        return
    found = known.assessed.classification
    said = [f"{name}: {index.label} ({index.value:.2f})" for name, index in
            (("coupling", found.coupling), ("interaction", found.interaction))]  # fmt: skip
    (draft.found if known.has_log else draft.judged).extend(said)
    told = [row for row in found.automation if row.possible]
    if told:
        draft.found.append(f"the log narrows the level of automation of {len(told)} functions")
    for row in told:
        if row.agree is False:
            levels = ", ".join(str(level) for level in row.possible)
            draft.disagree.append(f"{row.function} stands at level {row.stated}, and the log leaves {levels} possible")


def generated_by(system: WorkSystem, component: Component) -> tuple[str, ...]:
    """Return the variances that arise at a component, or in what it does by itself."""
    done = {f.id for f in system.work.functions if f.allocation.component == component.id}
    return tuple(v.id for v in system.variances if v.origin == component.id or (v.by_machine and v.origin in done))


def _carries(system: WorkSystem, component: str) -> tuple[str, ...]:
    """Functions that a component performs, or that need it, directly or through what depends on it."""
    reached, grown = {component}, True
    while grown:
        more = {c.id for c in system.technical.components if reached & set(c.depends_on)} - reached
        grown, reached = bool(more), reached | more
    return tuple(f.id for f in system.work.functions if reached & {f.allocation.component, *f.uses})


def _default(component: Component) -> bool:
    """Whether reliability and coverage stand where they stand when nobody states them."""
    numbers = (component.reliability, component.coverage)
    return all(n.value == 1.0 and n.footing == "assumed" and not n.source for n in numbers)


def social_step(known: Known) -> Draft:
    """Return step 3: roles, skills, authority, and who talks to whom, on paper and in the log."""
    draft, system = _begin(known), known.system
    draft.needs.append(
        Need(what="networks, for the informal structure", there=known.networks is not None,
             how="`longwall networks STUDY`")
    )  # fmt: skip
    if system is None:
        draft.missing.append("no role is known")
        return draft
    rows = [
        (role.id, role.team, str(role.head_count), grouped(_does(system, role)), grouped(role.authority),
         grouped(role.informed_of), grouped(_links(system, role)),
         grouped(d.id for d in system.work.decisions if role.id in d.roles))
        for role in system.social.roles
    ]  # fmt: skip
    people = sum(role.head_count for role in system.social.roles)
    columns = ("role", "team", "people", "functions", "authority", "informed of", "links on paper", "decides")
    value = f"{len(rows)} roles in {len(system.social.teams)} teams, {people:,} people"
    draft.artefact = Artefact(value=value, columns=columns, rows=tuple(rows), footing="assumed" if rows else None)
    for what, names in (
        ("people", [r.id for r in system.social.roles if r.head_count == 0]),
        ("authority over any variance or decision", [r.id for r in system.social.roles if not r.authority]),
        ("information about any variance", [r.id for r in system.social.roles if not r.informed_of]),
        ("a stated skill", [r.id for r in system.social.roles if not r.skills]),
    ):
        if names:
            draft.missing.append(f"roles without {what}: {grouped(names)}")
    if not any(link.formal for link in system.social.links):
        draft.missing.append("no formal link between roles or teams")
    if not system.work.decisions:
        draft.missing.append("no decision and who takes it")
    open_ones = [d.id for d in system.work.decisions if not d.roles]
    if open_ones:
        draft.missing.append(f"decisions that nobody takes: {grouped(open_ones)}")
    _informal(known, draft)
    return draft


def _does(system: WorkSystem, role: Role) -> tuple[str, ...]:
    """Functions that a role may do."""
    return tuple(f.id for f in system.work.functions if role.id in heads_of(system, f))


def _links(system: WorkSystem, role: Role) -> tuple[str, ...]:
    """Roles and teams to which a formal link of the role or its team stands."""
    mine = {role.id, role.team}
    found = [link.target if link.source in mine else link.source
             for link in system.social.links if link.formal and mine & {link.source, link.target}]  # fmt: skip
    return tuple(dict.fromkeys(name for name in found if name not in mine))


def _informal(known: Known, draft: Draft) -> None:
    """Formal beside actual, where the networks were looked at."""
    if known.networks is None:
        return
    pairs = known.networks.teams.pairs
    draft.found.append(f"{sum(pair.in_log for pair in pairs)} pairs of teams hand work to each other in the log")
    if known.networks.congruence is not None:
        draft.found.append(
            f"of the pairs of people whose steps depend on each other, about {known.networks.congruence:.0%} worked "
            "on the same item"
        )
    for where, said in (("log only", "hand over without a link on paper"), ("paper only", "are linked on paper only")):
        names = [f"{pair.one} and {pair.other}" for pair in pairs if pair.where == where]
        if names:
            draft.disagree.append(f"teams that {said}: {grouped(names)}")
