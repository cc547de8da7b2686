"""``longwall decide``: what was drafted, what is new, and what of people's own words stayed."""

from __future__ import annotations

import textwrap

from longwall.cli.rooms import study
from longwall.cli.show import answer

__all__ = ["write"]


def write(opened: study.Study, *, automation: bool, as_json: bool) -> None:
    """Draft ``decisions.yaml`` and say what it holds now."""
    done = study.decide(opened, automation=automation)
    decisions = done.space.decisions
    choices = sum(len(one.choices) for one in decisions)
    lines = [f"{done.path}: {len(decisions)} decisions, {choices} choices beside today's way"]
    if done.kept:
        said = (("new", done.added), ("gone", done.gone), ("yours, kept", done.yours))
        lines += [f"{word}: {', '.join(names)}" for word, names in said if names]
    judged = done.space.judged
    lines += [f"by judgement: {textwrap.shorten(one.asks or one.id, 160, placeholder=' …')}" for one in judged]
    if judged:
        lines.append("why no simulation carries these stands in the file, under by_judgement")
    lines.append(f"read it, cut it down, settle what is settled; then `longwall align {opened.path}`")
    result = {"file": str(done.path), "decisions": [one.id for one in decisions], "added": done.added,
              "gone": done.gone, "yours": done.yours, "by_judgement": [one.id for one in judged]}  # fmt: skip
    answer(result, "\n".join(lines), as_json=as_json)
