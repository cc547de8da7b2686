"""What is the joint system? Four layers, allocation of functions, variances, indicators, constraints; the seven nouns.

Here are the values that every other package speaks in, their YAML with line numbers, patches and differences. No
file but its own YAML, no computing.
"""

from longwall.worksystem.designs import Design, Intervention, Patch
from longwall.worksystem.environment import Constraint, Environment, Force
from longwall.worksystem.findings import Evidence, EvidenceRows, Finding, Response, Suggestion
from longwall.worksystem.forecasts import Forecast, IndicatorForecast, Lesson
from longwall.worksystem.social import Link, Role, Shift, Social, Team, people_by_hour, week_spans_h
from longwall.worksystem.system import Assumption, Column, Indicator, WorkSystem
from longwall.worksystem.technical import Component, Technical
from longwall.worksystem.values import Distribution, Estimate, Footing, Id, Layer, Parameter, Piece, Tag
from longwall.worksystem.variances import Control, Detection, Severity, Variance
from longwall.worksystem.workdesign import Allocation, Decision, DemandClass, Function, Route, WorkDesign

__all__ = [
    "Allocation",
    "Assumption",
    "Column",
    "Component",
    "Constraint",
    "Control",
    "Decision",
    "DemandClass",
    "Design",
    "Detection",
    "Distribution",
    "Environment",
    "Estimate",
    "Evidence",
    "EvidenceRows",
    "Finding",
    "Footing",
    "Force",
    "Forecast",
    "Function",
    "Id",
    "Indicator",
    "IndicatorForecast",
    "Intervention",
    "Layer",
    "Lesson",
    "Link",
    "Parameter",
    "Patch",
    "Piece",
    "Response",
    "Role",
    "Route",
    "Severity",
    "Shift",
    "Social",
    "Suggestion",
    "Tag",
    "Team",
    "Technical",
    "Variance",
    "WorkDesign",
    "WorkSystem",
    "people_by_hour",
    "week_spans_h",
]
