"""Did it do what was forecast, and which assumption broke?

Forecasts and plans are kept as promises with their dates; what happened is held against them, and each miss says
whether a practice is to be adjusted or an assumption to be questioned. No redesign, and nothing about persons.
"""

from longwall.learning.lessons import Observation, compare, hit
from longwall.learning.log_records import LogRecord, log_records, logs_of, record_logs
from longwall.learning.outcomes import Outcome, extracted_h, hold_log, hold_record
from longwall.learning.promises import Promise, Record, due, record, recorded, records

__all__ = [
    "LogRecord",
    "Observation",
    "Outcome",
    "Promise",
    "Record",
    "compare",
    "due",
    "extracted_h",
    "hit",
    "hold_log",
    "hold_record",
    "log_records",
    "logs_of",
    "record",
    "record_logs",
    "recorded",
    "records",
]
