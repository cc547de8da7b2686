"""What groups of the study judge of its variance matrix: the files of ``inquiry/matrix``, checked."""

from __future__ import annotations

from longwall import assessment, discovery, evidence
from longwall.errors import AssessmentError, Fault, LongwallError
from longwall.provenance import hash_of_file
from longwall.study.folder import Study
from longwall.worksystem import WorkSystem
from longwall.worksystem.yamlfile import read_system

__all__ = ["check_opinions", "experts_of", "opinions_hash"]


def experts_of(study: Study, system: WorkSystem) -> tuple[assessment.Expert, ...]:
    """Return what the groups say; empty where none was asked.

    Raises
    ------
    AssessmentError
        LW-AS-030 to LW-AS-038: every fault of every file, by line. LW-AS-039: a file names a person of the log.
    """
    paths = study.opinions
    if not paths:
        return ()
    experts = assessment.read_experts(paths, *_named_by(study, system))
    if not evidence.has_log(study.store):
        return experts
    key = evidence.load_key()
    faults = [
        Fault("LW-AS-039", f"{study.path / 'inquiry' / 'matrix' / expert.file}", "roles and groups only",
              "the name of a person of the log", "write the group; what a group says is shown to all")
        for expert in experts
        if evidence.names_person(
            study.store, " . ".join([expert.name, *(one.why for one in expert.opinions if one.why)]), key
        )
    ]  # fmt: skip
    if faults:
        raise AssessmentError(*faults)
    return experts


def _named_by(study: Study, system: WorkSystem) -> tuple[set[str], set[str]]:
    """Ids that a cell may name: variances of the model, and kinds of detectors."""
    detectors = discovery.load_detectors(study.detectors if study.detectors.is_file() else None)
    kinds = {detector.id for detector in detectors} | {one.kind for one in system.variances if one.kind}
    variances = {variance.id for variance in system.variances}
    return variances, kinds - variances


def check_opinions(study: Study) -> None:
    """Check the files of opinions against the model and the detectors, where those can be read.

    Raises
    ------
    AssessmentError
        LW-AS-030 to LW-AS-038: every fault of every file, by line.
    """
    try:
        system = read_system(study.system) if study.system.is_file() else WorkSystem(id="none")
        named = _named_by(study, system)
    except LongwallError:
        return  # said where those files are read
    assessment.read_experts(study.opinions, *named)


def opinions_hash(study: Study) -> dict[str, str]:
    """Return the input that opinions are to a step; nothing where there are none."""
    return {f"opinions of {path.name}": hash_of_file(path) for path in study.opinions}
