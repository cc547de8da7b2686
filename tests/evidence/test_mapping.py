from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from longwall.errors import EvidenceError
from longwall.evidence import Log, Mapping, Observed, guess_mapping

Put = Callable[..., Path]
Read = Callable[..., tuple[Observed, Log]]

ROWS = [
    ("{a}", "Register", "Ann Example", "2024-03-04 09:00"),
    ("{a}", "Solve", "Bob Example", "2024-03-04 11:00"),
    ("{b}", "Register", "Ann Example", "2024-03-05 09:00"),
    ("{b}", "Solve", "Cy Example", "2024-03-06 09:00"),
]


@pytest.mark.parametrize(
    "name", ["case", "caseid", "Case ID", "case_id", "number", "Ticket", "incident", "incident_id", "sys_id", "Key",
             "case:concept:name", "Issue key", "ticket_id", "CaseID", "id"],
)  # fmt: skip
def test_names_of_the_case_column(name: str, write: Put, read: Read) -> None:
    text = f"{name},Activity,Resource,Timestamp\n" + "\n".join(",".join(row) for row in ROWS).format(a="T1", b="T2")
    record, log = read(write(text))
    assert record.mapping["case"] == name
    assert log.case_labels == ("T1", "T2")


def test_case_is_found_by_content_where_no_name_helps(write: Put) -> None:
    rows = "\n".join(f"V{n // 4},Step {n % 4},2024-03-{1 + n // 24:02d} {n % 24:02d}:00" for n in range(200))
    guess = guess_mapping(write("laufnr,activity,zeitpunkt\n" + rows))
    assert (guess.mapping.case, guess.mapping.time) == ("laufnr", "zeitpunkt")
    assert any("laufnr" in doubt for doubt in guess.doubts)


def test_a_told_field_wins_and_the_rest_is_guessed(write: Put, read: Read) -> None:
    text = "number,other,Activity,Timestamp\n" + "\n".join(
        f"{n % 5},{n % 7},Step {n % 3},2024-03-04 {n % 24:02d}:{n % 60:02d}" for n in range(70)
    )
    record, _ = read(write(text), mapping={"case": "other"})
    assert record.cases == 7 and record.mapping["activity"] == ["Activity"]
    again = Mapping.from_dict(record.mapping)
    assert again.as_dict() == dict(record.mapping)


def test_unknown_keys_and_columns_are_all_named_with_a_suggestion(write: Put) -> None:
    with pytest.raises(EvidenceError) as caught:
        Mapping.from_dict({"cas": "x", "shape": "pile", "timezone": "Mars/Olympus"})
    assert {fault.code for fault in caught.value.faults} == {"LW-EV-030"} and len(caught.value.faults) == 3
    assert "use 'case'" in str(caught.value)
    path = write("case,activity,time\n1,a,2024-01-01\n1,b,2024-01-02\n2,a,2024-01-02\n")
    with pytest.raises(EvidenceError, match="LW-EV-032") as caught:
        guess_mapping(path, told={"activity": "activty"})
    assert "use 'activity'" in str(caught.value)


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar"), (",", "comma")])
def test_delimiter_is_judged_over_the_whole_file(mark: str, name: str, write: Put, read: Read) -> None:
    other = "," if mark != "," else ";"
    lines = [mark.join(["case", "activity", "time"])]
    lines += [mark.join([str(n // 3), f'"check{other} then{mark} do {n % 3}"', f"2024-01-{1 + n // 24:02d} "
                                                                               f"{n % 24:02d}:00"])
              for n in range(90)]  # fmt: skip
    record, log = read(write("\n".join(lines)))
    assert record.mapping["delimiter"] == mark and record.cases == 30
    assert log.activities[0] == " ".join(f"check{other} then{mark} do 0".split())  # runs of blanks become one


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encoding_is_judged_over_the_whole_file(encoding: str, write: Put, read: Read) -> None:
    rows = "".join(f"{n // 3},Schritt {n % 3},2024-01-{1 + n // 24:02d} {n % 24:02d}:00\n" for n in range(300))
    text = "case,activity,time\n" + rows + "99,Prüfung,2024-02-01 00:00\n"
    record, log = read(write(text.encode(encoding)))
    assert "Prüfung" in log.activities
    assert record.mapping["encoding"] in (encoding, "utf-8")
