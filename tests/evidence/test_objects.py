"""Objects beside the items of a log are kept, with their links, whatever the source."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.evidence.exports import EXPORTS, tickets

from longwall.evidence import Log, Observed, read_links

Put = Callable[..., Path]
Read = Callable[..., tuple[Observed, Log]]

OCEL = {
    "objectTypes": [{"name": name, "attributes": []} for name in ("incident", "change", "employee")],
    "eventTypes": [{"name": name, "attributes": []} for name in ("open", "check", "close")],
    "objects": [
        {"id": "i1", "type": "incident", "relationships": [{"objectId": "c1", "qualifier": "caused by"}]},
        {"id": "i2", "type": "incident"}, {"id": "c1", "type": "change"}, {"id": "c2", "type": "change"},
        {"id": "Kim Passa", "type": "employee"},
    ],
    "events": [
        {"id": f"e{n}", "type": kind, "time": f"2024-01-01T{9 + n:02d}:00:00Z",
         "relationships": [{"objectId": name, "qualifier": "x"} for name in touched]}
        for n, (kind, touched) in enumerate([
            ("open", ["i1"]), ("open", ["i2", "Kim Passa"]), ("check", ["i1", "c1"]), ("check", ["i1", "c2"]),
            ("close", ["i1", "i2"])])
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", ["log.json", "log.json.gz", "log.xml", "log.sqlite"])
def test_an_object_centric_log_keeps_all_types_and_links(name: str, write: Put, read: Read, tmp_path: Path) -> None:
    text = json.dumps(OCEL).encode()
    path = write(gzip.compress(text) if name.endswith(".gz") else text, name if "json" in name else "log.json")
    if "json" not in name:
        import r4pm

        r4pm.df.export_ocel(r4pm.df.import_ocel(str(path)), str(tmp_path / name))
        path = tmp_path / name
    record, log = read(path, mapping={"object_type": "incident"})
    links = read_links(tmp_path / "evidence.duckdb")
    assert links.item_type == "incident" and set(log.case_labels) == {"i1", "i2"}
    kinds = dict(links.objects.iter_rows())
    assert (
        {"c1", "c2"} < kinds.keys()
        and "Kim Passa" not in kinds
        and sorted(kinds.values()) == ["change"] * 2 + ["employee"]
    )
    assert links.links.rows() == [("i1", "incident", "c1", "change", "caused by")]
    assert [(event, kind) for event, _, _, _, kind, _ in links.events.iter_rows()] == [
        ("e1", "employee"), ("e2", "change"), ("e3", "change")]  # fmt: skip
    said = " ".join(record.cautions)
    assert "1 events touch several objects" in said and "convergence" in said
    assert "1 items repeat a step for different objects of type change (divergence)" in said


def test_columns_that_name_other_objects_become_links(write: Put, read: Read, tmp_path: Path) -> None:
    made = tickets(12)
    file, make, _ = EXPORTS["servicenow snapshot"]
    read(write(make(made), file))
    links = read_links(tmp_path / "evidence.duckdb")
    expected = {(f"INC{t.number:07d}", f"PRB{t.number // 7:07d}", "problem") for t in made if t.number % 3 == 0}
    expected |= {(f"INC{t.number:07d}", f"CHG{t.number // 9:07d}", "change") for t in made if t.number % 8 == 0}
    assert {(source, target, kind) for source, _, target, kind, _ in links.links.iter_rows()} == expected
    assert set(links.objects.rows()) == {(target, kind) for _, target, kind in expected}


def test_links_between_items_are_links_and_no_objects(write: Put, read: Read, tmp_path: Path) -> None:
    text = "Issue key,Status,Created,Resolved,Linked issues\n" + "".join(
        f"D-{n},Done,2024-03-{n + 14} 09:00,2024-03-{n + 15} 09:00,{'D-1; X-7' if n == 3 else ''}\n" for n in range(6)
    )
    read(write(text))
    links = read_links(tmp_path / "evidence.duckdb")
    assert links.links.rows() == [
        ("D-3", "issue", "D-1", "issue", "linked to"),
        ("D-3", "issue", "X-7", "item", "linked to"),
    ]
    assert links.objects.rows() == [("X-7", "item")]


def test_a_log_without_links_has_none(write: Put, read: Read, tmp_path: Path) -> None:
    read(write("case,activity,time\n1,A,2024-01-14\n1,B,2024-01-15\n2,A,2024-01-16\n"))
    links = read_links(tmp_path / "evidence.duckdb")
    assert (links.objects.height, links.links.height, links.events.height) == (0, 0, 0)
