"""The commands of ``longwall``, one per intention; each calls one function of ``longwall.study``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from longwall import __version__
from longwall.cli import asking, assessing, beginning, constraining, deciding, keeping, simulating
from longwall.cli.options import Again, AsJson, Folder, Seed, epilog
from longwall.cli.rooms import study
from longwall.cli.show import answer, bars, table

__all__ = ["app"]

app = typer.Typer(
    name="longwall",
    help="See, test and improve the joint system of people and technology.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="print the version and leave")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command(epilog=epilog("longwall run tickets.csv --out my-desk", "longwall run my-desk"))
def run(
    source: Annotated[Path, typer.Argument(metavar="FILE_OR_STUDY", help="a log, or an existing study folder")],
    out: Annotated[Path | None, typer.Option("--out", help="folder of the new study; default: the file's name")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="STEP", help="stop after this step")] = None,
    max_rejects: Annotated[float, typer.Option(min=0, max=1, help="largest share of rows that may be bad")] = 0.01,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Take a log through the whole loop: ingest, discover, networks, simulate, assess, align, plan, report."""
    with bars() as bar:
        opened, outcomes = study.run(source, out=out, seed=seed, until=until, max_rejects=max_rejects, bar=bar)
    _outcomes(opened, outcomes, as_json)


def _outcomes(opened: study.Study, outcomes: tuple[study.Outcome, ...], as_json: bool) -> None:
    """Say what was made and where the report is."""
    page = opened.report / "index.html"
    lines = [f"{outcome.step}: {outcome.state}" + (f" ({outcome.why})" if outcome.why else "") for outcome in outcomes]
    lines.append(f"report: {page}")
    result = {
        "study": str(opened.path),
        "steps": [{"step": outcome.step, "state": outcome.state, "why": outcome.why} for outcome in outcomes],
        "report": str(page),
    }
    answer(result, "\n".join(lines), as_json=as_json)


@app.command(epilog=epilog("longwall ingest my-desk tickets.csv", "longwall ingest my-desk october.csv"))
def ingest(
    folder: Folder,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="a log, or more of it; default: the files of study.yaml")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="let FILE take the place of the log so far")] = False,
    max_rejects: Annotated[float, typer.Option(min=0, max=1, help="largest share of rows that may be bad")] = 0.01,
    seed: Seed = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Read a log into the study: map its columns, reject bad rows with reasons, replace persons by pseudonyms.

    A further file of the same tool is added: items that go on are joined, and what was read before is not counted
    again.
    """
    if replace and file is None:
        raise typer.BadParameter("--replace needs the file that is to take the place of the log")
    with bars() as bar:
        opened = study.Study.open(folder, seed=seed)
        outcomes = study.ingest_file(opened, file, replace=replace, max_rejects=max_rejects, again=again, bar=bar)
    _outcomes(study.Study.open(folder), outcomes, as_json)


def _step_command(name: str, help_text: str) -> Callable[..., None]:
    """Make the command of one step."""

    def command(folder: Folder, seed: Seed = None, again: Again = False, as_json: AsJson = False) -> None:
        with bars() as bar:
            opened = study.Study.open(folder, seed=seed)
            outcomes = study.run_one(opened, name, again=again, bar=bar)
        _outcomes(opened, outcomes, as_json)

    command.__name__ = name
    command.__doc__ = help_text
    return app.command(name, help=help_text, epilog=epilog(f"longwall {name} my-desk"))(command)


for _name, _help in (
    ("discover", "Find the work system behind the log, and test its forecast on weeks it has not seen."),
    ("networks", "Lay the organisation on paper beside the one in the log; claim only what chance does not explain."),
    ("tensions", "Move four levers of today's system: what gets better, at which price, and where today stands."),
    ("forces", "Show today's system under market, technology and social trends, under the same luck."),
    ("specify", "Say what of the recommended design must be fixed, what is yours, and what chooses where you land."),
    ("shocks", "Strike today and the designs with a surge, two people leaving, and a day without the main automation."),
    ("growth", "Show where today and the designs break at twice, five and ten times the volume."),
    ("align", "Search for designs that are better for both sides, beside the one-sided ones."),
    ("report", "Write the report from whatever results there are."),
):
    _step_command(_name, _help)


@app.command(epilog=epilog("longwall plan my-desk", "longwall plan my-desk --terms", "longwall plan my-desk --along"))
def plan(
    folder: Folder,
    terms: Annotated[
        bool, typer.Option("--terms", help="write plans/terms.yaml for people to fill in, and plan nothing")
    ] = False,
    along: Annotated[
        bool, typer.Option("--along", help="also forecast each look with what is done before it, by simulation")
    ] = False,
    seed: Seed = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Order the change: what first, what rests on what, when to look; under the terms of plans/terms.yaml."""
    if terms:
        if along or again:
            raise typer.BadParameter("--terms only writes the file; plan once it is filled in")
        file = study.write_terms(study.Study.open(folder))
        answer({"file": file}, f"{file}: fill it in, then `longwall plan {folder}`", as_json=as_json)
        return
    with bars() as bar:
        opened = study.Study.open(folder, seed=seed)
        outcomes = study.run_one(opened, "plan", again=again, bar=bar)
        if along:
            outcomes = (*outcomes[:-1], *study.run_one(opened, "along", again=again, bar=bar))
    _outcomes(opened, outcomes, as_json)


@app.command(
    epilog=epilog(
        "longwall assess my-desk",
        "longwall assess my-desk --step boundary --out-of-scope telephone --note 'projects are looked at in spring'",
        "longwall assess my-desk --step boundary --sign-off 'desk lead'",
    )
)
def assess(
    folder: Folder,
    step: assessing.StepOption = None,
    sign_off: assessing.SignOffOption = None,
    withdraw: assessing.WithdrawOption = False,
    note: assessing.NoteOption = None,
    add: assessing.AddOption = None,
    in_scope: assessing.InOption = None,
    out_of_scope: assessing.OutOption = None,
    seed: Seed = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Find what is misaligned, in eight steps: run all that can be run, or show, write into and sign off one."""
    words = assessing.Words(sign_off, withdraw, note, add or [], in_scope or [], out_of_scope or [])
    if step is None:
        assessing.refuse_without_step(words)
        with bars() as bar:
            opened = study.Study.open(folder, seed=seed)
            outcomes = study.run_one(opened, "assess", again=again, bar=bar)
        _outcomes(opened, outcomes, as_json)
        return
    assessing.one_step(folder, step, words, seed=seed, again=again, as_json=as_json)


@app.command(
    epilog=epilog(
        "longwall simulate my-desk",
        "longwall simulate my-desk --set work.demand.incident.per_week=*1.3",
        "longwall simulate two-more.yaml --weeks 26 --set social.roles.network.shifts.0.people=8",
        "longwall simulate sweep/ --cluster tcp://10.0.0.5:8786 --out forecasts",
        "longwall simulate my-desk --log-out logs --runs 10 --cases 200 --from 2025-03-31 --arrivals-until 2025-04-27 "
        "--until 2025-05-04",
    )
)
def simulate(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="STUDY_OR_SCENARIO...", help="a study; or scenario files, or folders of them"),
    ],
    weeks: simulating.Weeks = None,
    replications: simulating.Replications = None,
    seed: simulating.Seed = None,
    settings: simulating.Settings = None,
    threads: simulating.Threads = None,
    cluster: simulating.Cluster = None,
    allow_different: simulating.AllowDifferent = False,
    out: simulating.Out = None,
    log_out: simulating.LogOut = None,
    runs: simulating.Runs = None,
    cases: simulating.Cases = None,
    begins: simulating.Begins = None,
    arrivals_until: simulating.ArrivalsUntil = None,
    until: simulating.Until = None,
    keep: simulating.Keep = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Forecast a study's work system today, or scenarios, as indicators; or a study's coming weeks, as logs."""
    period = {"--runs": runs, "--cases": cases, "--from": begins, "--arrivals-until": arrivals_until,
              "--until": until, "--keep": keep}  # fmt: skip
    said = {"--weeks": weeks, "--replications": replications, "--set": settings, "--threads": threads,
            "--cluster": cluster, "--allow-different": allow_different, "--out": out}  # fmt: skip
    if log_out is not None:
        simulating.simulate_logs(sources, log_out, period, unfit=said, seed=seed, again=again, as_json=as_json)
        return
    if wrong := [name for name, value in period.items() if value is not None]:
        raise typer.BadParameter(f"{', '.join(wrong)}: say with --log-out where the logs go")
    studies = [source for source in sources if (source / "study.yaml").is_file()]
    if not studies:
        if again:
            raise typer.BadParameter("--again is for a study; scenarios are always simulated")
        simulating.simulate_scenarios(
            sources, weeks=weeks, replications=replications, seed=seed, settings=settings, threads=threads,
            cluster=cluster, allow_different=allow_different, out=out, as_json=as_json,
        )  # fmt: skip
        return
    if len(sources) > 1:
        raise typer.BadParameter("name one study, or scenarios only")
    if wrong := [name for name, value in said.items() if value and name != "--set"]:
        raise typer.BadParameter(
            f"{', '.join(wrong)}: for scenarios; a study says weeks and replications in study.yaml"
        )
    if settings:
        simulating.ask(studies[0], settings, seed=seed, as_json=as_json)
        return
    with bars() as bar:
        opened = study.Study.open(studies[0], seed=seed)
        outcomes = study.run_one(opened, "simulate", again=again, bar=bar)
    _outcomes(opened, outcomes, as_json)


@app.command(epilog=epilog("longwall compare my-desk tickets-april.csv", "longwall show my-desk forecasts"))
def compare(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="NEWLOG", help="the log that came, with the columns of the study's")],
    max_rejects: Annotated[float, typer.Option(min=0, max=1, help="largest share of rows that may be bad")] = 0.01,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Hold every forecast that has come due against what happened, beside the last period again; keep the scores."""
    with bars() as bar:
        opened = study.Study.open(folder, seed=seed)
        compared = study.compare_log(opened, file, max_rejects=max_rejects, progress=bar("compare"))
        study.run_one(opened, "report", bar=bar)
    shown = study.show(opened, "forecasts")
    notes = [f"{name} comes due on {day[:10]}" for name, day in compared.waiting] + list(compared.passed_over)
    answer(
        {"study": str(opened.path), **compared.plain()},
        lambda: table(shown.title, shown.columns, shown.rows, notes),
        as_json=as_json,
    )


@app.command(epilog=epilog("longwall check my-desk"))
def check(folder: Folder, as_json: AsJson = False, seed: Seed = None) -> None:
    """Validate every file of the study; all faults in one pass."""
    checked = study.check(folder)
    answer({"study": str(folder), "checked": checked}, f"{len(checked)} files, no faults", as_json=as_json)


class _Show(TyperCommand):
    """Lists what there is to show when its help is asked for, as the list comes with all that can be shown."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        what = next(one for one in self.params if one.name == "what")
        what.help = ", ".join(study.SHOWN)  # type: ignore[attr-defined]
        super().format_help(ctx, formatter)


@app.command(cls=_Show, epilog=epilog("longwall show my-desk findings", "longwall show my-desk quality --json"))
def show(
    folder: Folder,
    what: Annotated[str, typer.Argument(metavar="WHAT")],
    as_json: AsJson = False,
    seed: Seed = None,
) -> None:
    """Print findings, designs, plan, indicators, quality and more as a table."""
    shown = study.show(study.Study.open(folder), what)
    answer(
        {"what": what, "columns": shown.columns, "rows": shown.rows, "notes": shown.notes},
        lambda: table(shown.title, shown.columns, shown.rows, shown.notes),
        as_json=as_json,
    )


@app.command(epilog=epilog("longwall automate my-desk", "longwall show my-desk safeguards"))
def automate(
    folder: Folder,
    functions: Annotated[
        int | None, typer.Option("--functions", min=1, help="candidates that are simulated; default 6")
    ] = None,
    seed: Seed = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Find what could be given to machines, and what each level of it would do to both sides."""
    _asked(folder, study.automate_step(functions), "automation", seed=seed, again=again, as_json=as_json)


@app.command(epilog=epilog("longwall reskill my-desk", "longwall reskill my-desk --floor 0.7 --design today"))
def reskill(
    folder: Folder,
    design: Annotated[
        str | None, typer.Option("--design", metavar="ID", help="a design, or today; default: the recommended one")
    ] = None,
    floor: Annotated[
        float | None, typer.Option("--floor", help="share of takeovers that must succeed, 0 to 1; default 0.8")
    ] = None,
    seed: Seed = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Show what becomes of each role in a design, and find the fewest drills that keep people able to take over."""
    _asked(folder, study.reskill_step(design, floor), "drills", seed=seed, again=again, as_json=as_json)


def _asked(folder: Path, step: study.Step, what: str, *, seed: int | None, again: bool, as_json: bool) -> None:
    """Run a step that was asked for, and print one of its tables."""
    with bars() as bar:
        opened = study.Study.open(folder, seed=seed)
        outcomes = study.run_asked(opened, step, again=again, bar=bar)
    if not as_json:
        shown = study.show(opened, what)
        table(shown.title, shown.columns, shown.rows, shown.notes)
    _outcomes(opened, outcomes, as_json)


@app.command(
    epilog=epilog(
        "longwall constraints my-desk --baseline fedramp-moderate",
        "longwall constraints my-desk --from FedRAMP_MODERATE_profile.json --from NIST_catalog.json",
        "longwall constraints my-desk --bind ac-5:separates=approve-access,grant-access",
    )
)
def constraints(
    folder: Folder,
    sources: Annotated[
        list[Path] | None, typer.Option("--from", metavar="FILE", help="OSCAL catalog or profile in JSON; repeatable")
    ] = None,
    baseline: Annotated[str, typer.Option("--baseline", help="of the table that ships, such as nist-low")] = "",
    select: Annotated[list[str] | None, typer.Option("--select", metavar="ID", help="a control; repeatable")] = None,
    bind: Annotated[
        list[str] | None,
        typer.Option("--bind", metavar="ID:FIELD=VALUE,...", help="make it a constraint of this model; repeatable"),
    ] = None,
    as_json: AsJson = False,
    seed: Seed = None,
) -> None:
    """Show which controls bear on who does what, and bind them to functions and roles; bound ones filter designs."""
    opened = study.Study.open(folder, seed=seed)
    constraining.bring(opened, sources or (), baseline=baseline, select=select or (), bind=bind or (), as_json=as_json)


@app.command(
    epilog=epilog(
        "longwall ask my-shop",
        "longwall ask my-shop --form",
        "longwall ask my-shop --answers answers.json",
        "longwall ask my-shop --question troubles",
    )
)
def ask(
    folder: Annotated[Path, typer.Argument(metavar="STUDY", help="folder of the study; a new one is made")],
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="answers in YAML, or as the form saves them")
    ] = None,
    form: Annotated[bool, typer.Option("--form", help="write the offline form, inquiry/form.html")] = False,
    question: Annotated[str, typer.Option("--question", metavar="N", help="one question only, by number or id")] = "",
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Ask twelve plain questions; the answers give a map, the risks and three first steps, without a log."""
    asking.ask_people(folder, answers=answers, form=form, question=question, seed=seed, as_json=as_json)


@app.command(
    epilog=epilog("longwall respond my-desk bounce-network-desktop --dispute --why 'wrong category at intake'")
)
def respond(
    folder: Folder,
    finding: Annotated[str, typer.Argument(help="id of the finding, see `longwall show STUDY findings`")],
    agree: Annotated[bool, typer.Option("--agree", help="it is so")] = False,
    dispute: Annotated[bool, typer.Option("--dispute", help="it is not so")] = False,
    known: Annotated[bool, typer.Option("--known", help="it is so, and was known")] = False,
    why: Annotated[str, typer.Option("--why", help="the reason, in your words")] = "",
    who: Annotated[str, typer.Option("--who", help="role or group that answers; never needed")] = "",
    as_json: AsJson = False,
    seed: Seed = None,
) -> None:
    """Answer a finding; the answer stands beside it wherever it is shown."""
    said = [name for name, chosen in (("agree", agree), ("dispute", dispute), ("known", known)) if chosen]
    if len(said) != 1:
        raise typer.BadParameter("say exactly one of --agree, --dispute, --known")
    opened = study.Study.open(folder)
    study.respond(opened, finding, said[0], why=why, who=who)
    with bars() as bar:
        study.run_one(opened, "report", bar=bar)
    page = opened.report / "index.html"
    answer({"finding": finding, "answer": said[0], "report": str(page)}, f"{finding}: {said[0]}\nreport: {page}",
           as_json=as_json)  # fmt: skip


@app.command(epilog=epilog("longwall decide my-desk", "longwall decide my-desk --automation"))
def decide(
    folder: Folder,
    automation: Annotated[
        bool, typer.Option("--automation", help="offer what `longwall automate` found as choices as well")
    ] = False,
    as_json: AsJson = False,
    seed: Seed = None,
) -> None:
    """Write what there is to decide, and between what, into decisions.yaml; what you wrote there stays."""
    deciding.write(study.Study.open(folder, seed=seed), automation=automation, as_json=as_json)


@app.command(epilog=epilog("longwall checklist my-desk", "longwall show my-desk checklist"))
def checklist(folder: Folder, as_json: AsJson = False, seed: Seed = None) -> None:
    """Write an empty form of questions on coupling and interaction into the study, for people to fill in."""
    file = study.write_checklist(study.Study.open(folder))
    answer({"file": file}, f"{file}: fill it in, then `longwall assess {folder}`", as_json=as_json)


@app.command(epilog=epilog("longwall resolve my-desk work.functions.triage.work_h --accept"))
def resolve(
    folder: Folder,
    path: Annotated[str, typer.Argument(help="path of the conflict, see `longwall show STUDY conflicts`")],
    accept: Annotated[bool, typer.Option("--accept", help="take what discovery finds now")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="leave what you wrote")] = False,
    as_json: AsJson = False,
    seed: Seed = None,
) -> None:
    """Decide what you and discovery changed differently."""
    if accept == keep:
        raise typer.BadParameter("say exactly one of --accept, --keep")
    opened = study.Study.open(folder)
    study.resolve(opened, path, accept=accept)
    left = len(study.conflicts_of(opened))
    done = "accepted" if accept else "kept"
    answer({"path": path, "decision": done, "left": left}, f"{path}: {done}; {left} left", as_json=as_json)


@app.command(epilog=epilog("longwall example studies/example"))
def example(folder: Folder, seed: Seed = None, as_json: AsJson = False) -> None:
    """Make the example: a simulated service-desk log with two planted faults, taken through the whole loop."""
    with bars() as bar:
        opened, outcomes = study.example(folder, seed=seed, bar=bar)
    _outcomes(opened, outcomes, as_json)


app.registered_commands += [*beginning.app.registered_commands, *keeping.app.registered_commands]
