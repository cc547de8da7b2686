"""Who works with whom: the organisation on paper beside the one in the log, and only claims that chance cannot make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures.networks import called, handovers_figure
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, count_text, mark
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, listed, sentence, term

if TYPE_CHECKING:
    from longwall.discovery import Network, Networks

__all__ = ["networks_section"]

_ON = {"both": "paper and log", "log": "log", "paper": "paper only"}


def networks_section(material: Material, draw: Draw) -> Section:
    """Return the section on networks."""
    title = "Who works with whom"
    found = material.networks
    if found is None:
        return Section("networks", title, absent("The networks", material.missing_of("networks")), made=False)
    figure = handovers_figure(material, found.teams, command=material.command("networks"))
    parts: list[Content] = [
        lead(
            "The organisation in the log beside the one on paper. Teams and roles are named, people are only counted, "
            "and only in groups of five or more."
        ),
        draw(figure) if figure is not None else None,
        element("h3", "What chance does not explain"),
        _claims(found),
        _groups(material, found.teams, "team"),
        more(f"Roles ({len(found.roles.groups)})", _groups(material, found.roles, "role")) if found.roles else None,
        _congruence(material, found),
        _thin(material, found),
        _elsewhere(material, found),
    ]
    if found.cautions:
        parts.append(more(f"Cautions ({len(found.cautions)})", bullets([sentence(text) for text in found.cautions])))
    return Section("networks", title, join(parts))


def _claims(found: Networks) -> Markup:
    """The claims, or that there is none, with how they were tested."""
    how = (
        f"{counted(found.tests, 'test')}, {count_text(found.permutations)} times dealing people out again within "
        "function, team and hour of the week; claimed at 5% after correction for all of them, and where the difference "
        "is a fifth or more."
    )
    if not found.tests:
        return element("p", "Nothing is claimed: too little passes between teams of five or more to test anything.")
    if not found.claims:
        return element("p", "Nothing is claimed. ", how)
    return join(
        bullets([join(claim.statement, " ", mark(claim.footing)) for claim in found.claims]),
        element("p", how, " A rota that puts the same people together has the same effect as a preference."),
    )


def _groups(material: Material, network: Network, kind: str) -> Markup:
    """Teams or roles with what they hand on, and how far they stand between others."""
    known_as = called(material, network)
    rows: list[tuple[Content, ...]] = [
        (
            known_as[group.id],
            count_text(group.people) if group.people else "–",
            count_text(group.hands_on),
            count_text(group.takes_over),
            "–" if group.betweenness is None else amount_text(group.betweenness, "share"),
            str(group.community + 1),
            _ON[group.on],
        )
        for group in network.groups
    ]
    return table_of(
        Table(
            f"{kind.capitalize()}s: people seen, handovers to and from others, share of the shortest ways between two "
            "others that lead over it, which work as one (same number), where they exist; "
            f"{amount_text(network.reciprocity, 'share')} of handovers are answered by one the other way",
            (kind.capitalize(), "People#", "Hands on#", "Takes over#", "Between others#", "Works as one#", "Exists in"),
            rows,
        )
    )


def _congruence(material: Material, found: Networks) -> Content:
    """How much of the coordination that the work needs takes place, and where it does not."""
    if found.congruence is None:
        return None
    known_as = called(material, found.teams)
    gaps = [pair for pair in found.teams.pairs if pair.needed and not pair.in_log]
    named = [
        " and ".join(known_as[identity] for identity in (pair.one, pair.other))
        + (" (a link stands on paper)" if pair.on_paper else "")
        for pair in gaps
    ]
    return [
        element(
            "p",
            term("congruence", "Congruence"),
            f": of the pairs of people whose steps depend on each other, about "
            f"{amount_text(found.congruence, 'share')} worked on the same {material.item}. ",
            mark("counted"),
            f" Teams that depend on each other while hardly anything passes between them: {listed(named, most=6)}."
            if named
            else None,
        )
    ]


def _thin(material: Material, found: Networks) -> Content:
    """Steps that one person did, or none; said of the step, never who."""
    if not found.thin:
        return None
    known_as = called(material, found.teams)
    rows = [
        (
            step.function,
            f"{step.did} of {step.of}",
            listed([known_as[team] for team in step.teams], most=3) or "all",
        )
        for step in found.thin
    ]
    return table_of(
        Table(f"Steps that at most one person did in the last {found.thin_days} days, of those at work in these teams",
              ("Step", "Did this#", "Teams"), rows)
    )  # fmt: skip


def _elsewhere(material: Material, found: Networks) -> Content:
    """Members of a team who work as another."""
    if not found.elsewhere:
        return None
    known_as = called(material, found.teams)
    rows = [(known_as[one.team], f"{one.people} or more of {one.of}", known_as[one.other]) for one in found.elsewhere]
    return table_of(Table("Members of a team who work as another", ("Team", "People#", "Work as"), rows))
