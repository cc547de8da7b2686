"""Networks: who works with whom in the log, beside the organisation on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall import discovery, evidence
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.retaining import needs_log
from longwall.study.simulating import system_of
from longwall.study.step import Progress, Step
from longwall.units import share_text
from longwall.worksystem import WorkSystem

__all__ = ["NETWORKS", "formal_of", "networks_rows", "sentence_of", "with_organisation"]


def formal_of(system: WorkSystem, labels: Mapping[str, str]) -> discovery.Formal:
    """Return what a work system says of the organisation on paper: formal links, and teams that people wrote down.

    Parameters
    ----------
    labels : mapping of str to str
        Id in the model to the label in the log; what discovery found in the log is not on paper by that alone.
    """
    names = {team.id: labels.get(team.id) or team.name or team.id for team in system.social.teams}
    of = {**names, **{role.id: names.get(role.team, role.team) for role in system.social.roles}}
    links = tuple(
        (of[link.source], of[link.target])
        for link in system.social.links
        if link.formal and link.source in of and link.target in of
    )
    linked = {name for pair in links for name in pair}
    teams = tuple(dict.fromkeys(name for key, name in names.items() if key not in labels or name in linked))
    return discovery.Formal(teams=teams, links=links)


def with_organisation(told: discovery.Formal, given: evidence.Organisation, n_resources: int) -> discovery.Formal:
    """Return what a work system says with what a catalogue of the organisation says beside it.

    Teams, memberships, the unit above each team as a link, and owners whose components depend on each other.

    Parameters
    ----------
    n_resources : int
        Of the log.
    """
    above = tuple((given.teams[team], given.teams[unit]) for team, unit in enumerate(given.parent) if unit >= 0)
    owner = [one.owner for one in given.components]
    depends = {
        (given.teams[owner[one]], given.teams[owner[other]])
        for one, other, link in given.links
        if evidence.LINKS[link] != "part_of" and owner[one] >= 0 and owner[other] >= 0 and owner[one] != owner[other]
    }
    extra = tuple(name for name in told.teams if name not in given.teams)
    member = given.resource_team(n_resources).astype("int64")
    return discovery.Formal(
        teams=(*given.teams, *extra),
        team_of=member if (member >= 0).any() else discovery.Formal().team_of,
        links=tuple(dict.fromkeys((*told.links, *above))),
        depends=tuple(sorted(depends)),
    )


def networks_rows(result: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return the pairs of teams as rows of a table, and everything else as notes.

    Returns
    -------
    list of tuple
        Two teams, handovers forth and back, items on which both worked, formal beside actual, whether their work makes
        them depend on each other, share of the pairs of people who depend on each other and worked on the same item.
    list of str
    """
    found = discovery.Networks.model_validate(result)
    rows = [
        (pair.one, pair.other, pair.forth, pair.back, pair.joint_cases, pair.where, "yes" if pair.needed else "",
         "" if pair.met_share is None else share_text(pair.met_share))
        for pair in found.teams.pairs
    ]  # fmt: skip
    notes = [f"claimed: {claim.statement} (adjusted p {claim.adjusted:.3g})" for claim in found.claims]
    if not found.claims:
        why = f"{found.tests} tests, none beyond chance after correction" if found.tests else "too little to test"
        notes.append(f"claimed: nothing; {why}")
    notes += [sentence_of(one, found.thin_days) for one in found.thin]
    notes += [f"at least {one.people} of {one.of} members of {one.team} work as {one.other}" for one in found.elsewhere]
    brokers = sorted(found.teams.groups, key=lambda group: (-(group.betweenness or 0.0), group.id))
    notes += [f"stands between others: {group.id}, {share_text(group.betweenness)} of the shortest ways"
              for group in brokers[:3] if group.betweenness]  # fmt: skip
    if found.congruence is not None:
        notes.append(
            "congruence: of the pairs of people whose steps depend on each other, about "
            f"{share_text(found.congruence)} worked on the same item"
        )
    return rows, [*notes, *found.cautions]


def sentence_of(step: discovery.ThinStep, days: int) -> str:
    """Return what is said of a step that hangs on one person, or on none."""
    who = f"{step.did} of {step.of}" + (f" in {', '.join(step.teams)}" if step.teams else " people")
    return f"{step.function}: {who} did this in the last {days} days"


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    log = evidence.read_log(study.store)
    labels = (load(study, "discover") or {}).get("labels", {})
    formal = discovery.Formal()
    if study.system.is_file():
        formal = formal_of(system_of(study), labels)
    given = evidence.read_organisation(study.store)
    if given is not None:
        formal = with_organisation(formal, given, log.n_resources)
    progress(0.2, "dealing people out again, to see what chance does not explain")
    return discovery.networks(log, seed=study.file.seed, formal=formal).model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    brought = stamp_of(study, "signals")
    return {
        "evidence": stamp_of(study, "ingest") or "none",
        "system": optional_hash(study.system),
        **({} if brought is None else {"organisation": brought}),
    }


NETWORKS = Step("networks", "looking at who works with whom", _inputs, _work, needs_log)
"""The step that lays the organisation on paper beside the one in the log."""
