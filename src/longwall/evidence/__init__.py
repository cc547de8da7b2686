"""What was observed? Logs of any common format into one store, and out of it as arrays without names.

This package reads event logs and ticket exports, alerts, the organisation, indicators and surveys, judges and maps
their columns, rejects bad rows with a reason, turns people into keyed pseudonyms, and answers counting questions. It
has no opinion on what the evidence means.
"""

from __future__ import annotations

from longwall.evidence.agreements import Agreement, AgreementClock, agreement_clock, agreement_clocks
from longwall.evidence.alert_sources import DISPOSITIONS, ingest_alerts, names_in_alerts
from longwall.evidence.alerts import AlertCounts, Alerts, ResponderLoad, alert_counts, read_alerts, responder_load
from longwall.evidence.business import Calendar, OpenTime, open_time
from longwall.evidence.durations import Durations, DurationTable, business_h, durations, hold_states
from longwall.evidence.export import as_frame, write_log
from longwall.evidence.forget import forget, knows_person, names_person
from longwall.evidence.forgotten import LIST_NAME, add_forgotten
from longwall.evidence.indicators import (
    Indicators,
    IndicatorSeries,
    ingest_indicators,
    ingest_query,
    log_span,
    read_indicators,
)
from longwall.evidence.ingest import append, gather, ingest
from longwall.evidence.log import CaseAttribute, Log, ValueHistory, read_log
from longwall.evidence.mapping import Mapping, MappingGuess
from longwall.evidence.mentions import Mentions
from longwall.evidence.objects import Links, read_links
from longwall.evidence.observed import CAPABILITIES, Fact, FileSeen, Gap, Observed, QualityFinding, observed
from longwall.evidence.organisation import (
    LINKS,
    Organisation,
    SystemComponent,
    TeamHours,
    read_organisation,
    team_hours,
)
from longwall.evidence.organisation_sources import ingest_organisation, names_in_staff
from longwall.evidence.people_names import pseudonyms_of
from longwall.evidence.piece import Progress, guess_mapping, names_in
from longwall.evidence.privacy import MIN_GROUP, Published, hidden_of, load_key, pseudonym, publishable_groups
from longwall.evidence.probe import Limits
from longwall.evidence.prometheus import Patience, RangeQuery
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
from longwall.evidence.recognise import SignalKind, recognise
from longwall.evidence.retention import drop_files
from longwall.evidence.shareable import shareable
from longwall.evidence.signal_layout import AlertLayout, IndicatorLayout, StaffLayout, SurveyLayout
from longwall.evidence.signal_store import (
    SignalRecord,
    carry_signals,
    drop_signals,
    has_log,
    signal_records,
)
from longwall.evidence.signal_table import guess_layout
from longwall.evidence.survey import Survey, SurveyRow, has_survey, ingest_survey, read_survey
from longwall.evidence.survey_items import SocialIndicator, own_items, social_indicators
from longwall.evidence.survey_levels import SocialLevel, social_levels

__all__ = [
    "CAPABILITIES",
    "DISPOSITIONS",
    "LINKS",
    "LIST_NAME",
    "MIN_GROUP",
    "ActiveWork",
    "Agreement",
    "AgreementClock",
    "AlertCounts",
    "AlertLayout",
    "Alerts",
    "Calendar",
    "CaseAttribute",
    "DirectlyFollows",
    "DurationTable",
    "Durations",
    "Fact",
    "FileSeen",
    "Gap",
    "Handovers",
    "IndicatorLayout",
    "IndicatorSeries",
    "Indicators",
    "Limits",
    "Links",
    "Log",
    "Mapping",
    "MappingGuess",
    "Mentions",
    "Observed",
    "OpenTime",
    "Organisation",
    "Patience",
    "Progress",
    "Published",
    "QualityFinding",
    "RangeQuery",
    "ResponderLoad",
    "SignalKind",
    "SignalRecord",
    "SocialIndicator",
    "SocialLevel",
    "StaffLayout",
    "Survey",
    "SurveyLayout",
    "SurveyRow",
    "SystemComponent",
    "TeamHours",
    "ValueHistory",
    "Variants",
    "active_work",
    "add_forgotten",
    "agreement_clock",
    "agreement_clocks",
    "alert_counts",
    "append",
    "as_frame",
    "business_h",
    "carry_signals",
    "directly_follows",
    "drop_files",
    "drop_signals",
    "durations",
    "forget",
    "gather",
    "guess_layout",
    "guess_mapping",
    "handovers",
    "has_log",
    "has_survey",
    "hidden_of",
    "hold_states",
    "ingest",
    "ingest_alerts",
    "ingest_indicators",
    "ingest_organisation",
    "ingest_query",
    "ingest_survey",
    "knows_person",
    "load_key",
    "log_span",
    "names_in",
    "names_in_alerts",
    "names_in_staff",
    "names_person",
    "observed",
    "open_time",
    "own_items",
    "pseudonym",
    "pseudonyms_of",
    "publishable_groups",
    "read_alerts",
    "read_indicators",
    "read_links",
    "read_log",
    "read_organisation",
    "read_survey",
    "recognise",
    "responder_load",
    "shareable",
    "signal_records",
    "social_indicators",
    "social_levels",
    "team_hours",
    "transition_counts",
    "variants",
    "write_log",
]
