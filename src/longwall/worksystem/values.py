"""Values that say how far to trust them: parameters that go in, estimates that come out, distributions of times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from longwall.units import duration_h

__all__ = ["Distribution", "Estimate", "Footing", "Id", "Layer", "Parameter", "Piece", "Tag"]

Footing = Literal["counted", "fitted", "assumed"]
"""*counted*: it is in the log; *fitted*: a model, tested on unseen weeks; *assumed*: a prior or a judgement."""

Tag = Literal["R", "K", "K?", "C", "M"]
"""R read in the source named; K known literature; K? doubtful; C computed; M modelling choice."""

Layer = Literal["technical", "social", "work", "environment"]

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=200)]
"""Lower-case letters, digits, ``_ - .``; starts with a letter or digit."""


class Piece(BaseModel):
    """Base of every value of the model: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with other values for some fields; what was computed from the old ones is left behind.

        Parameters
        ----------
        update : mapping of str to any, optional
            Fields and their new values, which are not validated.
        deep : bool
            Copy what the fields hold, too.
        """
        copied = super().model_copy(update=update, deep=deep)
        for cached in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[cached]
        return copied


class Parameter(Piece):
    """A number that goes into the model, with its footing, evidence tag and source.

    A bare number in YAML is a parameter that is *assumed*.

    Parameters
    ----------
    value : float
        In the unit that the field's name or `unit` states.
    low, high : float, optional
        95% interval, or the range a person thinks plausible.
    """

    value: float
    low: float | None = None
    high: float | None = None
    unit: str = ""
    footing: Footing = "assumed"
    tag: Tag = "M"
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: Any) -> Any:
        """Take a bare number, or a duration with its unit, as the value."""
        if isinstance(data, bool):
            return data
        if isinstance(data, int | float):
            return {"value": float(data)}
        if isinstance(data, str):
            return {"value": duration_h(data)}
        if isinstance(data, dict):
            return {key: _hours(entry) if key in ("value", "low", "high") else entry for key, entry in data.items()}
        return data

    @model_validator(mode="after")
    def _ordered(self) -> Parameter:
        if self.low is not None and self.low > self.value:
            raise ValueError(f"expected low at most the value {self.value}, found {self.low}")
        if self.high is not None and self.high < self.value:
            raise ValueError(f"expected high at least the value {self.value}, found {self.high}")
        return self


class Distribution(Piece):
    """A distribution of hours, with its footing, evidence tag and source.

    Shapes: ``fixed``, ``exponential``, ``lognormal`` (mean and coefficient of variation), ``empirical`` (inverse
    distribution function at equally spaced probabilities, from the smallest to the largest value, linear between).
    A bare number in YAML is an exponential with that mean; ``"15 min"`` as well.
    """

    shape: Literal["fixed", "exponential", "lognormal", "empirical"] = "exponential"
    mean_h: float = Field(ge=0)
    cv: float = Field(default=1.0, ge=0, le=50)
    quantiles_h: tuple[float, ...] = ()
    low_h: float | None = Field(default=None, ge=0, description="95% interval of the mean, lower end")
    high_h: float | None = Field(default=None, ge=0, description="95% interval of the mean, upper end")
    footing: Footing = "assumed"
    tag: Tag = "M"
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: Any) -> Any:
        """Take a bare number or duration as the mean; let the quantiles of an empirical one give the mean."""
        if isinstance(data, bool):
            return data
        if isinstance(data, int | float | str):
            return {"mean_h": duration_h(data)}
        if isinstance(data, dict):
            hours = ("mean_h", "low_h", "high_h")
            data = {key: _hours(entry) if key in hours else entry for key, entry in data.items()}
            points = data.get("quantiles_h")
            numbers = isinstance(points, list | tuple) and all(isinstance(point, int | float) for point in points)
            if numbers and len(points) > 1 and "mean_h" not in data:
                data["mean_h"] = _mean_of_quantiles(tuple(float(point) for point in points))
        return data

    @model_validator(mode="after")
    def _sound(self) -> Distribution:
        if self.shape == "empirical" and len(self.quantiles_h) < 2:
            raise ValueError(
                f"expected at least two quantiles_h in an empirical distribution, found {len(self.quantiles_h)}"
            )
        if any(later < earlier for earlier, later in zip(self.quantiles_h, self.quantiles_h[1:], strict=False)):
            raise ValueError("expected quantiles_h from the smallest to the largest, found one that falls")
        if self.quantiles_h and self.quantiles_h[0] < 0:
            raise ValueError(f"expected quantiles_h of 0 h or more, found {self.quantiles_h[0]}")
        return self

    def times(self, factor: float) -> Distribution:
        """Return the same shape with every duration multiplied by `factor` (> 0)."""
        return self.model_copy(
            update={
                "mean_h": self.mean_h * factor,
                "quantiles_h": tuple(point * factor for point in self.quantiles_h),
                "low_h": None if self.low_h is None else self.low_h * factor,
                "high_h": None if self.high_h is None else self.high_h * factor,
            }
        )


class Estimate(Piece):
    """A number that comes out: with its 95% interval, unit and footing.

    A counted number is exact: its interval is the number itself.
    """

    value: float
    low: float
    high: float
    unit: str = ""
    footing: Footing

    @model_validator(mode="after")
    def _ordered(self) -> Estimate:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"expected low <= value <= high, found {self.low}, {self.value}, {self.high}")
        return self

    @classmethod
    def counted(cls, value: float, unit: str = "") -> Estimate:
        """Return an exact count or a quotient of exact counts."""
        return cls(value=value, low=value, high=value, unit=unit, footing="counted")


def _hours(entry: Any) -> Any:
    """Hours where a duration stands with its unit, else the entry as it is."""
    return duration_h(entry) if isinstance(entry, str) else entry


def _mean_of_quantiles(points: tuple[float, ...]) -> float:
    """Mean of a piecewise linear inverse distribution function at equally spaced probabilities."""
    inner = sum(points[1:-1])
    return (inner + (points[0] + points[-1]) / 2) / (len(points) - 1)
