"""The example's two planted faults are found, and the report is what people.md asks for."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from tests.conftest import longwall, longwall_process

from longwall import study
from longwall.simulation.assumptions import assumed_paths
from longwall.worksystem.yamlfile import read_system


def findings(example: Path) -> list[dict]:
    return json.loads((example / "results" / "assess.json").read_text())["result"]["findings"]


def test_the_example_says_that_it_is_simulated_and_what_was_planted(example: Path) -> None:
    page = (example / "report" / "index.html").read_text()
    assert "simulated" in page
    assert "two planted" in page


def test_the_routing_mismatch_is_found(example: Path) -> None:
    """Fails on the template without the faults: see test_without_the_faults_neither_is_claimed."""
    found = [one for one in findings(example) if one["kind"] == "bounce"]
    named = [one for one in found if "network" in one["statement"].lower() and "desktop" in one["statement"].lower()]
    assert named, [one["statement"] for one in found]
    assert named[0]["footing"] == "counted"


def test_the_lost_takeover_is_found(example: Path) -> None:
    found = [one for one in findings(example) if one["kind"] == "atrophy"]
    named = [one for one in found if "recover" in one["statement"].lower()]
    assert named, [one["statement"] for one in findings(example)]


def test_the_count_behind_the_bounce_is_that_of_the_log(example: Path) -> None:
    """Counted a second way, in Polars, from the file that the example made."""
    log = pl.read_csv(example / "tickets.csv")
    ordered = log.filter(pl.col("team").is_not_null()).sort("case", "end", "start", maintain_order=True)
    runs = ordered.filter((pl.col("team") != pl.col("team").shift(1).over("case")).fill_null(True))
    back = runs.with_columns(before=pl.col("team").shift(2).over("case"), between=pl.col("team").shift(1).over("case"))
    pair = pl.col("between").str.to_lowercase().is_in(["network", "desktop"]) & pl.col("team").str.to_lowercase().is_in(
        ["network", "desktop"]
    )
    cases = back.filter((pl.col("team") == pl.col("before")) & pair)["case"].unique()
    last = log.sort("case", "end", maintain_order=True).group_by("case", maintain_order=True).last()
    closed = last.filter(pl.col("activity") == "Close the ticket")["case"]
    found = next(one for one in findings(example) if one["kind"] == "bounce")
    # Tickets still open when the log ends may yet go back for a good reason: the detector decides, within these two.
    assert cases.is_in(closed.implode()).sum() <= found["evidence"][0]["cases"] <= len(cases)


@pytest.mark.long
def test_the_example_as_it_ships_tells_the_same_story(example: Path, tmp_path: Path) -> None:
    """The command of the tutorial: whatever the small example of the other tests finds, it finds as well."""
    done = longwall_process("example", "studies/example", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    whole = tmp_path / "studies" / "example"
    assert {one["kind"] for one in findings(example)} == {one["kind"] for one in findings(whole)}
    for kind, words in (("bounce", ("network", "desktop")), ("atrophy", ("recover",))):
        [found] = [one for one in findings(whole) if one["kind"] == kind]
        assert all(word in found["statement"].lower() for word in words)
    aligned = json.loads((whole / "results" / "align.json").read_text())["result"]
    assert aligned["recommended"] == "joint" and aligned["verdicts"][0]["verdict"] == "recommended"


def test_page_one_shows_only_counted_and_fitted_numbers(example: Path) -> None:
    page = (example / "report" / "index.html").read_text()
    first = re.search(r'<section[^>]*id="page-one".*?</section>', page, re.DOTALL)
    assert first, "page one is a section of its own"
    assert 'data-footing="assumed"' not in first[0]
    assert "never assessment, discipline or selection of individuals" in page


def test_the_report_asks_nothing_of_a_network(example: Path) -> None:
    page = (example / "report" / "index.html").read_text()
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]+"', page) == []
    assert "@import" not in page


def test_designs_carry_both_columns_and_no_removal_without_its_sibling(example: Path) -> None:
    aligned = json.loads((example / "results" / "align.json").read_text())["result"]
    for forecast in aligned["forecasts"]:
        assert {one["column"] for one in forecast["indicators"]} == {"technical", "social"}
    by_id = {one["id"]: one for one in aligned["interventions"]}
    for one in by_id.values():
        if one["people_removed"] > 0:
            assert one["strengthening"] in by_id


def test_no_performer_of_the_log_appears_above_the_store(example: Path) -> None:
    log = pl.read_csv(example / "tickets.csv")
    people = [name for name in log["resource"].drop_nulls().unique() if re.fullmatch(r".*-\d+", name)]
    assert len(people) > 20
    written = [path for kind in ("json", "yaml", "html") for path in example.rglob(f"*.{kind}")]
    text = "\n".join(path.read_text() for path in written if path.name != "truth.yaml")
    assert [name for name in people if name in text and re.search(rf"\b{re.escape(name)}\b", text)] == []


def test_a_second_run_makes_nothing_again(example: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(example, tmp_path / "example"))
    before = {path: path.stat().st_mtime_ns for path in (copy / "results").rglob("*.json")}
    done = longwall("run", str(copy), "--json")
    assert done.returncode == 0, done.stderr
    states = {step["step"]: step["state"] for step in json.loads(done.stdout)["steps"]}
    assert set(states.values()) == {"up to date"}, states
    assert {path: path.stat().st_mtime_ns for path in (copy / "results").rglob("*.json")} == before


def test_the_forecast_of_the_flow_rests_on_nothing_assumed(example: Path) -> None:
    # Caught when "no holidays are claimed" was written as an assumed number: page one then gave no size at all.
    system = read_system(example / "worksystem.yaml")
    assert [path for path in assumed_paths(system) if path.startswith(("work.", "social."))] == []


def test_a_discovered_model_stands_in_eight_steps_and_is_held_against_its_log(example: Path) -> None:
    """Fails where the steps take the model's word for what the log counts."""
    states = {one.step: one for one in study.steps_of_study(study.Study.open(example))}
    assert all(one.artefact is not None for one in states.values())
    assert "the log shows" in " ".join(states["boundary"].found)
    counted = json.loads((example / "results" / "assess.json").read_text())["result"]["boundaries"]["crossings"]
    mean = {(one["boundary"], one["source"], one["demand"]): one["mean"]["value"] for one in counted}
    log = pl.read_csv(example / "tickets.csv").filter(pl.col("team").is_not_null())
    ordered = log.sort("case", "end", "start", maintain_order=True)
    changes = ordered.select((pl.col("team") != pl.col("team").shift(1).over("case")).fill_null(False).sum()).item()
    # Counted a second way over all tickets; those that were still open are a few in a thousand.
    assert abs(mean["team", "log", ""] - changes / log["case"].n_unique()) < 0.02
