from __future__ import annotations

import os
import re
from pathlib import Path
from types import ModuleType

import pytest

from longwall import templates
from longwall.assessment import Assessment, assess, load_thresholds
from longwall.discovery import detect
from longwall.errors import AssessmentError
from longwall.evidence import ingest, read_log
from longwall.worksystem import WorkSystem

LOGS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "logs"


def test_the_service_desk_is_loose_and_linear_by_judgement_alone() -> None:
    result = assess(templates.read("service-desk"))
    assert result.classification.coupling.label == "loose"
    assert result.classification.interaction.label == "linear"
    assert result.matrix is not None and result.matrix.source == "judgement"
    assert {finding.footing for finding in result.findings} == {"assumed"}
    assert any("no log" in caution for caution in result.cautions)


def test_same_seed_same_bits_and_json_round_trip(handmade: ModuleType) -> None:
    log = handmade.bouncing_desk(0, 0.4)
    events = detect(log)
    one, two = (assess(templates.read("service-desk"), log=log, events=events, seed=3) for _ in range(2))
    assert one.model_dump_json() == two.model_dump_json()
    assert Assessment.model_validate_json(one.model_dump_json()) == one
    other = assess(templates.read("service-desk"), log=log, events=events, seed=4)
    assert [finding.id for finding in other.findings] == [finding.id for finding in one.findings]
    assert one.judged is not None and one.judged.source == "judgement"


def test_labels_join_the_log_to_the_model(handmade: ModuleType) -> None:
    log = handmade.automated_desk(0, outages=4, practised=0.0)
    system = templates.read("service-desk")
    labels = {"recover-account": "recover account", "register": "take request"}
    result = assess(system, log=log, events=detect(log), labels=labels)
    level = next(row for row in result.classification.automation if row.function == "recover-account")
    assert level.possible == (6, 7, 8, 9, 10)
    assert level.agree is True
    assert level.machine_share is not None and level.machine_share.value > 0.9


def wording(result: Assessment) -> str:
    return " ".join([f.statement for f in result.findings] + [f.severity_means for f in result.findings])


def test_sentences_speak_of_work_and_never_of_causes(handmade: ModuleType) -> None:
    logs = [handmade.bouncing_desk(0, 0.4), handmade.automated_desk(0, outages=4, practised=0.0)]
    results = [assess(WorkSystem(id="x"), log=log, events=detect(log)) for log in logs]
    text = " ".join(wording(result) for result in [*results, assess(templates.read("service-desk"))])
    assert not re.search(r"\bcaus|—|\bblame|\bbest performer|\bslowest", text)


def test_a_file_of_thresholds_is_checked_in_one_pass(tmp_path: Path) -> None:
    file = tmp_path / "cuts.yaml"
    file.write_text("bounce_share: {value: 0.5, reason: ours, source: us}\n")
    assert load_thresholds(file)["bounce_share"] == 0.5
    assert load_thresholds(file)["rework_share"] == load_thresholds()["rework_share"]
    file.write_text("bounce_shar: {value: 1, reason: a, source: b}\nlate_share: 3\n")
    with pytest.raises(AssessmentError) as caught:
        load_thresholds(file)
    assert [fault.code for fault in caught.value.faults] == ["LW-AS-002", "LW-AS-003"]
    assert "bounce_share" in str(caught.value)
    file.write_text("a: [")
    with pytest.raises(AssessmentError, match="LW-AS-001"):
        load_thresholds(file)


def test_a_threshold_changes_what_is_found(handmade: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "cuts.yaml"
    file.write_text("bounce_share: {value: 0.5, reason: only what half of the cases do, source: us}\n")
    log = handmade.bouncing_desk(0, 0.4)
    result = assess(WorkSystem(id="x"), log=log, events=detect(log), thresholds=load_thresholds(file))
    assert not [finding for finding in result.findings if finding.kind == "bounce"]


@pytest.mark.skipif(not LOGS.exists() and not os.environ.get("CI"), reason=f"needs the shared logs in {LOGS}")
@pytest.mark.parametrize(
    "name",
    [
        "bpic2013_open_problems.xes.gz",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("loan_application.csv.gz", "receipt.csv.gz")),
    ],
)
def test_real_logs_are_assessed(name: str, tmp_path: Path) -> None:
    ingest(LOGS / name, tmp_path / "evidence.duckdb", key=b"0" * 32)
    log = read_log(tmp_path / "evidence.duckdb")
    result = assess(WorkSystem(id="x"), log=log, events=detect(log))
    assert result.matrix is not None
    matrix = result.matrix
    # What starts somewhere is what is done somewhere: the invariant, from the numbers that are shown.
    done = sum((row.rate_per_week or 0) * row.severity.technical for row in matrix.variances)
    assert matrix.total.technical == pytest.approx(done, rel=1e-6)
    assert result.findings[-1].kind == "not_observed"
    for finding in result.findings:
        assert finding.severity.low <= finding.severity.value <= finding.severity.high
        assert len(finding.statement) < 500


def test_what_a_finding_suggests_touches_the_model(handmade: ModuleType) -> None:
    """Targets are ids of the model where it has the variance or the team, so that a change can be drafted."""
    log = handmade.bouncing_desk(0, 0.4)
    system = WorkSystem.model_validate(
        {
            "id": "desk",
            "social": {"teams": [{"id": "net"}, {"id": "desk"}]},
            "work": {"functions": [{"id": "work-on-network"}]},
            "variances": [{"id": "again", "kind": "rework", "origin": "work-on-network"}],
        }
    )
    result = assess(system, log=log, events=detect(log), labels={"net": "network", "desk": "desktop"})
    by_kind = {finding.kind: finding for finding in result.findings}
    assert set(by_kind["bounce"].where) == {"net", "desk"}
    assert {target for s in by_kind["far_control"].suggests for target in s.targets} == {"again"}
