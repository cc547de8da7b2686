"""The recommended design beside the one-sided ones, in one shape for page one, the designs and the figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from longwall.report.indicators import in_columns, name_of, speaks
from longwall.report.numbers import amount_text, weakest
from longwall.worksystem import Column, Design, Footing, Forecast, IndicatorForecast, Intervention, WorkSystem

if TYPE_CHECKING:
    from longwall.alignment import Alignment, Change, Range, Verdict

__all__ = ["Choice", "Move", "Option"]

_LEFT_OPEN = (
    ("the rota", ("social.roles.", ".shifts")),
    ("who does what inside a team", ("work.functions.", ".roles")),
    ("the order in which work is taken", ("work.functions.", ".rule")),
    ("tools", ("technical.components.", "")),
    ("how each step is done", ("work.functions.", ".work_h")),
)


@dataclass(frozen=True)
class Move:
    """One indicator now and expected.

    Parameters
    ----------
    now, expected : IndicatorForecast
        From the same fresh runs.
    difference : Change, optional
        Paired, under common luck.
    """

    now: IndicatorForecast
    expected: IndicatorForecast
    difference: Change | None

    @property
    def footing(self) -> Footing:
        """The weaker of both footings."""
        return weakest(self.now.estimate.footing, self.expected.estimate.footing)

    @property
    def verdict(self) -> Literal["better", "worse", "unclear"]:
        """Whether the change is beyond noise and more than slight, and which way."""
        if self.difference is None or self.difference.better is None or self.difference.slight:
            return "unclear"
        return "better" if self.difference.better else "worse"


@dataclass(frozen=True)
class Option:
    """One design with what is expected of it.

    Parameters
    ----------
    design : Design
    forecast : Forecast
        From fresh runs.
    interventions : tuple of Intervention
        In the order of their patches.
    ranges : dict of str to Range
        How far each indicator moves over draws of everything assumed; empty where none were made.
    """

    design: Design
    forecast: Forecast
    interventions: tuple[Intervention, ...]
    today: Forecast
    differences: dict[tuple[str, str], Change]
    ranges: dict[str, Range]

    def moves(self, column: Column) -> list[Move]:
        """Return the indicators of one side now and expected, the leading ones first."""
        found = []
        for now in in_columns(self.today, column):
            expected = self.forecast.of(now.id, now.scope)
            if expected is not None and (speaks(now) or speaks(expected)):
                found.append(Move(now, self._spread(now, expected), self.differences.get((now.id, now.scope))))
        return found

    def _spread(self, now: IndicatorForecast, expected: IndicatorForecast) -> IndicatorForecast:
        """Let the interval span what is assumed about the change, where the model of today is fitted.

        The number is then the fitted model's with the change, and its interval holds luck and assumptions both.
        """
        span = self.ranges.get(now.id)
        if span is None or now.scope != "organisation" or now.estimate.footing == "assumed":
            return expected
        found, base = expected.estimate, now.estimate.value
        low, high = max(min(found.low, base + span.low), 0.0), max(found.high, base + span.high)
        wide = found.model_copy(update={"low": low, "high": high, "footing": "fitted"})
        return expected.model_copy(update={"estimate": wide})


@dataclass(frozen=True)
class Choice:
    """What the search came to.

    Parameters
    ----------
    alignment : Alignment
    """

    alignment: Alignment

    @cached_property
    def today(self) -> Forecast:
        """Today's system from the same fresh runs as the designs."""
        return self.alignment.forecasts[0]

    @cached_property
    def options(self) -> dict[str, Option]:
        """Every confirmed design that was forecast, by id."""
        forecasts = {forecast.design: forecast for forecast in self.alignment.forecasts}
        effects = {effect.id: effect for effect in self.alignment.differences}
        ranges = {one.design: {span.indicator: span for span in one.ranges} for one in self.alignment.verdicts}
        return {
            design.id: Option(
                design,
                forecasts[design.id],
                self.alignment.chosen(design.id),
                self.today,
                {(d.indicator, d.scope): d for d in effects[design.id].differences} if design.id in effects else {},
                ranges.get(design.id, {}),
            )
            for design in self.alignment.designs
            if design.id in forecasts
        }

    @property
    def joint(self) -> Option | None:
        """The recommended design; None where nothing beats today beyond noise."""
        return self.options.get(self.alignment.recommended)

    @property
    def technical_only(self) -> Option | None:
        """The best design for the technical side alone."""
        return self.options.get(self.alignment.optima.technical_only)

    @property
    def social_only(self) -> Option | None:
        """The best design for the social side alone."""
        return self.options.get(self.alignment.optima.social_only)

    def sibling(self, option: Option) -> Option | None:
        """Return the design that strengthens people where this one gives them up; None where it gives nobody up."""
        return self.options.get(self.alignment.siblings.get(option.design.id, ""))

    @property
    def verdict(self) -> Verdict | None:
        """How sure the recommended design is."""
        return next((v for v in self.alignment.verdicts if v.design == self.alignment.recommended), None)

    @property
    def reached(self) -> bool:
        """Whether the recommendation keeps its sign often enough to be one; else it is worth a pilot."""
        return self.verdict is not None and self.verdict.verdict == "recommended"

    @property
    def verdict_text(self) -> str:
        """How sure the recommended design is, in words."""
        verdict = self.verdict
        if verdict is None:
            return "How sure the recommended design is over everything assumed was not drawn: it is worth a pilot."
        names = [name_of(name) for name in (verdict.technical, verdict.social) if name]
        share = amount_text(verdict.share, "share")
        if not names:
            return f"The recommended design improves nothing beyond noise: {verdict.verdict}."
        what = f"“{names[0]}” keeps" if len(names) == 1 else f"“{names[0]}” and “{names[1]}” keep"
        return (
            f"In {share} of {verdict.draws} draws over everything assumed {what} improving; 90% are needed for a "
            f"recommendation: {verdict.verdict}."
        )

    @cached_property
    def not_yet(self) -> list[Intervention]:
        """Candidates that the recommended design leaves out.

        Those of the one-sided optima come first, then one of each kind for the findings that are not answered.
        """
        joint = self.joint
        own = {step.id for step in joint.interventions} if joint is not None else set()
        one_sided = [
            step for option in (self.technical_only, self.social_only) if option for step in option.interventions
        ]
        answered = {finding for step in (joint.interventions if joint is not None else ()) for finding in step.answers}
        open_: dict[str, Intervention] = {}
        for step in self.alignment.interventions:
            if not answered.issuperset(step.answers):
                open_.setdefault(step.lever, step)
        found: dict[str, Intervention] = {}
        for step in (*one_sided, *open_.values(), *self.alignment.interventions):
            if step.id not in own:
                found.setdefault(step.id, step)
        return list(found.values())

    def left_open(self, system: WorkSystem | None) -> list[str]:
        """Return what no change of the recommended design touches and the team may settle itself."""
        joint = self.joint
        if joint is None:
            return []
        paths = [patch.path for step in joint.interventions for patch in step.patches]
        fixed = [path for entry in system.environment.constraints for path in entry.fixed] if system is not None else []
        open_ = []
        for name, (begin, part) in _LEFT_OPEN:
            if not any(path.startswith(begin) and part in path for path in (*paths, *fixed)):
                open_.append(name)
        return open_
