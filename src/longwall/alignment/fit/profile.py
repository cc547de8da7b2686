"""Socio-technical fit of a work system from what was observed, simulated and assessed, as a profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from longwall.alignment.costs import read_shipped
from longwall.alignment.fit.result import GROUPS, FitEntry, FitGroup, FitProfile
from longwall.alignment.fit.stated import from_assessment, support_entry
from longwall.assessment import Assessment, Support
from longwall.evidence import SocialLevel, own_items
from longwall.simulation import known_indicators
from longwall.worksystem import Estimate, Forecast, Id, Piece, WorkSystem

__all__ = ["fit_of"]

_FILE = Path(__file__).with_name("profile.yaml")


class _Line(Piece):
    """What an entry of the profile is, from ``profile.yaml``."""

    id: Id
    name: str
    survey: str = ""
    counted: str = ""
    simulated: str = ""
    item: str = ""
    ask: str = ""
    better: Literal["higher", "lower"] | None = None


class _Lines(Piece):
    """All entries by group."""

    satisfaction: tuple[_Line, ...] = Field(min_length=1)
    efficiency: tuple[_Line, ...] = Field(min_length=1)
    adaptability: tuple[_Line, ...] = Field(min_length=1)
    learning: tuple[_Line, ...] = Field(min_length=1)
    support: tuple[_Line, ...] = Field(min_length=1)
    psychological: tuple[_Line, ...] = Field(min_length=1)


def fit_of(
    system: WorkSystem,
    *,
    forecast: Forecast | None = None,
    assessment: Assessment | None = None,
    levels: Sequence[SocialLevel] = (),
    counted: Mapping[str, float] | None = None,
    heard: tuple[int, int] | None = None,
    compared: int | None = None,
    told: bool = False,
    window: str = "",
) -> FitProfile:
    """Return the profile of fit: four groups, support congruence, psychological alignment.

    Parameters
    ----------
    forecast : Forecast, optional
        Of today; one of another system is left aside.
    assessment : Assessment, optional
        Of the same system.
    levels : sequence of SocialLevel
        What a survey observed, over groups of five or more.
    counted : mapping of str to float, optional
        Levels that the log counts, by indicator.
    heard : (int, int), optional
        Of those with a stake: how many were heard, how many there are.
    compared : int, optional
        Forecasts that were held against what happened.
    told : bool
        Whether people answered what is counted or rewarded.

    Returns
    -------
    FitProfile
        Every entry has a number with interval and footing, or the question to ask. Nothing is added up.

    Notes
    -----
    What was observed comes before what was simulated. Of support, the share of the demands that are met: between the
    share if nothing that is unstated is given, and the share if all of it is.
    """
    usable = forecast if forecast is not None and forecast.system_hash == system.hash else None
    known = {
        **from_assessment(system, assessment, told=told),
        **({} if heard is None else {"purpose_heard": _share(*heard)}),
        **({} if compared is None else {"forecasts_compared": Estimate.counted(compared, "forecasts")}),
    }
    answers = {level.indicator: level for level in levels}
    support = assessment.boundaries.support if assessment is not None else None
    entries = []
    for group in GROUPS:
        for line in getattr(read_shipped(_FILE, _Lines), group):
            if group == "support":
                entries.append(_support(line, support))
            else:
                entries.append(_entry(line, group, usable, answers, counted or {}, known))
    said = _cautions(forecast, usable, assessment, levels)
    return FitProfile(system_hash=system.hash, window=window, entries=tuple(entries), cautions=said)


def _entry(
    line: _Line,
    group: FitGroup,
    forecast: Forecast | None,
    answers: Mapping[str, SocialLevel],
    counted: Mapping[str, float],
    known: Mapping[str, Estimate],
) -> FitEntry:
    """Return one entry: observed, else counted, else simulated, else a question."""
    entry = FitEntry(id=line.id, name=line.name, group=group, better=_better(line), ask=_question(line))
    level = answers.get(line.survey)
    if level is not None:
        estimate = Estimate(value=level.value, low=level.low, high=level.high, footing="counted")
        scale = f"{level.scale_low:g} to {level.scale_high:g}"
        note = f"{level.n} answers" + (f", {level.wave}" if level.wave else "")
        return entry.model_copy(update={"estimate": estimate, "source": "survey", "scale": scale, "note": note})
    if line.counted in counted:
        unit = next(one.unit for one in known_indicators() if one.id == line.counted)
        return entry.model_copy(update={"estimate": Estimate.counted(counted[line.counted], unit), "source": "log"})
    simulated = forecast.of(line.simulated) if forecast is not None and line.simulated else None
    if simulated is not None:
        return entry.model_copy(update={"estimate": simulated.estimate, "source": "simulation"})
    if line.id in known:
        source = "study" if line.id in ("purpose_heard", "forecasts_compared") else "assessment"
        return entry.model_copy(update={"estimate": known[line.id], "source": source})
    return entry


def _support(line: _Line, support: Sequence[Support] | None) -> FitEntry:
    """Return an entry of support; without an assessment only the question."""
    if support is None:
        return FitEntry(id=line.id, name=line.name, group="support", ask=_question(line))
    return support_entry(line.id, line.name, support).model_copy(update={"ask": _question(line)})


def _better(line: _Line) -> Literal["higher", "lower"]:
    """Return what is better: as the entry says, else as the simulation has it, else higher, as of all of the survey."""
    if line.better is not None:
        return line.better
    found = next((one.better for one in known_indicators() if one.id == line.simulated), "higher")
    return "lower" if found == "lower" else "higher"


def _question(line: _Line) -> str:
    """Return what to ask: our own item, or a question in words."""
    return next((text for item, _, _, text in own_items() if item == line.item), line.ask)


def _share(part: int, whole: int) -> Estimate:
    return Estimate.counted(part / whole if whole else 0.0, "share of those with a stake")


def _cautions(
    forecast: Forecast | None, usable: Forecast | None, assessment: Assessment | None, levels: Sequence[SocialLevel]
) -> tuple[str, ...]:
    found = []
    if forecast is not None and usable is None:
        found.append("the forecast is of another model and was left aside: run `longwall simulate` again")
    if assessment is None:
        found.append("no assessment of this model: what each side gives the other was not looked at")
    if not levels:
        found.append("no survey: what people feel and value was not observed; the questions stand in its place")
    return tuple(found)
