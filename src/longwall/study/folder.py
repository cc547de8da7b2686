"""The folder of a study: where things stand, and ``study.yaml``, which people write."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from longwall.errors import Fault, StudyError
from longwall.evidence import Agreement, Calendar
from longwall.provenance import write_bytes
from longwall.units import duration_h
from longwall.worksystem import Id, Piece
from longwall.worksystem.yamlfile import read_piece, write_piece

__all__ = ["PURPOSE", "Consultation", "Kind", "Source", "Study", "StudyFile"]

Kind = Literal["", "log", "alerts", "organisation", "indicators", "survey"]
"""What a source of evidence is; empty until it was looked at."""

PURPOSE = "design of work; never assessment, discipline or selection of individuals"


class Consultation(Piece):
    """Who was informed about the study, and when; the report says "not recorded" where it is empty."""

    informed: str = ""
    on: str = ""


class Source(Piece):
    """One source of evidence, a file or the query of a metrics server, and how it is read.

    Parameters
    ----------
    file : str
        Path, absolute or relative to the study; empty for a query.
    kind : {"log", "alerts", "organisation", "indicators", "survey"}
        What the file holds; guessed at the first ingest and written here, so that people see it and can change it.
    mapping : dict
        As guessed at the first ingest; edit it and run again to read the file otherwise.
    simulated : bool
        True for a log that a simulator wrote; every report says so.
    url, query : str
        For indicators: address of a Prometheus server and the range query to ask it.
    step : str
        Time between two samples, such as ``"1 h"``.
    since, until : str
        ISO times between which samples are asked for; empty: from the first to the last event of the log.
    indicator, unit : str
        What the answer is called, and in which unit it is; the name is the query's text where none is given.
    """

    file: str = ""
    kind: Kind = ""
    mapping: dict[str, Any] = {}
    simulated: bool = False
    url: str = ""
    query: str = ""
    step: str = "1 h"
    since: str = ""
    until: str = ""
    indicator: str = ""
    unit: str = ""

    @field_validator("step")
    @classmethod
    def _positive(cls, text: str) -> str:
        if duration_h(text) <= 0:
            raise ValueError(f"expected a duration above zero, found {text!r}")
        return text

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.file) == bool(self.url):
            found = "both" if self.file else "neither"
            raise ValueError(f"expected either `file` or `url`, found {found}")
        if self.url and not self.query:
            raise ValueError("expected a `query` for the server, found none")
        if self.url and self.kind not in ("", "indicators"):
            raise ValueError(f"expected kind `indicators` for a url, found {self.kind!r}")
        return self

    @property
    def is_log(self) -> bool:
        """Whether this is an event log, or not known yet to be something else."""
        return not self.url and self.kind in ("", "log")


class StudyFile(Piece):
    """What ``study.yaml`` holds: what is studied, why, for whom; which evidence; the random seed.

    Parameters
    ----------
    note : str
        Said on page one, for example that the log is simulated and what was planted in it.
    weeks : int
        Weeks that a forecast covers.
    replications : int
        Independent simulated runs per forecast, at least 2.
    budget : float, optional
        Money that the plan may spend, in the currency of the work system.
    calendars : tuple of Calendar
        Business hours and holidays, by which agreed times run.
    agreements : tuple of Agreement
        Times within which items are to be answered or resolved; they decide what is late.
    country : str
        ISO 3166 code of the country whose public holidays are kept, such as ``NL``; empty: those that the silent days
        of the log point to, if any.
    retention_months : int
        Months after its first reading when the raw events of a file are deleted, 1 to 120.
    """

    id: Id
    name: str = ""
    question: str = ""
    purpose: str = PURPOSE
    for_whom: str = ""
    note: str = ""
    consultation: Consultation = Consultation()
    seed: int = 0
    evidence: tuple[Source, ...] = ()
    weeks: int = 13
    replications: int = 30
    budget: float | None = None
    country: str = ""
    retention_months: int = Field(default=13, ge=1, le=120)
    calendars: tuple[Calendar, ...] = ()
    agreements: tuple[Agreement, ...] = ()

    @model_validator(mode="after")
    def _calendars_known(self) -> Self:
        known = [calendar.id for calendar in self.calendars]
        for agreement in self.agreements:
            if agreement.calendar and agreement.calendar not in known:
                listed = ", ".join(known) or "none"
                raise ValueError(
                    f"expected the id of a calendar ({listed}) in agreement {agreement.id!r}, found "
                    f"{agreement.calendar!r}"
                )
        return self


_HELD: set[str] = set()
"""Locks that this process has."""


@dataclass(frozen=True)
class Study:
    """An opened study folder.

    Parameters
    ----------
    path : Path
        The folder.
    file : StudyFile
        What ``study.yaml`` said when it was opened, with the seed of this run.
    """

    path: Path
    file: StudyFile

    @property
    def logs(self) -> tuple[Source, ...]:
        """The event logs among the sources, in the order of ``study.yaml``."""
        return tuple(source for source in self.file.evidence if source.is_log)

    @property
    def signals(self) -> tuple[Source, ...]:
        """The other sources: alerts, organisation, indicators."""
        return tuple(source for source in self.file.evidence if not source.is_log)

    @property
    def config(self) -> Path:
        """``study.yaml``."""
        return self.path / "study.yaml"

    @property
    def system(self) -> Path:
        """``worksystem.yaml``, the model."""
        return self.path / "worksystem.yaml"

    @property
    def store(self) -> Path:
        """``evidence.duckdb``."""
        return self.path / "evidence.duckdb"

    @property
    def detectors(self) -> Path:
        """``detectors.yaml``, the user's own; need not exist."""
        return self.path / "detectors.yaml"

    @property
    def objectives(self) -> Path:
        """``objectives.yaml``, what counts as better here; need not exist."""
        return self.path / "objectives.yaml"

    @property
    def decisions(self) -> Path:
        """``decisions.yaml``, what there is to decide and between what; need not exist."""
        return self.path / "decisions.yaml"

    @property
    def drafted_decisions(self) -> Path:
        """``.decisions.yaml``, the decisions as last drafted; never edited."""
        return self.path / ".decisions.yaml"

    @property
    def procedure(self) -> Path:
        """``procedure.yaml``, rules that people say hold; need not exist."""
        return self.path / "procedure.yaml"

    @property
    def opinions(self) -> tuple[Path, ...]:
        """Files of ``inquiry/matrix``, one for each group that judged the variance matrix; by name."""
        folder = self.path / "inquiry" / "matrix"
        return tuple(sorted(path for path in folder.glob("*.y*ml") if path.is_file()))

    @property
    def responses(self) -> Path:
        """``responses.yaml``, answers to findings; need not exist."""
        return self.path / "responses.yaml"

    @property
    def checklist(self) -> Path:
        """``checklist.yaml``, what people say of coupling and interaction; need not exist."""
        return self.path / "checklist.yaml"

    @property
    def terms(self) -> Path:
        """``plans/terms.yaml``, what people say the plan must respect; need not exist."""
        return self.path / "plans" / "terms.yaml"

    @property
    def drills(self) -> Path:
        """``plans/drills.yaml``, the drills that a design needs more than it has; need not exist."""
        return self.path / "plans" / "drills.yaml"

    @property
    def assessment(self) -> Path:
        """``assessment.yaml``, what people wrote into the eight steps and who signed them off; need not exist."""
        return self.path / "assessment.yaml"

    @property
    def discovered(self) -> Path:
        """``.discovered.yaml``, what discovery last found; never edited."""
        return self.path / ".discovered.yaml"

    @property
    def conflicts(self) -> Path:
        """``conflicts.yaml``, what a person and discovery changed differently; not there where nothing is open."""
        return self.path / "conflicts.yaml"

    @property
    def practices(self) -> Path:
        """``practices.yaml``, the user's own practices; need not exist."""
        return self.path / "practices.yaml"

    @property
    def inquiry(self) -> Path:
        """Folder of what people said: answers, stakeholders, assumptions, expectations; need not exist."""
        return self.path / "inquiry"

    @property
    def answers(self) -> Path:
        """``inquiry/answers.yaml``, the answers to the twelve questions; need not exist."""
        return self.inquiry / "answers.yaml"

    @property
    def drafted(self) -> Path:
        """``inquiry/.drafted.yaml``, the work system as answers last drafted it; never edited."""
        return self.inquiry / ".drafted.yaml"

    @property
    def report(self) -> Path:
        """Folder of the report; its first page is ``index.html``."""
        return self.path / "report"

    def result(self, name: str) -> Path:
        """Path of one result."""
        return self.path / "results" / f"{name}.json"

    def source_path(self, source: Source) -> Path:
        """Where a file of evidence stands."""
        path = Path(source.file).expanduser()
        return path if path.is_absolute() else self.path / path

    def with_file(self, file: StudyFile) -> Study:
        """Write another ``study.yaml`` (comments are kept) and return the study as it is then."""
        seed = read_piece(self.config, StudyFile).seed if self.config.exists() else file.seed
        write_piece(self.config, file.model_copy(update={"seed": seed}))
        return Study(self.path, file)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the study for one process; a second one is refused, one that died is no obstacle.

        A copy of a folder that is held is not held itself. Within one process it may be held again.

        Raises
        ------
        StudyError
            If another process works on the same study.
        """
        lock = self.path / ".running"
        ours = f"{os.getpid()} {self.path.stat().st_ino}"
        if ours in _HELD:
            yield
            return
        other = lock.read_text(encoding="utf-8").strip() if lock.exists() else ""
        process, _, folder = other.partition(" ")
        # One that died may have had our number: in a container it often has.
        if other != ours and process.isdigit() and folder == ours.partition(" ")[2] and _alive(int(process)):
            raise StudyError(
                Fault("LW-ST-005", str(self.path), "a study that nothing else works on", f"process {process} at work",
                      "wait until it has finished, or end it and run again")
            )  # fmt: skip
        write_bytes(lock, ours.encode())
        _HELD.add(ours)
        try:
            yield
        finally:
            _HELD.discard(ours)
            lock.unlink(missing_ok=True)

    @staticmethod
    def open(path: Path, *, seed: int | None = None) -> Study:
        """Open an existing study; `seed` replaces that of ``study.yaml`` for this run.

        Raises
        ------
        StudyError
            If the folder is not there or holds no ``study.yaml``.
        WorkSystemError
            If ``study.yaml`` has faults; all are named with their lines.
        """
        if not path.is_dir() or not (path / "study.yaml").is_file():
            found = "nothing" if not path.exists() else "a file" if path.is_file() else "a folder without study.yaml"
            raise StudyError(
                Fault("LW-ST-001", str(path), "the folder of a study, with study.yaml in it", found,
                      "make one: `longwall run tickets.csv --out FOLDER` or `longwall new FOLDER --template NAME`")
            )  # fmt: skip
        file = read_piece(path / "study.yaml", StudyFile)
        return Study(path, file if seed is None else file.model_copy(update={"seed": seed}))

    @staticmethod
    def create(path: Path, file: StudyFile) -> Study:
        """Make a new study folder with its ``study.yaml``.

        Raises
        ------
        StudyError
            If the folder exists and is not empty.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise StudyError(
                Fault("LW-ST-002", str(path), "a new or empty folder", "a file or a folder with something in it",
                      "choose another folder with --out; an existing study is opened by its own path")
            )  # fmt: skip
        write_piece(path / "study.yaml", file)
        return Study(path, file)


def _alive(process: int) -> bool:
    """Tell whether a process runs on this machine."""
    if os.name == "nt":  # pragma: no cover - signal 0 would end the process there
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
