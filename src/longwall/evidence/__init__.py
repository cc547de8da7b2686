"""What was observed? Logs of any common format into one store, and out of it as arrays without names.

This package reads event logs and ticket exports, judges and maps their columns, rejects bad rows with a reason, turns
people into keyed pseudonyms, and answers counting questions. It has no opinion on what the evidence means.
"""

from __future__ import annotations

from longwall.evidence.durations import Durations, DurationTable, business_h, durations, hold_states
from longwall.evidence.export import as_frame, write_log
from longwall.evidence.forget import forget, knows_person
from longwall.evidence.forgotten import LIST_NAME, add_forgotten
from longwall.evidence.ingest import append, gather, ingest
from longwall.evidence.log import CaseAttribute, Log, read_log
from longwall.evidence.mapping import Mapping, MappingGuess
from longwall.evidence.mentions import Mentions
from longwall.evidence.observed import CAPABILITIES, Fact, FileSeen, Gap, Observed, QualityFinding, observed
from longwall.evidence.piece import Progress, guess_mapping, names_in
from longwall.evidence.privacy import MIN_GROUP, Published, hidden_of, load_key, pseudonym, publishable_groups
from longwall.evidence.probe import Limits
from longwall.evidence.queries import (
    ActiveWork,
    DirectlyFollows,
    Handovers,
    Variants,
    active_work,
    directly_follows,
    handovers,
    transition_counts,
    variants,
)
from longwall.evidence.shareable import shareable

__all__ = [
    "CAPABILITIES",
    "LIST_NAME",
    "MIN_GROUP",
    "ActiveWork",
    "CaseAttribute",
    "DirectlyFollows",
    "DurationTable",
    "Durations",
    "Fact",
    "FileSeen",
    "Gap",
    "Handovers",
    "Limits",
    "Log",
    "Mapping",
    "MappingGuess",
    "Mentions",
    "Observed",
    "Progress",
    "Published",
    "QualityFinding",
    "Variants",
    "active_work",
    "add_forgotten",
    "append",
    "as_frame",
    "business_h",
    "directly_follows",
    "durations",
    "forget",
    "gather",
    "guess_mapping",
    "handovers",
    "hidden_of",
    "hold_states",
    "ingest",
    "knows_person",
    "load_key",
    "names_in",
    "observed",
    "pseudonym",
    "publishable_groups",
    "read_log",
    "shareable",
    "transition_counts",
    "variants",
    "write_log",
]
