"""The twelve questions as one offline page: it loads nothing, sends nothing, and saves a file of answers."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib.resources import files
from typing import Any

from longwall import __version__
from longwall.inquiry.answers import Answers
from longwall.inquiry.questions import KINDS, QUESTIONS, number_of, raw_questions
from longwall.inquiry.suggesting import suggested
from longwall.provenance import hash_of_value

__all__ = ["form_html"]

_PRIVATE = (
    "Before you answer: the answers are kept as text in the folder of the study and stand in its report, for whoever "
    "gets that. Name kinds of work, never people. Nothing here is sent anywhere; this browser keeps what you write "
    "until you press Forget."
)


def form_html(name: str, answers: Answers | None, *, command: str) -> str:
    """Return the form as one page of HTML.

    Parameters
    ----------
    name : str
        Of the study.
    answers : Answers, optional
        What has been answered so far; the form begins with it.
    command : str
        What reads the file that the form saves.

    Returns
    -------
    str
        Equal input gives equal text. The page's policy lets it load nothing and run its own script only.
    """
    script, style = _file("form.js"), _file("form.css")
    sha = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{sha}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    data = json.dumps(_data(name, answers, command), ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    kinds = "".join(f'<option value="{key}">{html.escape(text)}</option>' for key, (_, text) in KINDS.items())
    lists = "".join(
        f'<datalist id="list-{kind}"></datalist>'
        for kind in ("step", "step_or_none", "trouble", "role", "about", "noticed")
    )
    shown = html.escape(name)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f'<meta name="generator" content="Longwall {__version__}"><link rel="icon" href="data:,">'
        f"<title>Twelve questions: {shown}</title><style>{style}</style></head><body>"
        f"<header><h1>Twelve questions: {shown}</h1>"
        "<p>They draw a map of the work, its risks and three first steps, without any data. It takes about ten "
        "minutes. Any question may be left open.</p>"
        f"<p>{html.escape(_PRIVATE)}</p><p>Longwall is for the design of work; never for the assessment, discipline or "
        "selection of individuals.</p>"
        "<noscript><p>This page needs its script. Without it, answer in a terminal: "
        f"<code>{html.escape(command.split(' --answers')[0])}</code></p></noscript></header>"
        "<main><fieldset><legend>To begin with</legend>"
        '<label for="kind">Which comes closest to your work? It lends what you do not know.</label>'
        f'<select id="kind">{kinds}</select>'
        '<label for="item">What do you call one piece of work here?</label><input id="item" autocomplete="off">'
        '<label for="load">Go on with a file that was saved here before (may be left out)</label>'
        '<input id="load" type="file" accept=".json,application/json"></fieldset>'
        f'<div id="questions"></div>{lists}</main>'
        '<div class="bar"><div><button type="button" class="main" id="save">Save the answers</button>'
        '<button type="button" id="forget">Forget</button><span id="said" role="status"></span></div></div>'
        f'<script type="application/json" id="data">{data}</script><script>{script}</script></body></html>\n'
    )


def _data(name: str, answers: Answers | None, command: str) -> dict[str, Any]:
    """Everything that the script of the form needs."""
    lent = {kind: suggested(kind).model_dump(mode="json", exclude_none=True) for kind in KINDS}
    asked = [{**plain, "number": number_of(str(plain["id"]))} for plain in raw_questions()]
    given = {} if answers is None else answers.model_dump(mode="json", exclude_none=True)
    return {
        "study": name,
        "base": hash_of_value(given)[:16],
        "answers": given,
        "command": command,
        "items": {kind: lent[kind]["item"] for kind in KINDS},
        "questions": asked,
        "suggested": {kind: {key: lent[kind][key] for key in QUESTIONS if key in lent[kind]} for kind in KINDS},
    }


def _file(name: str) -> str:
    """A file of the package."""
    return files("longwall.inquiry").joinpath("data", name).read_text(encoding="utf-8")
