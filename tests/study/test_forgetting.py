"""One person is planted wherever a study can hold one; after `forget` no byte of any file tells of them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from longwall import evidence, report, study
from longwall.errors import EvidenceError, StudyError

KEY = "a key for tests, long enough"
NAME = "Wilhelmina Plantagenet"
OTHERS = ["Ottokar Unsinn", "Xanthippe Quux", "Roderick Seda", "Zebedee Blau", "Kim Passa"]
HIDDEN = evidence.pseudonym(KEY.encode(), NAME)
TRACES = ("wilhelmina", "plantagenet", HIDDEN)


def log_text() -> str:
    rows = ["ticket,activity,agent,team,opened_by,comment,start,end"]
    for n in range(120):
        who = [NAME, *OTHERS][n % 6]
        step = ["Register", f"Ask {NAME}", "Ask Kim Passa", "Close"][n % 4]
        day, hour = 1 + n // 24, n % 24
        rows.append(
            f'T{n // 4},"{step}","{who}",Desk,"{NAME if n % 5 == 0 else OTHERS[0]}","{NAME} says so",'
            f"2024-01-{day:02d} {hour:02d}:00,2024-01-{day:02d} {hour:02d}:{10 + n % 40}"
        )
    return "\n".join(rows) + "\n"


def plain_page(material: report.Material, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(repr(material.observed))
    return folder / "index.html"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose log lies inside it, with the person in every kind of file a study has."""
    folder = tmp_path_factory.mktemp("forget") / "desk"
    folder.mkdir()
    (folder / "tickets.csv").write_text(log_text())
    (folder / "study.yaml").write_text(f"id: desk\nnote: asked {NAME} first\nevidence:\n  - {{file: tickets.csv}}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LONGWALL_KEY", KEY)
        patch.setattr(report, "render", plain_page)
        study.run(folder, until="ingest")
    (folder / "responses.yaml").write_text(f"responses: [] # plantagenet, wilhelmina disputes\n# {HIDDEN}\n")
    (folder / "results" / "forecasts").mkdir(parents=True)
    (folder / "results" / "forecasts" / "old.json").write_text(json.dumps({"function": f"ask-{HIDDEN}", "by": NAME}))
    (folder / "designs").mkdir()
    (folder / "designs" / "one.yaml").write_text(f"id: one\nname: 'without {HIDDEN}'\n")
    (folder / "old.csv.gz").write_bytes(gzip.compress(log_text().encode()))
    pl.DataFrame({"who": [NAME, "x"], "n": [1, 2]}).write_parquet(folder / "copy.parquet")
    (folder / "old.txt").write_bytes("Wilhelmina Plantagenet, Köln".encode("cp1252"))
    (folder / ".tickets.csv.abc.part").write_text(NAME)
    left = folder / ".evidence-staging-999999999-x"
    left.mkdir()
    (left / "staging.duckdb").write_text(NAME)
    return folder


@pytest.fixture
def whole(planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the study, to forget in."""
    monkeypatch.setenv("LONGWALL_KEY", KEY)
    return Path(shutil.copytree(planted, tmp_path / "desk"))


@pytest.fixture
def desk(whole: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, where a page without figures stands for the report, to save time."""
    monkeypatch.setattr(report, "render", plain_page)
    return whole


def told_in(folder: Path) -> list[str]:
    """Files in which a trace of the person stands: raw bytes, unpacked bytes, and every cell of the store."""
    found = []
    for path in sorted(folder.rglob("*")):
        texts = [path.name.encode()]
        if path.is_file():
            content = path.read_bytes()
            texts.append(content)
            if content.startswith(b"\x1f\x8b"):
                texts.append(gzip.decompress(content))
            if content.startswith(b"PAR1"):
                texts.append(repr(pl.read_parquet(path).rows()).encode())
            if path.name == "evidence.duckdb":
                with duckdb.connect(str(path), read_only=True) as store:
                    tables = [name for (name,) in store.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
                    texts += [repr(store.execute(f'SELECT * FROM "{name}"').fetchall()).encode() for name in tables]
        if any(trace in text.decode("latin-1").casefold() for text in texts for trace in TRACES):
            found.append(path.relative_to(folder).as_posix())
    return found


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_search_finds_the_person_in_every_file_before(desk: Path) -> None:
    told = told_in(desk)
    for name in ("tickets.csv", "evidence.duckdb", "study.yaml", "responses.yaml", "results/ingest.json", "old.csv.gz",
                 "results/forecasts/old.json", "designs/one.yaml", "copy.parquet", "report/index.html",
                 "old.txt", ".tickets.csv.abc.part"):  # fmt: skip
        assert name in told, name


@pytest.mark.parametrize(("person", "study_"), [(NAME, "whole"), (HIDDEN, "desk")], ids=["name", "pseudonym"])
def test_no_file_tells_of_a_person_who_was_forgotten(person: str, study_: str, request: pytest.FixtureRequest) -> None:
    """Caught when Parquet was taken for a file of another kind."""
    desk = request.getfixturevalue(study_)
    done = study.forget(study.Study.open(desk), person)
    assert told_in(desk) == []
    assert "evidence.duckdb" in done.files and "tickets.csv" in done.files
    assert [step.state for step in done.steps] == ["made"]  # the report; no other step had a result
    log = evidence.read_log(desk / "evidence.duckdb")
    assert log.n_resources == 5 and (log.resource == -1).sum() == 20
    assert "Ask someone" in log.activities
    assert "Köln" in (desk / "old.txt").read_bytes().decode("cp1252")


def test_the_person_stays_out_when_the_same_export_is_read_again(desk: Path, tmp_path: Path) -> None:
    """The store is then as it was after forgetting; the list holds neither name nor pseudonym."""
    study.forget(study.Study.open(desk), NAME)
    forgotten = evidence.read_log(desk / "evidence.duckdb")
    export = tmp_path / "again.csv"
    export.write_text(log_text())
    study.ingest_file(study.Study.open(desk), export)
    again = evidence.read_log(desk / "evidence.duckdb")
    assert told_in(desk) == []
    assert (again.activities, again.teams, again.case_labels) == (
        forgotten.activities, forgotten.teams, forgotten.case_labels
    )  # fmt: skip
    for column in ("case", "activity", "resource", "team", "start_h", "end_h"):
        assert getattr(again, column).tolist() == getattr(forgotten, column).tolist(), column


def test_the_person_stays_out_when_more_of_the_log_is_added(desk: Path, tmp_path: Path) -> None:
    """A further file of the same tool, in which the person goes on working."""
    study.forget(study.Study.open(desk), NAME)
    more = tmp_path / "more.csv"
    more.write_text(log_text().replace("2024-01", "2024-02").replace("T", "U"))
    before = evidence.read_log(desk / "evidence.duckdb")
    evidence.append(more, desk / "evidence.duckdb", key=KEY.encode())
    log = evidence.read_log(desk / "evidence.duckdb")
    assert told_in(desk) == []
    assert (log.n_events, log.n_resources, log.activities) == (2 * before.n_events, 5, before.activities)


def test_two_who_were_forgotten_share_a_label(desk: Path) -> None:
    """Caught when labels that became equal kept two codes."""
    for person in (NAME, "Kim Passa"):
        study.forget(study.Study.open(desk), person)
    log = evidence.read_log(desk / "evidence.duckdb")
    assert log.activities == ("Register", "Ask someone", "Close")
    assert sorted(set(log.activity.tolist())) == [0, 1, 2]


def test_a_person_unknown_changes_nothing(desk: Path) -> None:
    before = everything(desk)
    for person in ("Nobody Atall", "person-000000000000"):
        with pytest.raises(EvidenceError, match="LW-EV-052") as caught:
            study.forget(study.Study.open(desk), person)
        assert person not in str(caught.value)
    left = (".tickets.csv.abc.part", ".evidence-staging-999999999-x/staging.duckdb")
    assert everything(desk) == {name: content for name, content in before.items() if name not in left}


@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (lambda desk: (desk / f"notes of {NAME}.txt").write_text("nothing"), "LW-ST-030"),
        (lambda desk: (desk / "memory.bin").write_bytes(b"\x00" + NAME.encode()), "LW-EV-182"),
        (lambda desk: (desk / "damaged.csv.gz").write_bytes(gzip.compress(log_text().encode())[:-20]), "LW-EV-181"),
    ],
    ids=["in a file name", "in a file of another kind", "in a damaged file"],
)
def test_what_cannot_be_rewritten_is_refused_before_anything_changes(
    desk: Path, plant: Callable[[Path], object], code: str
) -> None:
    plant(desk)
    (desk / ".tickets.csv.abc.part").unlink()
    shutil.rmtree(desk / ".evidence-staging-999999999-x")
    before = everything(desk)
    with pytest.raises((StudyError, EvidenceError, OSError), match=code) as caught:
        study.forget(study.Study.open(desk), NAME)
    assert NAME not in str(caught.value) or code == "LW-EV-181"
    assert everything(desk) == before


def test_a_forgetting_that_was_interrupted_is_finished_by_the_next(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is done, the texts are not: the person is still found, and goes."""
    with monkeypatch.context() as patch:
        patch.setattr(evidence.Mentions, "rewritten", lambda self, path: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            study.forget(study.Study.open(desk), NAME)
    assert "tickets.csv" in told_in(desk)
    study.forget(study.Study.open(desk), NAME)
    assert told_in(desk) == []


def test_a_damaged_list_is_refused(desk: Path) -> None:
    (desk / evidence.LIST_NAME).write_text("Kim Passa\n")
    before = (desk / "evidence.duckdb").read_bytes()
    with pytest.raises(EvidenceError, match="LW-EV-180") as caught:
        study.ingest_file(study.Study.open(desk), again=True)
    assert "Kim" not in str(caught.value)
    assert (desk / "evidence.duckdb").read_bytes() == before
