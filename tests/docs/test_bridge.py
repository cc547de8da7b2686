"""The page for users of SimPy and Ciw shows the code that `benchmarks/bridge.py` runs, and what came out."""

from __future__ import annotations

import re

from tests.conftest import ROOT

from longwall.worksystem import Forecast

PAGE = ROOT / "docs" / "how-to" / "from-simpy-and-ciw.md"
CODE = ROOT / "benchmarks" / "bridge.py"


BLOCK = re.compile(r"^```(?:text|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_page_shows_what_is_run() -> None:
    code = CODE.read_text(encoding="utf-8")
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) == 3
    for block in blocks:
        shown = re.sub(r"\A(?:(?:import|from) .*\n|\n)+", "", block)
        shown = shown.partition("for kind in (")[0] if "forecast" in shown else shown
        for part in re.split(r"\n\n\n", shown.strip()):
            assert f"{part}\n" in code, part.partition("\n")[0]


def test_the_page_states_what_comes_out() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names: dict[str, object] = {}
    exec(compile(BLOCK.findall(text)[-1], str(PAGE), "exec"), names)
    forecast = names["forecast"]
    assert isinstance(forecast, Forecast)
    for kind in ("urgent", "normal"):
        for word, indicator, unit in (("gives up", "abandoned_share", 100), ("lead time", "lead_time_h", 1)):
            [row] = re.findall(
                rf"^\| {kind}, {word} \|.*\| ([\d.]+)[^|]*? \(([\d.]+) to ([\d.]+)\) \|$", text, re.MULTILINE
            )
            entry = forecast.of(indicator, f"demand:{kind}")
            assert entry is not None
            digits = len(row[0].partition(".")[2])
            shown = [entry.estimate.value, entry.estimate.low, entry.estimate.high]
            assert [float(x) for x in row] == [round(unit * x, digits) for x in shown]
