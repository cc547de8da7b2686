"""Check: every file of a study, all faults in one pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from longwall import alignment, assessment, discovery, inquiry
from longwall.alignment import practices
from longwall.assessment import StepsWritten
from longwall.errors import Fault, LongwallError, StudyError
from longwall.study.answering import Responses
from longwall.study.deciding import check_decisions
from longwall.study.eliciting import check_opinions
from longwall.study.folder import Study, StudyFile
from longwall.study.loop import STEP_NAMES
from longwall.study.merging import Conflicts
from longwall.study.planning import drills_in, terms_in
from longwall.study.results import load
from longwall.study.voicing import VOICES, read_voice
from longwall.worksystem import Design
from longwall.worksystem.yamlfile import read_piece, read_system

__all__ = ["check"]


def check(folder: Path) -> list[str]:
    """Read every file of a study and return the names of those that were read.

    Raises
    ------
    StudyError
        With every fault of every file.
    """
    if not (folder / "study.yaml").is_file():
        Study.open(folder)
    readers: list[tuple[Path, Callable[[Path], object]]] = [
        (folder / "study.yaml", lambda path: read_piece(path, StudyFile)),
        (folder / "worksystem.yaml", read_system),
        (folder / "detectors.yaml", discovery.load_detectors),
        (folder / "procedure.yaml", assessment.load_procedure),
        (folder / "objectives.yaml", alignment.read_objectives),
        (folder / "practices.yaml", practices.practices_of),
        (folder / "conflicts.yaml", lambda path: read_piece(path, Conflicts)),
        (folder / "inquiry" / "answers.yaml", inquiry.read_answers),
        (folder / "decisions.yaml", lambda path: check_decisions(Study(folder, StudyFile(id="checked")))),
        (folder / "assessment.yaml", lambda path: read_piece(path, StepsWritten)),
        *((folder / "inquiry" / f"{name}.yaml", read_voice) for name in VOICES),
        (folder / "responses.yaml", lambda path: read_piece(path, Responses)),
        (folder / "plans" / "terms.yaml", lambda path: terms_in(folder, path)),
        (folder / "plans" / "drills.yaml", drills_in),
        *((path, lambda path: read_piece(path, Design)) for path in sorted((folder / "designs").glob("*.yaml"))),
    ]
    faults: list[Fault] = []
    names: list[str] = []
    for path, reader in readers:
        if not path.is_file():
            continue
        names.append(path.relative_to(folder).as_posix())
        try:
            reader(path)
        except LongwallError as error:
            faults.extend(error.faults)
    study = Study(folder, StudyFile(id="checked"))
    names += [path.relative_to(folder).as_posix() for path in study.opinions]
    try:
        check_opinions(study)
    except LongwallError as error:
        faults.extend(error.faults)
    for step in (*STEP_NAMES, "signals"):
        try:
            if load(study, step) is not None:
                names.append(f"results/{step}.json")
        except LongwallError as error:
            faults.extend(error.faults)
    if faults:
        raise StudyError(*faults)
    return names
