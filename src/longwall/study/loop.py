"""The loop: ingest, discover, networks, simulate, assess, align, plan; the report is renewed when more can be seen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from longwall import evidence
from longwall.errors import Fault, LongwallError, StudyError, suggestion
from longwall.study.aligning import ALIGN
from longwall.study.assessing import ASSESS
from longwall.study.discovering import DISCOVER
from longwall.study.folder import Source, Study, StudyFile
from longwall.study.forcing import FORCES
from longwall.study.ingesting import ingest_step, mapped, recorded
from longwall.study.networking import NETWORKS
from longwall.study.planning import ALONG, PLAN
from longwall.study.reporting import REPORT
from longwall.study.results import load, optional_hash
from longwall.study.retaining import Retained, delete_due, note_read
from longwall.study.signalling import (
    has_signals,
    kind_in,
    kinds_named,
    refuse_other_than_log,
    signals_step,
    with_signal,
)
from longwall.study.simulating import SIMULATE
from longwall.study.specifying import SPECIFY
from longwall.study.step import Outcome, Progress, Step, run_step, silent
from longwall.study.stepping import assessment_of
from longwall.study.straining import GROWTH, SHOCKS
from longwall.study.tensioning import TENSIONS

__all__ = [
    "COMPUTING",
    "ON_DEMAND",
    "STEP_NAMES",
    "assessed_if_possible",
    "ingest_file",
    "no_bars",
    "renew_report",
    "retain",
    "retain_now",
    "run",
    "run_asked",
    "run_one",
    "study_id",
]

Bar = Callable[[str], Progress]
"""Opens a progress bar for a step."""

COMPUTING = (DISCOVER, NETWORKS, SIMULATE, ASSESS, ALIGN, PLAN)
"""The steps that compute, in their order."""

ON_DEMAND = (TENSIONS, FORCES, SPECIFY, ALONG, SHOCKS, GROWTH)
"""Steps that are made when asked for; nothing waits for them."""

STEP_NAMES = ("ingest", *(step.name for step in COMPUTING), "report")
"""The steps in their order."""


_SEEN_AFTER = ("ingest", "assess")
"""Steps after which the report is renewed though others follow: what was read, and the diagnosis; then the end."""


def no_bars(step: str) -> Progress:
    """Show no progress bars."""
    return silent


def run(
    source: Path,
    *,
    out: Path | None = None,
    seed: int | None = None,
    until: str | None = None,
    max_rejects: float = 0.01,
    bar: Bar = no_bars,
) -> tuple[Study, tuple[Outcome, ...]]:
    """Take a log, or an existing study, through the whole loop.

    Parameters
    ----------
    source : Path
        A log (.csv, .csv.gz, .parquet, .xes, .xes.gz, OCEL 2) or the folder of a study.
    out : Path, optional
        Folder of the new study; default: the name of the file, beside where the command runs.
    until : str, optional
        Last step to run.

    Returns
    -------
    Study, tuple of Outcome
        The study and what became of each step.

    Raises
    ------
    StudyError
        If `until` is no step, or the study does not fit the source.
    LongwallError
        Whatever a step raises; steps that had finished are kept.
    """
    last = len(STEP_NAMES) if until is None else _position(until) + 1
    study = _study_for(source, out, seed)
    with study.alone():
        retain_now(study)
        study = mapped(kinds_named(study))
        steps = [ingest_step(max_rejects), *COMPUTING][:last]
        if has_signals(study):
            steps.insert(1, signals_step(max_rejects))
        outcomes: list[Outcome] = []
        try:
            for step in steps:
                outcomes.append(run_step(study, step, bar(step.name)))
                if step.name == "ingest":
                    note_read(study)
                if outcomes[-1].state == "made" and step.name in _SEEN_AFTER and step is not steps[-1]:
                    run_step(study, REPORT, silent)
        except LongwallError:
            if outcomes:
                with suppress(LongwallError):  # what stopped the run is what people must read
                    run_step(study, REPORT, silent)
            raise
        outcomes.append(run_step(study, REPORT, bar("report")))
    return study, tuple(outcomes)


def run_one(study: Study, name: str, *, again: bool = False, bar: Bar = no_bars) -> tuple[Outcome, ...]:
    """Run one step of a study, then renew the report.

    Raises
    ------
    StudyError
        If the step is not possible yet; says which comes first.
    """
    step = {step.name: step for step in (*COMPUTING, *ON_DEMAND, REPORT)}[name]
    with study.alone():
        return _all(study, [step], again, bar)


def run_asked(study: Study, step: Step, *, again: bool = False, bar: Bar = no_bars) -> tuple[Outcome, ...]:
    """Run one step as it was asked for, such as `reskill_step` of a design and a floor, then renew the report.

    Raises
    ------
    LongwallError
        Whatever the step raises; what was there before is kept.
    """
    with study.alone():
        return _all(study, [step], again, bar)


def assessed_if_possible(study: Study, *, again: bool = False, bar: Bar = no_bars) -> Outcome:
    """Bring the assessment up to date where there is a model; where there is none, say so and change nothing."""
    with study.alone():
        return run_step(study, ASSESS, bar("assess"), again=again or assessment_of(study) is None)


def renew_report(study: Study) -> None:
    """Write the report again where there is one, after people wrote into the study."""
    if load(study, "report") is not None:
        with study.alone():
            run_step(study, REPORT, silent)


def ingest_file(
    study: Study,
    file: Path | None = None,
    *,
    replace: bool = False,
    max_rejects: float = 0.01,
    again: bool = False,
    bar: Bar = no_bars,
) -> tuple[Outcome, ...]:
    """Read a file into a study: what it holds is recognised, and written into ``study.yaml`` as `kind`.

    A further file of a log is added to the log so far, and only what is new in it counts; alerts, the organisation and
    indicators stand beside the log.

    Parameters
    ----------
    file : Path, optional
        Default: everything that ``study.yaml`` names.
    replace : bool
        Let a file of a log take the place of the log so far.

    Raises
    ------
    EvidenceError
        If the file cannot be read; ``study.yaml`` and the store stay as they were.
    """
    with study.alone():
        before = study
        retain_now(study)
        try:
            if file is not None and kind_in(study, file) != "log":
                study = kinds_named(with_signal(study, file))
                return _all(study, [signals_step(max_rejects)], again, bar)
            if file is not None:
                path = file.resolve()
                if not replace and study.logs and _known(study, path):
                    bar("ingest")(1.0, "nothing new")
                    return (Outcome("ingest", "up to date", f"nothing new: {file.name} was read before"),)
                study = _with_log(study, path, replace)
            study = mapped(kinds_named(study))
            if not study.logs and study.signals:
                return _all(study, [signals_step(max_rejects)], again, bar)
            steps = [ingest_step(max_rejects, again=again)]
            if file is None and has_signals(study):
                steps.append(signals_step(max_rejects))
            first, *rest = _all(study, steps, again, bar)
            note_read(study)
            return _told(study, first), *rest
        except BaseException:
            study.with_file(before.file)
            raise


def retain(study: Study, today: date | None = None) -> tuple[Retained, ...]:
    """Delete the raw events whose months are over, and renew the report; results and the model stay.

    Parameters
    ----------
    today : date, optional
        Default: by the clock of this machine.

    Returns
    -------
    tuple of Retained
        The files whose events were deleted now.
    """
    with study.alone():
        gone = retain_now(study, today)
        if gone:
            run_step(study, REPORT, silent, again=True)
    return gone


def retain_now(study: Study, today: date | None = None) -> tuple[Retained, ...]:
    """Delete what is due in a study that is held already."""
    gone = delete_due(study, today)
    if gone:
        recorded(study)
    return gone


def _known(study: Study, path: Path) -> bool:
    """Whether the log holds a file of this content under another name."""
    files = (load(study, "ingest") or {}).get("files", ())
    named = any(study.source_path(log).resolve() == path for log in study.logs)
    return not named and path.is_file() and optional_hash(path) in {file["hash"] for file in files}


def _with_log(study: Study, path: Path, replace: bool) -> Study:
    """Name a file as a further one of the log, or as the only one."""
    same = tuple(log for log in study.logs if study.source_path(log).resolve() == path)
    kept = same if replace else study.logs
    logs = kept if same else (*kept, Source(file=str(path)))
    if logs == study.logs:
        return study
    return study.with_file(study.file.model_copy(update={"evidence": (*logs, *study.signals)}))


def _told(study: Study, outcome: Outcome) -> Outcome:
    """Say how much of the last of several files was new."""
    files = (load(study, "ingest") or {}).get("files", ())
    if outcome.state != "made" or len(files) < 2:
        return outcome
    last = files[-1]
    return Outcome(outcome.step, outcome.state, f"{last['accepted']:,} new events in {last['name']}")


def study_id(name: str) -> str:
    """Return an id from any name: lower case, letters, digits and hyphens."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return "-".join(part for part in kept.split("-") if part)[:60] or "study"


def _all(study: Study, steps: list[Step], again: bool, bar: Bar) -> tuple[Outcome, ...]:
    """Run steps that must be possible, and the report after them."""
    outcomes = []
    for step in steps:
        outcome = run_step(study, step, bar(step.name), again=again)
        if outcome.state == "not possible":
            raise StudyError(
                Fault("LW-ST-004", str(study.path), f"what `{step.name}` needs", "that it is not there", outcome.why)
            )
        outcomes.append(outcome)
    if REPORT not in steps:
        outcomes.append(run_step(study, REPORT, bar("report")))
    return tuple(outcomes)


def _position(name: str) -> int:
    """Find a step by name."""
    if name not in STEP_NAMES:
        near = suggestion(name, STEP_NAMES)
        raise StudyError(
            Fault("LW-ST-006", "--until", f"one of {', '.join(STEP_NAMES)}", repr(name),
                  f"use {near!r}" if near else "name one of these steps")
        )  # fmt: skip
    return STEP_NAMES.index(name)


def _study_for(source: Path, out: Path | None, seed: int | None) -> Study:
    """Open the study that the source is or belongs to, or make it."""
    if source.is_dir() and (source / "study.yaml").is_file():
        return Study.open(source, seed=seed)
    if source.is_dir() or not source.exists():
        raise StudyError(
            Fault("LW-ST-007", str(source), "a log, or the folder of a study",
                  "a folder without study.yaml" if source.is_dir() else "nothing",
                  "name the file of the log itself, such as tickets.csv")
        )  # fmt: skip
    refuse_other_than_log(source)
    stem = source.name.split(".")[0]
    folder = out or Path(study_id(stem))
    if folder.is_dir() and (folder / "study.yaml").is_file():
        study = Study.open(folder, seed=seed)
        if not evidence.has_log(study.store):
            return _of(study, source)
        if all(study.source_path(log).resolve() != source.resolve() for log in study.logs):
            raise StudyError(
                Fault("LW-ST-008", str(folder), f"a study of {source.name}", "a study of another log",
                      "choose another folder with --out, or `longwall ingest STUDY FILE` to add it to its log")
            )  # fmt: skip
        return study
    file = StudyFile(id=study_id(stem), name=stem, seed=seed or 0, evidence=(Source(file=str(source.resolve())),))
    return Study.create(folder, file)


def _of(study: Study, source: Path) -> Study:
    """Let a study that has read nothing yet be one of this file; what its mapping says already is kept."""
    first = study.logs[0] if study.logs else None
    if first is not None and study.source_path(first).resolve() == source.resolve():
        return study
    log = Source(file=str(source.resolve()))
    return study.with_file(study.file.model_copy(update={"evidence": (log, *study.signals)}))
