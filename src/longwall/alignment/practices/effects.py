"""What a practice is expected to do and what it costs, at the intensity of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.costs import CostTable
from longwall.alignment.practices.entries import Catalogue, Dimension, PracticeEntry
from longwall.worksystem import Parameter, WorkSystem

__all__ = ["cost_of", "effect_of", "model_of", "prior_of"]


def prior_of(catalogue: Catalogue, context: str = "") -> Parameter:
    """Return the standardised effect of a coherent bundle in a kind of organisation, else the overall one."""
    return catalogue.prior.contexts.get(context, catalogue.prior.bundle)


def effect_of(entry: PracticeEntry, catalogue: Catalogue, context: str = "") -> Parameter:
    """Return the standardised effect of one practice: its own where one was read, else an equal part of the bundle's.

    Notes
    -----
    Bundles are known, parts are not: the bundle's effect, and both ends of its range, divided by the number of
    practices of a whole bundle. So a whole bundle has the effect that was found, and nothing of it is synergy.
    """
    if entry.effect is not None:
        return entry.effect
    prior, parts = prior_of(catalogue, context), catalogue.prior.parts
    low, high = (prior.value if end is None else end for end in (prior.low, prior.high))
    return Parameter(
        value=prior.value / parts, low=low / parts, high=high / parts, unit="standard deviations", footing="assumed",
        tag="M", source=f"one of {parts} equal parts of a coherent bundle ({prior.value:g}; {prior.source})",
    )  # fmt: skip


def model_of(
    entry: PracticeEntry, catalogue: Catalogue, *, dose: float = 1.0, context: str = ""
) -> dict[Dimension, Parameter]:
    """Return what a practice is worth through each of ability, motivation and opportunity, at a dose (1: catalogue).

    Every one of them is assumed, whatever the evidence of the whole: how it splits is a modelling choice.
    """
    effect = effect_of(entry, catalogue, context)
    found: dict[Dimension, Parameter] = {}
    for dimension, share in entry.through.items():
        factor = share * dose
        ends = [effect.value if end is None else end for end in (effect.low, effect.value, effect.high)]
        low, value, high = (round(end * factor, 9) for end in ends)
        source = f"{share:.0%} of {effect.source}" + ("" if dose == 1 else f", times {dose:g}")
        found[dimension] = Parameter(value=value, low=low, high=high, footing="assumed", tag="M", source=source)
    return found


def cost_of(
    system: WorkSystem, entry: PracticeEntry, roles: Sequence[str], costs: CostTable, *, dose: float = 1.0
) -> tuple[Parameter, Parameter]:
    """Return what a practice costs once and per week, with the arithmetic as the source [currency of the work system].

    Parameters
    ----------
    roles : sequence of str
        Whom it reaches; their cost per hour counts where it is stated, else that of the cost table.
    dose : float
        Against the catalogue; the running cost goes with it, what is paid once does not.
    """
    heads = sum(system.roles[role].head_count for role in roles)
    per_h = _per_h(system, roles, costs)
    drivers = entry.costs
    once = _sum(
        (
            (drivers.hours_once, per_h, 1.0, "h of preparation"),
            (drivers.hours_per_head, per_h, float(heads), "h each"),
            (drivers.money_per_head, (1.0, 1.0, 1.0), float(heads), "each"),
        ),
        "",
    )
    weekly = _sum(((drivers.hours_per_head_week, per_h, float(heads), "h each and week"),), "per week", dose)
    return once, weekly


def _per_h(system: WorkSystem, roles: Sequence[str], costs: CostTable) -> tuple[float, float, float]:
    """Mean cost of an hour over all members of some roles: low, value, high; that of the table where there are none."""
    crew = [(system.roles[role].head_count, costs.per_h(system.roles[role])) for role in roles]
    heads = sum(people for people, _ in crew)
    if heads == 0:
        crew, heads = [(1, costs.per_h(None))], 1
    ends = [(people, hour.value if hour.low is None else hour.low, hour.value,
             hour.value if hour.high is None else hour.high) for people, hour in crew]  # fmt: skip
    low, value, high = (sum(row[0] * row[at] for row in ends) / heads for at in (1, 2, 3))
    return low, value, high


_Term = tuple[Parameter | None, tuple[float, ...], float, str]


def _sum(terms: Sequence[_Term], unit: str, dose: float = 1.0) -> Parameter:
    """Add cost drivers, low with low, high with high, and take them times the dose."""
    low = value = high = 0.0
    words = []
    for driver, per, times, what in terms:
        if driver is None or times == 0:
            continue
        ends = [driver.value if end is None else end for end in (driver.low, driver.value, driver.high)]
        low, value, high = (
            total + end * times * rate for total, end, rate in zip((low, value, high), ends, per, strict=True)
        )
        by = f"{times:g} x " if times != 1 else ""
        words.append(f"{by}{driver.value:g} {what}" + ("" if per[1] == 1.0 else f" x {per[1]:.4g} per h"))
    low, value, high = (dose * total for total in (low, value, high))
    text = " + ".join(words) or "nothing"
    source = f"{text}{f', times {dose:g}' if dose != 1 and words else ''} (catalogue of practices)"
    return Parameter(value=round(value, 2), low=round(low, 2), high=round(high, 2), unit=unit, source=source)
