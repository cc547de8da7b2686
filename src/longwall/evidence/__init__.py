"""What was observed? Logs of any common format into one store, and out of it as arrays without names.

This package reads event logs and ticket exports, judges and maps their columns, rejects bad rows with a reason, turns
people into keyed pseudonyms, and answers counting questions. It has no opinion on what the evidence means.
"""

from __future__ import annotations

from longwall.evidence.ingest import Progress, guess_mapping, ingest
from longwall.evidence.log import CaseAttribute, Log, read_log
from longwall.evidence.mapping import Mapping, MappingGuess
from longwall.evidence.observed import CAPABILITIES, Fact, Gap, Observed, QualityFinding, observed
from longwall.evidence.privacy import MIN_GROUP, Published, load_key, pseudonym, publishable_groups
from longwall.evidence.probe import Limits

__all__ = [
    "CAPABILITIES",
    "MIN_GROUP",
    "CaseAttribute",
    "Fact",
    "Gap",
    "Limits",
    "Log",
    "Mapping",
    "MappingGuess",
    "Observed",
    "Progress",
    "Published",
    "QualityFinding",
    "guess_mapping",
    "ingest",
    "load_key",
    "observed",
    "pseudonym",
    "publishable_groups",
    "read_log",
]
