"""From a diagnosis to practices: at most one each for ability, motivation and opportunity, chosen to go together.

A sign weighs 1 / its place among all signs, the most harmful first; a practice that only helps with it gets half of
that. Of the practices that answer some sign by themselves, that set is taken which weighs most and contradicts neither
itself nor what stands already; of equal ones, the one whose members complement each other most. Nothing is recommended
for the sake of completeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from longwall.alignment.costs import CostTable, load_costs
from longwall.alignment.practices.advice import Advice, Avoid, Bundle, Other, Reason, Recommended
from longwall.alignment.practices.effects import cost_of, effect_of, prior_of
from longwall.alignment.practices.entries import DIMENSIONS, UNFIT, Catalogue, Dimension, Match, PracticeEntry
from longwall.alignment.practices.signs import Sign, signs_of
from longwall.assessment import Support, VarianceGaps
from longwall.evidence import own_items
from longwall.worksystem import Estimate, Finding, WorkSystem

__all__ = ["recommend"]

_HELPS = 0.5
"""Weight of a sign with which a practice only helps."""
_FEW = 10
"""People below which some practices are not worth their apparatus; a choice (tag M)."""
_FEW_IN_ROLE = 3
_MACHINE_ACTS = 5
_MOST_REASONS = 6
_NONE = "None is indicated: nothing that was found is answered by a practice of the catalogue."
_UNSUITED = "None is indicated: the practices that would answer what was found are not suited here."


@dataclass(frozen=True)
class _Fit:
    """A practice with the signs that it answers, strongest first."""

    entry: PracticeEntry
    weight: float
    found: tuple[tuple[float, Sign, Match], ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the signs that it answers by itself."""
        return tuple(dict.fromkeys(role for _, sign, match in self.found if match.first for role in sign.roles))


def recommend(
    system: WorkSystem,
    findings: Iterable[Finding],
    catalogue: Catalogue,
    *,
    gaps: Iterable[VarianceGaps] = (),
    support: Iterable[Support] = (),
    context: str = "",
    costs: CostTable | None = None,
) -> Advice:
    """Return the practices that a diagnosis calls for, with reasons, costs, what to avoid and how to tell.

    Parameters
    ----------
    findings : iterable of Finding
        Most harmful first.
    gaps, support : iterable
        Of the same assessment; see `signs_of`.
    context : str
        Kind of organisation, where the catalogue has a prior for it.
    costs : CostTable, optional
        For the cost of an hour; default: the one shipped.

    Returns
    -------
    Advice
        Without practices, and saying so, where no finding calls for one.
    """
    table = costs if costs is not None else load_costs()
    signs = signs_of(system, findings, gaps=gaps, support=support)
    standing = _standing(system, catalogue)
    fits, unfit = [], []
    for entry in catalogue.practices:
        fit = _fit(entry, signs)
        if fit is None or entry.id in standing:
            continue
        why = _unfit(system, fit)
        if why:
            unfit.append(Avoid(what=entry.id, name=entry.name, why=why))
        else:
            fits.append(fit)
    chosen = _bundle(fits, catalogue, standing)
    recommended = tuple(_recommended(system, fit, catalogue, chosen, context, table) for fit in chosen)
    return Advice(
        statement=_statement(recommended, bool(unfit)),
        recommended=recommended,
        bundle=_together(recommended, catalogue, context),
        others=_others(fits, chosen, catalogue, standing),
        avoid=(*_clashing(fits, chosen, catalogue, standing), *unfit, *_traps(catalogue, signs)),
        standing=tuple(p.id for p in system.social.practices),
        cautions=_cautions(system, chosen),
    )


def _fit(entry: PracticeEntry, signs: Sequence[Sign]) -> _Fit | None:
    """Return what a practice answers; None where it answers nothing by itself."""
    found = []
    for place, sign in enumerate(signs, start=1):
        match = next((one for one in entry.answers if _matches(one, sign)), None)
        if match is not None:
            found.append(((1.0 if match.first else _HELPS) / place, sign, match))
    if not any(match.first and sign.roles for _, sign, match in found):
        return None
    found.sort(key=lambda one: (not one[2].first, -one[0]))
    return _Fit(entry, sum(weight for weight, _, _ in found), tuple(found))


def _matches(match: Match, sign: Sign) -> bool:
    return match.sign == sign.kind and sign.traits >= set(match.when) and not sign.traits & set(match.unless)


def _standing(system: WorkSystem, catalogue: Catalogue) -> set[str]:
    """Practices of the catalogue that the work system has."""
    found = (catalogue.of(practice.id) for practice in system.social.practices)
    return {entry.id for entry in found if entry is not None}


def _unfit(system: WorkSystem, fit: _Fit) -> str:
    """Return why a practice is not suited to a work system; empty where it is."""
    roles = [system.roles[role] for role in fit.roles]
    steps = [f for f in system.work.functions if set(f.roles) & set(fit.roles)]
    holds = {
        "few-people": system.people < _FEW,
        "one-team": len({role.team for role in system.social.roles}) < 2,
        "one-person": sum(role.head_count for role in roles) < 2,
        "few-in-role": all(role.head_count < _FEW_IN_ROLE for role in roles),
        "no-machine": all(f.allocation.level < _MACHINE_ACTS for f in steps),
    }
    return next((f"{UNFIT[one.when]}: {one.why}" for one in fit.entry.unfit if holds[one.when]), "")


def _bundle(fits: Sequence[_Fit], catalogue: Catalogue, standing: set[str]) -> tuple[_Fit, ...]:
    """Return the set that weighs most and goes together; at most one practice for each dimension."""
    able = [fit for fit in fits if all(catalogue.clash(fit.entry.id, other) is None for other in standing)]
    options = [[None, *(fit for fit in able if fit.entry.bundle == dimension)] for dimension in DIMENSIONS]
    best: tuple[tuple[float, int], tuple[_Fit, ...]] = ((0.0, 0), ())
    for choice in product(*options):
        taken = tuple(fit for fit in choice if fit is not None)
        pairs = [(one.entry.id, other.entry.id) for one, other in combinations(taken, 2)]
        if any(catalogue.clash(*pair) is not None for pair in pairs):
            continue
        worth = (
            round(sum(fit.weight for fit in taken), 9),
            sum(other in catalogue.complements(one) for one, other in pairs),
        )
        if worth > best[0]:
            best = (worth, taken)
    return tuple(sorted(best[1], key=lambda fit: (-fit.weight, fit.entry.id)))


def _recommended(
    system: WorkSystem, fit: _Fit, catalogue: Catalogue, chosen: Sequence[_Fit], context: str, costs: CostTable
) -> Recommended:
    entry, roles = fit.entry, fit.roles
    once, weekly = cost_of(system, entry, roles, costs)
    cautions = []
    if entry.training and all(other.entry.training for other in chosen):
        cautions.append("training alone is marginal and temporary: look at the division of work first")
    beside = {other.entry.id for other in chosen}
    texts = {item: text for item, _, _, text in own_items()}
    return Recommended(
        practice=entry.id, name=entry.name, bundle=entry.bundle, does=entry.does, roles=roles,
        people=sum(system.roles[role].head_count for role in roles), sentence=_sentence(fit),
        reasons=tuple(
            Reason(sign=sign.kind, finding=sign.finding, says=sign.says, because=match.because, footing=sign.footing,
                   first=match.first)
            for _, sign, match in fit.found[:_MOST_REASONS]
        ),
        effect=effect_of(entry, catalogue, context), through=entry.through, weeks_to_effect=entry.weeks_to_effect,
        lead_time_weeks=entry.lead_time_weeks, cost=once, cost_per_week=weekly, look=entry.look,
        question=texts.get(entry.look.question, ""), takes_part=entry.takes_part,
        with_others=tuple(name for name in catalogue.complements(entry.id) if name in beside), cautions=tuple(cautions),
    )  # fmt: skip


def _sentence(fit: _Fit) -> str:
    """The sign that weighs most, the practice, and how it answers it."""
    _, sign, match = fit.found[0]
    name = fit.entry.name[0].lower() + fit.entry.name[1:]
    return f"{sign.says}: {name}, because {match.because}."


def _together(recommended: Sequence[Recommended], catalogue: Catalogue, context: str) -> Bundle | None:
    """What the recommended practices do together; None where there is one or none."""
    if len(recommended) < 2:
        return None
    shared = [role for role in recommended[0].roles if all(role in one.roles for one in recommended)]
    missing: tuple[Dimension, ...] = tuple(d for d in DIMENSIONS if all(one.bundle != d for one in recommended))
    whole = not missing and bool(shared)
    ends = [(one.effect.value, _end(one.effect.low, one.effect.value), _end(one.effect.high, one.effect.value))
            for one in recommended]  # fmt: skip
    value, low, high = (sum(column) for column in zip(*ends, strict=True))
    prior = prior_of(catalogue, context)
    # Alone, a practice does half of what a bundle does (K): then three of them overlap; if alone they do nothing, all
    # of it is synergy.
    alone = len(recommended) * catalogue.prior.alone.value * prior.value
    return Bundle(
        practices=tuple(one.practice for one in recommended),
        roles=tuple(shared),
        whole=whole,
        parts=_assumed(value, low, high),
        together=_assumed(prior.value, _end(prior.low, prior.value), _end(prior.high, prior.value)) if whole else None,
        synergy=_assumed(prior.value - value, prior.value - alone, prior.value) if whole else None,
        missing=missing,
    )


def _assumed(value: float, low: float, high: float) -> Estimate:
    value, low, high = (round(number, 9) + 0.0 for number in (value, low, high))
    unit = "standard deviations"
    return Estimate(value=value, low=min(low, value), high=max(high, value), unit=unit, footing="assumed")


def _end(end: float | None, value: float) -> float:
    return value if end is None else end


def _others(
    fits: Sequence[_Fit], chosen: Sequence[_Fit], catalogue: Catalogue, standing: set[str]
) -> tuple[Other, ...]:
    """Practices that answer and were not taken because another of the same dimension weighs more."""
    found = []
    for fit in sorted(fits, key=lambda one: (-one.weight, one.entry.id)):
        instead = next((one.entry.id for one in chosen if one.entry.bundle == fit.entry.bundle), "")
        if instead and fit not in chosen and not _why_not(fit, chosen, catalogue, standing):
            found.append(
                Other(practice=fit.entry.id, name=fit.entry.name, bundle=fit.entry.bundle, sentence=_sentence(fit),
                      instead=instead)
            )  # fmt: skip
    return tuple(found)


def _why_not(fit: _Fit, chosen: Sequence[_Fit], catalogue: Catalogue, standing: set[str]) -> list[tuple[str, str]]:
    """Practices, chosen or standing, with which one does not go together, and why."""
    names = [*(one.entry.id for one in chosen), *sorted(standing)]
    whys = [(name, catalogue.clash(fit.entry.id, name)) for name in names if name != fit.entry.id]
    return [(name, why) for name, why in whys if why is not None]


def _clashing(
    fits: Sequence[_Fit], chosen: Sequence[_Fit], catalogue: Catalogue, standing: set[str]
) -> tuple[Avoid, ...]:
    """Practices that answer, and that do not go with what is chosen or stands."""
    return tuple(
        Avoid(what=fit.entry.id, name=fit.entry.name, why=f"does not go with {name}: {why}", rests_on=(name,))
        for fit in fits
        if fit not in chosen
        for name, why in _why_not(fit, chosen, catalogue, standing)[:1]
    )


def _traps(catalogue: Catalogue, signs: Sequence[Sign]) -> tuple[Avoid, ...]:
    """What the diagnosis speaks against, with the sign that does."""
    found = []
    for trap in catalogue.traps:
        against = [sign for sign in signs if sign.kind in trap.signs]
        if against:
            found.append(
                Avoid(what=trap.id, name=trap.name, why=f"{against[0].says}: {trap.why}",
                      rests_on=tuple(sign.finding or sign.kind for sign in against[:_MOST_REASONS]))
            )  # fmt: skip
    return tuple(found)


def _statement(recommended: Sequence[Recommended], unsuited: bool) -> str:
    """Say what is called for; where nothing is, whether something would answer and is not suited."""
    if not recommended:
        return _UNSUITED if unsuited else _NONE
    names = [one.name[0].lower() + one.name[1:] for one in recommended]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed[0].upper()}{listed[1:]}: what was found calls for {'it' if len(names) == 1 else 'these'}."


def _cautions(system: WorkSystem, chosen: Sequence[_Fit]) -> tuple[str, ...]:
    if not chosen:
        return ()
    found = [
        "what a practice does is assumed: its part of what bundles are found to do, from 0 to about twice that",
        "hours that a practice takes are charged as money, and not taken out of the rota",
    ]
    if system.people < 20:
        found.append(
            "firm size explains 8% of how studies differ (Tzabbar et al. 2017); which way was not read, so begin with "
            "what needs no apparatus"
        )
    if all(fit.found[0][1].footing == "assumed" for fit in chosen):
        found.append("the reasons rest on judgement: ask three of those who do the work before beginning")
    return tuple(found)
