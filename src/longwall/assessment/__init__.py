"""What is misaligned? Variances, what they lead to and where they are controlled; takeover; handovers; load.

Works from people's judgement (the model alone), from evidence (a log and its variance events), or from both. It says
nothing about persons, and proposes no design: suggestions name kinds of change and what they would touch.
"""

from longwall.assessment.assess import assess
from longwall.assessment.boundaries.evidence_counts import Counts, Move
from longwall.assessment.boundaries.graph import Graph, GraphLink, GraphNode, graph_of
from longwall.assessment.boundaries.graph_text import GRAPH_FORMATS
from longwall.assessment.boundaries.result import (
    Boundaries,
    Boundary,
    Crossings,
    Demand,
    Exported,
    Passage,
    Spanner,
    Support,
)
from longwall.assessment.boundaries.support import support_of
from longwall.assessment.classes.checklist import (
    Answers,
    AxisRating,
    Rating,
    blank_checklist,
    questions,
    rate,
    read_checklist,
)
from longwall.assessment.classes.classification import classify
from longwall.assessment.classes.contexts import ReferenceContext, reference_contexts
from longwall.assessment.classes.perturbation import OutageEffect, Perturbation, perturb
from longwall.assessment.classes.profile import RISKS, Dominant, Profile, Risk
from longwall.assessment.classes.risks import profile_of
from longwall.assessment.classes.structure import Structure
from longwall.assessment.control.gaps import gaps_of
from longwall.assessment.control.gaps_result import Controller, Gap, Level, VarianceGaps
from longwall.assessment.control.prevalence import DetectorRow, Fate, detector_rows
from longwall.assessment.drivers.drivers import drivers_of
from longwall.assessment.drivers.procedure import RULE_KINDS, Rule, load_procedure, procedure_of
from longwall.assessment.drivers.rows import DRIVERS, DriverRow, Drivers, claimed, strength
from longwall.assessment.environment.conflict import contradiction, refusing_all, smallest_conflict
from longwall.assessment.environment.constraints import Breach, ConstraintState, breaches, states_of, what_it_says
from longwall.assessment.environment.controls import (
    KnownControl,
    Selected,
    Selection,
    known_controls,
    proposed,
    resolve_controls,
)
from longwall.assessment.environment.forces import (
    ForceEffect,
    ForceOutcome,
    Forces,
    forces_of,
    known_forces,
    under,
    under_forces,
)
from longwall.assessment.environment.oscal import OscalDocument, read_oscal
from longwall.assessment.environment.ways import avoiding
from longwall.assessment.flow import Flow, flow_of
from longwall.assessment.load import Load, human_work_h, offered_load
from longwall.assessment.matrix.algebra import Net, Range, Solution, key_set, runaway_sets, solve
from longwall.assessment.matrix.judgement_result import VERDICTS, CellComparison, Elicited, ExpertView
from longwall.assessment.matrix.lift import Lift
from longwall.assessment.matrix.opinions import GRADES, Expert, Opinion, read_experts
from longwall.assessment.matrix.pooling import PooledCell, Said, pooled
from longwall.assessment.matrix.propagation import Learned, Occurrences, learn
from longwall.assessment.matrix.robustness import Membership, membership
from longwall.assessment.results import (
    Assessment,
    AutomationLevel,
    Classification,
    ControlRow,
    Edge,
    Index,
    IndexPart,
    Loss,
    Membership3,
    OriginShare,
    VarianceMatrix,
    VarianceRow,
)
from longwall.assessment.steps.known import Known
from longwall.assessment.steps.ordering import Change, changes_of
from longwall.assessment.steps.redesign import Candidate, candidates_of
from longwall.assessment.steps.result import (
    STEPS,
    Artefact,
    Need,
    Order,
    SignOff,
    Standing,
    StepName,
    StepState,
    StepsWritten,
    StepWords,
)
from longwall.assessment.steps.steps import steps_of
from longwall.assessment.thresholds import Threshold, Thresholds, load_thresholds
from longwall.assessment.trade_offs.results import (
    Bend,
    Outcome,
    OutcomeAt,
    RestsOn,
    Setting,
    Tension,
    Tensions,
)
from longwall.assessment.trade_offs.tensions import tensions
from longwall.assessment.trade_offs.words import level_text

__all__ = [
    "DRIVERS",
    "GRADES",
    "GRAPH_FORMATS",
    "RISKS",
    "RULE_KINDS",
    "STEPS",
    "VERDICTS",
    "Answers",
    "Artefact",
    "Assessment",
    "AutomationLevel",
    "AxisRating",
    "Bend",
    "Boundaries",
    "Boundary",
    "Breach",
    "Candidate",
    "CellComparison",
    "Change",
    "Classification",
    "ConstraintState",
    "ControlRow",
    "Controller",
    "Counts",
    "Crossings",
    "Demand",
    "DetectorRow",
    "Dominant",
    "DriverRow",
    "Drivers",
    "Edge",
    "Elicited",
    "Expert",
    "ExpertView",
    "Exported",
    "Fate",
    "Flow",
    "ForceEffect",
    "ForceOutcome",
    "Forces",
    "Gap",
    "Graph",
    "GraphLink",
    "GraphNode",
    "Index",
    "IndexPart",
    "Known",
    "KnownControl",
    "Learned",
    "Level",
    "Lift",
    "Load",
    "Loss",
    "Membership",
    "Membership3",
    "Move",
    "Need",
    "Net",
    "Occurrences",
    "Opinion",
    "Order",
    "OriginShare",
    "OscalDocument",
    "OutageEffect",
    "Outcome",
    "OutcomeAt",
    "Passage",
    "Perturbation",
    "PooledCell",
    "Profile",
    "Range",
    "Rating",
    "ReferenceContext",
    "RestsOn",
    "Risk",
    "Rule",
    "Said",
    "Selected",
    "Selection",
    "Setting",
    "SignOff",
    "Solution",
    "Spanner",
    "Standing",
    "StepName",
    "StepState",
    "StepWords",
    "StepsWritten",
    "Structure",
    "Support",
    "Tension",
    "Tensions",
    "Threshold",
    "Thresholds",
    "VarianceGaps",
    "VarianceMatrix",
    "VarianceRow",
    "assess",
    "avoiding",
    "blank_checklist",
    "breaches",
    "candidates_of",
    "changes_of",
    "claimed",
    "classify",
    "contradiction",
    "detector_rows",
    "drivers_of",
    "flow_of",
    "forces_of",
    "gaps_of",
    "graph_of",
    "human_work_h",
    "key_set",
    "known_controls",
    "known_forces",
    "learn",
    "level_text",
    "load_procedure",
    "load_thresholds",
    "membership",
    "offered_load",
    "perturb",
    "pooled",
    "procedure_of",
    "profile_of",
    "proposed",
    "questions",
    "rate",
    "read_checklist",
    "read_experts",
    "read_oscal",
    "reference_contexts",
    "refusing_all",
    "resolve_controls",
    "runaway_sets",
    "smallest_conflict",
    "solve",
    "states_of",
    "steps_of",
    "strength",
    "support_of",
    "tensions",
    "under",
    "under_forces",
    "what_it_says",
]
