"""Where the line between engines runs: reading the log loads no Ibis, and no module but the port knows the engine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import longwall.evidence
from longwall.evidence.relations import relation
from longwall.evidence.schema import TABLES

PACKAGE = Path(longwall.evidence.__file__).parent


def test_only_the_port_imports_the_engine() -> None:
    found = {
        path.name for path in PACKAGE.rglob("*.py") if re.search(r"^\s*(import|from) duckdb", path.read_text(), re.M)
    }
    assert found == {"store.py"}


def test_loading_the_package_loads_no_ibis() -> None:
    script = "import sys, longwall.evidence; print('ibis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_question_is_the_same_for_other_engines() -> None:
    import ibis

    events = relation("events")
    asked = events.group_by("activity").aggregate(n=events.count()).order_by("activity")
    assert all("activity" in ibis.to_sql(asked, dialect=name) for name in ("duckdb", "postgres", "sqlite", "trino"))
    assert set(relation("cases").columns) == set(TABLES["cases"])
