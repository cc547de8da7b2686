"""What does the user want done? One function per intention; opens the study, joins evidence to simulation.

It owns the study folder, the order of the steps and what is up to date. It has no method of its own: what is computed
is computed below.
"""

from longwall.study.answering import Responses, respond, responses_of
from longwall.study.asking import ask, asked_table
from longwall.study.automating import automate_step
from longwall.study.checking import check
from longwall.study.comparing import Compared, compare_log
from longwall.study.concluding import Concluded, answer_file, conclude
from longwall.study.constraining import Bound, bring_constraints
from longwall.study.deciding import Decided, decide
from longwall.study.experimenting import Simulated, forecast_tables, scenario_files, simulate_files
from longwall.study.exporting import export_graph, export_log
from longwall.study.folder import Consultation, Source, Study, StudyFile
from longwall.study.forecasting import LogsWritten, Period, forecast_logs
from longwall.study.forgetting import Forgotten, forget
from longwall.study.inquiring import Drafted, keep_answers, opened_or_made, redraft, summary_of, write_form
from longwall.study.loop import (
    STEP_NAMES,
    assessed_if_possible,
    ingest_file,
    renew_report,
    retain,
    run,
    run_asked,
    run_one,
)
from longwall.study.merging import Conflicts, conflicts_of, resolve
from longwall.study.planning import write_terms
from longwall.study.privacy import draft_privacy
from longwall.study.reporting import material_of
from longwall.study.reskilling import reskill_step
from longwall.study.retaining import Retained
from longwall.study.showing import SHOWN, show
from longwall.study.showing_classes import write_checklist
from longwall.study.shown import Shown
from longwall.study.starting import example, new_from_template, schema, templates, warm
from longwall.study.step import Outcome, Progress, Step
from longwall.study.stepping import sign_off, step_named, steps_of_study, steps_written, withdraw, write_into
from longwall.study.telling import answers_of

__all__ = [
    "SHOWN",
    "STEP_NAMES",
    "Bound",
    "Compared",
    "Concluded",
    "Conflicts",
    "Consultation",
    "Decided",
    "Drafted",
    "Forgotten",
    "LogsWritten",
    "Outcome",
    "Period",
    "Progress",
    "Responses",
    "Retained",
    "Shown",
    "Simulated",
    "Source",
    "Step",
    "Study",
    "StudyFile",
    "answer_file",
    "answers_of",
    "ask",
    "asked_table",
    "assessed_if_possible",
    "automate_step",
    "bring_constraints",
    "check",
    "compare_log",
    "conclude",
    "conflicts_of",
    "decide",
    "draft_privacy",
    "example",
    "export_graph",
    "export_log",
    "forecast_logs",
    "forecast_tables",
    "forget",
    "ingest_file",
    "keep_answers",
    "material_of",
    "new_from_template",
    "opened_or_made",
    "redraft",
    "renew_report",
    "reskill_step",
    "resolve",
    "respond",
    "responses_of",
    "retain",
    "run",
    "run_asked",
    "run_one",
    "scenario_files",
    "schema",
    "show",
    "sign_off",
    "simulate_files",
    "step_named",
    "steps_of_study",
    "steps_written",
    "summary_of",
    "templates",
    "warm",
    "withdraw",
    "write_checklist",
    "write_form",
    "write_into",
    "write_terms",
]
