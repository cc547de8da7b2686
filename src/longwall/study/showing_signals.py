"""Show what was brought besides the log: alerts, the organisation, measured indicators, agreed times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from longwall import evidence
from longwall.errors import Fault, StudyError
from longwall.study.folder import Study
from longwall.study.signalling import log_of
from longwall.units import duration_text, share_text

__all__ = [
    "ALERT_COLUMNS",
    "agreement_rows",
    "alert_rows",
    "component_rows",
    "measurement_rows",
    "organisation_rows",
    "survey_rows",
]

Rows = tuple[Sequence[Sequence[Any]], Sequence[str]]

_MOST_NAMES = 30
_NIGHT_FROM, _NIGHT_UNTIL = 22, 6


def alert_rows(study: Study) -> Rows:
    """Return rows and notes of the table of alerts, over all and by name.

    Raises
    ------
    StudyError
        LW-ST-023: the study has no alerts.
    """
    _need(study, "alerts")
    alerts = evidence.read_alerts(study.store)
    counts = evidence.alert_counts(alerts)
    shown = min(len(counts.labels), _MOST_NAMES + 1)
    rows = [
        (
            counts.labels[n],
            int(counts.alerts[n]),
            _share(counts.repeats[n] / counts.alerts[n]),
            _share(float(counts.actioned_share[n])),
            *(int(count) for count in counts.dispositions[n]),
            _time(counts.acknowledge_h[n]),
            _time(counts.resolve_h[n]),
        )
        for n in range(shown)
    ]
    busiest = int(np.argmax(counts.per_hour))
    hour = np.arange(counts.per_hour.size) % 24
    night = counts.per_hour[(hour >= _NIGHT_FROM) | (hour < _NIGHT_UNTIL)].sum()
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    notes = [
        f"{alerts.n_alerts / counts.weeks:,.1f} alerts a week over {counts.weeks:,.1f} weeks; "
        f"{_share(night / counts.per_hour.sum())} of them between 22:00 and 06:00; the busiest hour is "
        f"{days[busiest // 24]} {busiest % 24:02d}:00 with {counts.per_hour[busiest]:.2g} a week.",
        "repeats: the same thing fired again within a day. Actioned: of those of which it is known. Times are medians.",
    ]
    if len(counts.labels) > shown:
        notes.append(f"{len(counts.labels) - shown:,} rarer names are left out.")
    load = evidence.responder_load(alerts)
    notes += [
        f"{team}: {per:.2g} alerts a week for each of {people} people who took some."
        for team, people, per in zip(load.groups, load.people, load.per_person_week, strict=True)
    ]
    return rows, [*notes, *([load.reason] if load.reason else [])]


ALERT_COLUMNS = ("alert", "fired", "repeats", "actioned", *evidence.DISPOSITIONS, "not said", "acknowledged after",
                 "resolved after")  # fmt: skip


def organisation_rows(study: Study) -> Rows:
    """Return rows and notes of the table of teams; hours only for groups of five or more.

    Raises
    ------
    StudyError
        LW-ST-023: the study has no organisation.
    """
    given = _organisation(study)
    hours = evidence.team_hours(given)
    mean = dict(zip(hours.groups, hours.mean_h, strict=True))
    owned = [sum(one.owner == team for one in given.components) for team in range(len(given.teams))]
    rows = [
        (
            name,
            given.teams[given.parent[team]] if given.parent[team] >= 0 else "",
            int(given.head_counts[team]),
            f"{mean[name]:.1f}" if name in mean else "",
            owned[team],
            "yes" if given.log_team[team] >= 0 else "no",
        )
        for team, name in enumerate(given.teams)
    ]
    notes = [f"{name}: {value:.1f} hours a week on average" for name, value in mean.items() if name not in given.teams]
    known = int((given.person_resource >= 0).sum())
    notes.append(f"{given.n_people:,} people, {known:,} of them found in the log; {len(given.roles):,} roles.")
    return rows, [*notes, *([hours.reason] if hours.reason else [])]


def component_rows(study: Study) -> Rows:
    """Return rows and notes of the table of components.

    Raises
    ------
    StudyError
        LW-ST-023: the study has no organisation.
    """
    given = _organisation(study)
    rows = []
    for number, one in enumerate(given.components):
        links = given.links[given.links[:, 0] == number]
        said = [f"{evidence.LINKS[link].replace('_', ' ')} {given.components[other].name}" for _, other, link in links]
        owner = given.teams[one.owner] if one.owner >= 0 else "one person" if one.owned_by_person else "nobody"
        rows.append((one.name, one.kind, owner, "; ".join(said)))
    orphans = sum(one.owner < 0 and not one.owned_by_person for one in given.components)
    alone = sum(one.owner < 0 and one.owned_by_person for one in given.components)
    return rows, [f"{orphans:,} components have no owner, {alone:,} hang on one person."]


def measurement_rows(study: Study) -> Rows:
    """Return rows and notes of the table of measured indicators, a row per series.

    Raises
    ------
    StudyError
        LW-ST-023: the study has no indicators.
    """
    _need(study, "indicators")
    measured = evidence.read_indicators(study.store)
    rows = []
    for number, series in enumerate(measured.series):
        time_h, value = measured.values(number)
        days = [(measured.origin + np.timedelta64(round(h * 3600), "s").item()).date().isoformat()
                for h in (time_h[0], time_h[-1])]  # fmt: skip
        quantiles = (f"{point:.4g}" for point in np.quantile(value, (0.1, 0.5, 0.9)))
        rows.append((series.indicator, series.group, series.unit, len(value), *days, *quantiles, f"{value[-1]:.4g}"))
    return rows, ("Counted: as measured elsewhere; nothing is filled in between.",)


def survey_rows(study: Study) -> Rows:
    """Return rows and notes of the table of surveys: social indicators first, then every item by group.

    Raises
    ------
    StudyError
        LW-ST-023: the study has no survey.
    """
    _need(study, "survey")
    survey = evidence.read_survey(study.store)
    known = evidence.social_indicators()
    rows: list[tuple[Any, ...]] = [
        (one.wave, "all", one.name, one.n, f"{one.value:.3g}", f"{one.low:.3g} to {one.high:.3g}",
         f"{one.scale_low:g} to {one.scale_high:g}", f"{one.better} is better")
        for one in evidence.social_levels(survey)
    ]  # fmt: skip
    rows += [
        (one.wave, one.group or "all", one.item, one.n, f"{one.mean:.3g}", f"{one.low:.3g} to {one.high:.3g}",
         f"{one.scale_low:g} to {one.scale_high:g}", known[one.indicator].name if one.indicator else "not known")
        for one in survey.rows
    ]  # fmt: skip
    notes = ["Counted: means with 95% intervals, rounded so that nobody's answer can be worked out; groups of five or "
             "more only."]  # fmt: skip
    if survey.withheld:
        notes.append(f"{survey.withheld} more are withheld: two sources together would tell of fewer than five.")
    return rows, notes


def agreement_rows(study: Study) -> Rows:
    """Return rows and notes of the table of agreed times.

    Raises
    ------
    StudyError
        LW-ST-024: study.yaml names none, or there is no log.
    """
    if not study.file.agreements or not evidence.has_log(study.store):
        found = "none" if not study.file.agreements else "no log they could be held against"
        raise StudyError(
            Fault("LW-ST-024", str(study.config), "agreements, and a log", found,
                  "add `agreements:` to study.yaml, as the how-to on signals shows, and ingest a log")
        )  # fmt: skip
    log = log_of(study)
    clocks = evidence.agreement_clocks(log)
    rows, notes = [], []
    for number, one in enumerate(study.file.agreements):
        clock = clocks[one.measures]
        own = clock.which == number
        if not own.any():
            notes.append(f"{one.id}: no item has such a priority and category, or an agreement before it holds for it.")
            continue
        late, stopped = clock.late & own, clock.stopped & own
        rows.append((
            one.id, one.measures, duration_text(one.within_h), one.calendar or "always", int(own.sum()),
            _share(late.sum() / own.sum()), _time(float(np.median(clock.elapsed_h[own]))),
            _time(float(np.quantile(clock.elapsed_h[own], 0.9))), _time(float(np.mean(clock.paused_h[own]))),
            int((own & ~stopped).sum()),
        ))  # fmt: skip
    return rows, [*notes, "Hours on the clock of the agreement: open hours of its calendar, less its pauses."]


def _organisation(study: Study) -> evidence.Organisation:
    """The organisation, which must be there."""
    given = evidence.read_organisation(study.store) if study.store.is_file() else None
    if given is None:
        _need(study, "organisation")
    assert given is not None
    return given


def _need(study: Study, kind: str) -> None:
    """Refuse where nothing of a kind was brought."""
    if not any(record.kind == kind for record in evidence.signal_records(study.store)):
        raise StudyError(
            Fault("LW-ST-023", str(study.path), f"{kind} that were brought", "none",
                  f"bring them: `longwall ingest {study.path.name} FILE`")
        )  # fmt: skip


def _share(value: float) -> str:
    return "" if np.isnan(value) else share_text(float(value))


def _time(hours: float) -> str:
    return "" if np.isnan(hours) else duration_text(float(hours))
