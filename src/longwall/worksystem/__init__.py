"""What is the joint system? Four layers, allocation of functions, variances, indicators, constraints; the seven nouns.

Here are the values that every other package speaks in, their YAML with line numbers, patches and differences. No
file but its own YAML, no computing.
"""

from longwall.worksystem.checks import Problem, check_system, sound
from longwall.worksystem.demand import Alerts, DemandClass, Reopening, Surge
from longwall.worksystem.designs import Design, Intervention, Patch
from longwall.worksystem.differences import Difference, differences, patches_of
from longwall.worksystem.environment import Constraint, Environment, Force
from longwall.worksystem.findings import MARGINAL, TRAINING, Evidence, EvidenceRows, Finding, Response, Suggestion
from longwall.worksystem.forecasts import Forecast, IndicatorForecast, Lesson
from longwall.worksystem.merging import Conflict, Merged, merge, still_open, value_at, with_value
from longwall.worksystem.numbers import Number, numbers_in, put_number
from longwall.worksystem.patches import apply, design_of, patched, realised
from longwall.worksystem.schema import json_schema, write_schema
from longwall.worksystem.sentences import in_words
from longwall.worksystem.social import Link, Practice, Role, Shift, Social, Team, people_by_hour
from longwall.worksystem.system import Assumption, Column, Indicator, WorkSystem
from longwall.worksystem.technical import Component, Safeguards, Technical
from longwall.worksystem.values import Distribution, Estimate, Footing, Id, Layer, Parameter, Piece, Tag
from longwall.worksystem.variances import Control, Detection, HumanError, Severity, Variance
from longwall.worksystem.week import week_spans_h
from longwall.worksystem.workdesign import Allocation, Decision, Fork, Function, Route, WorkDesign
from longwall.worksystem.yamlfile import (
    Interventions,
    dump_piece,
    parse_piece,
    parse_system,
    read_design,
    read_interventions,
    read_piece,
    read_system,
    write_design,
    write_interventions,
    write_piece,
    write_system,
)

__all__ = [
    "MARGINAL",
    "TRAINING",
    "Alerts",
    "Allocation",
    "Assumption",
    "Column",
    "Component",
    "Conflict",
    "Constraint",
    "Control",
    "Decision",
    "DemandClass",
    "Design",
    "Detection",
    "Difference",
    "Distribution",
    "Environment",
    "Estimate",
    "Evidence",
    "EvidenceRows",
    "Finding",
    "Footing",
    "Force",
    "Forecast",
    "Fork",
    "Function",
    "HumanError",
    "Id",
    "Indicator",
    "IndicatorForecast",
    "Intervention",
    "Interventions",
    "Layer",
    "Lesson",
    "Link",
    "Merged",
    "Number",
    "Parameter",
    "Patch",
    "Piece",
    "Practice",
    "Problem",
    "Reopening",
    "Response",
    "Role",
    "Route",
    "Safeguards",
    "Severity",
    "Shift",
    "Social",
    "Suggestion",
    "Surge",
    "Tag",
    "Team",
    "Technical",
    "Variance",
    "WorkDesign",
    "WorkSystem",
    "apply",
    "check_system",
    "design_of",
    "differences",
    "dump_piece",
    "in_words",
    "json_schema",
    "merge",
    "numbers_in",
    "parse_piece",
    "parse_system",
    "patched",
    "patches_of",
    "people_by_hour",
    "put_number",
    "read_design",
    "read_interventions",
    "read_piece",
    "read_system",
    "realised",
    "sound",
    "still_open",
    "value_at",
    "week_spans_h",
    "with_value",
    "write_design",
    "write_interventions",
    "write_piece",
    "write_schema",
    "write_system",
]
