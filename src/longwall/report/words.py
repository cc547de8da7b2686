"""Terms of the method explained where they stand, layers with their colour and shape, and small sentences."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.report.markup import Content, Markup, element, join
from longwall.report.material import Missing
from longwall.report.numbers import count_text
from longwall.report.theme import LAYER_NAMES
from longwall.worksystem import Layer

__all__ = ["GLOSSARY", "LEVELS", "absent", "counted", "layer_mark", "listed", "sentence", "term"]

GLOSSARY = {
    "variance": "What goes otherwise than wanted: a wrong category, a lost handover, a late answer.",
    "key variance": "One of the few variances from which most of the harm follows, counting what they bring about "
    "further on.",
    "distance of control": "Steps of the flow between the place where a variance arises and the place where somebody "
    "controls it. Short is good: control at the source.",
    "level of automation": "Who does what in a step, from 1 (a person does all) to 10 (no human step). A vocabulary, "
    "not a score: higher is not better.",
    "takeover": "A person does by hand what the machine cannot do, or all of it while the machine is out.",
    "skill reserve": "The chance that a takeover would succeed if it were needed now.",
    "joint optimum": "The design that serves both the technical and the social side, found by searching both together.",
    "front": "The designs that no other one beats: better on the technical side, the social side or cost, and no worse "
    "on the others.",
    "common luck": "Two designs are simulated with the same arrivals and the same chance events, so that their "
    "difference is theirs and not that of luck.",
    "hold-out": "The last weeks of the log are hidden, forecast from what came before, and then compared.",
    "control": "The plainest forecast there is: the last period happens again.",
    "hours above 85% load": "Half-hours in which those rostered are busy 85% of the time or more, over all rostered "
    "hours.",
    "escaped": "A variance that nobody controlled before the work left the system.",
    "congruence": "Of the pairs of people whose steps depend on each other, the share who worked on the same item. Low "
    "is a question, not a fault: many pairs never need to meet.",
    "support congruence": "Whether skills, practice, authority, information and incentives are given where the "
    "technical side demands them, and whether machines show what people who watch them must see.",
    "fit": "Whether the social side and the technical side give each other what they need: a profile of indicators, "
    "never one number.",
    "practice": "Something that people who work together do regularly. It acts through what they can do (ability), "
    "want to do (motivation) and may do (opportunity), and through nothing else.",
    "footing": "How a number is known: counted in the log, fitted by a model that was tested on unseen weeks, or "
    "assumed.",
}

LEVELS = (
    "a person does all", "machine lists options", "machine narrows options", "machine suggests, person acts",
    "person approves, machine acts", "machine acts unless stopped", "machine acts, person is told",
    "machine acts, person audits", "machine acts, asks when unsure", "no human step",
)  # fmt: skip
"""What each of the ten levels of automation means, level 1 first."""

_SHAPES: dict[Layer, str] = {
    "technical": "M1 1h8v8h-8z",
    "social": "M5 .7a4.3 4.3 0 1 1 0 8.6a4.3 4.3 0 1 1 0-8.6z",
    "work": "M5 0l5 5l-5 5l-5-5z",
    "environment": "M5 .6l4.8 8.6h-9.6z",
}


def term(name: str, shown: str | None = None) -> Markup:
    """Return a term of the method with its explanation, which opens on hover, touch and keyboard focus."""
    tip = element("span", GLOSSARY[name], class_="tip", role="tooltip")
    return element("span", shown or name, tip, class_="term", tabindex=0)


def layer_mark(layer: Layer, text: str | None = None) -> Markup:
    """Return the name of a layer, or another text, in its colour and with its shape."""
    shape = element(
        "svg", element("path", d=_SHAPES[layer], fill="currentColor"), viewBox="0 0 10 10", aria_hidden="true"
    )
    return element("span", shape, text or LAYER_NAMES[layer], class_=f"layer {layer}")


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{count_text(number)} {singular if number == 1 else plural or singular + 's'}"


def listed(words: Sequence[str], *, most: int = 0) -> str:
    """Return words as a list in a sentence; beyond `most` (0: no limit) they are counted."""
    if most and len(words) > most:
        return ", ".join(words[:most]) + f" and {len(words) - most} more"
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def sentence(text: str) -> str:
    """Return a text with a capital letter first and a full stop last."""
    text = text.strip()
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?:…" else ".")


def absent(what: str, missing: Missing) -> Markup:
    """Return the words that stand where a result is missing, with the command that makes it."""
    reason: Content = f" ({missing.why})" if missing.why else None
    return element(
        "p",
        f"{what} {'is' if not what.endswith('s') else 'are'} not made yet",
        reason,
        ". Next: ",
        element("code", missing.command),
        join("."),
        class_="absent-part",
    )
