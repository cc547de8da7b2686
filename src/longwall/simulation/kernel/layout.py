"""The layout of the simulation: tables of records, read-only (`Model`) and changing (`State`).

Every table is a NumPy record array with one row per thing and named columns; what has a varying number of parts is an
offset (``_lo``) and a count (``_n``) into a flat table. A new model has other rows but the same columns, so the
kernel is compiled once. Rows stand in the order of their ids, never of the file. Times are hours since the first
Monday 00:00.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "BLOCKED",
    "BYHAND",
    "DONE",
    "DORMANT",
    "GROW",
    "HIST_BINS",
    "HIST_PER_E",
    "LEVELS",
    "NONE",
    "TABLES",
    "TICK",
    "Model",
    "State",
    "rows",
]

NONE = -1
"""No such row."""

DONE, GROW, TICK = 0, 1, 2
"""What `advance` returns: finished, a pool is nearly full, the ring of log rows is nearly full."""

# Kinds of steps.
HAND, REVIEW, READ, MACHINE, REPAIR, PASS = 0, 1, 2, 3, 4, 5

# Kinds of events in the heap, in the order in which they are handled at one instant; arrivals come after all of them.
EV_DONE, EV_MACHINE_DONE, EV_FAIL, EV_REPAIRED, EV_SHIFT, EV_HIRE = 0, 1, 2, 3, 4, 5
EV_DELAY, EV_LIMIT, EV_ESCALATE, EV_BUFFER, EV_DRILL, EV_VARIANCE, EV_SPAWN = 6, 7, 8, 9, 10, 11, 12

# Phases of an item; a dormant one is closed and will be opened again.
FREE, ENTER, BEGIN, LEAVE, RETURN, BLOCKED, DORMANT = 0, 1, 2, 3, 4, 5, 6

# States of a task.
WAITING, RUNNING, PARKED = 1, 2, 3

# What happens to a waiting task when its time limit is reached.
ABANDON, PROCEED, DROP = 0, 1, 2

# How a variance is controlled, and how a performer is chosen.
REWORK, SPOT, ESCALATE = 0, 1, 2
LONGEST_IDLE, MOST_SKILLED, LEAST_LOADED, SAME_PERSON = 0, 1, 2, 3

# What becomes of a running task at the end of a shift (and, the first two, when something interrupts).
FINISH, PARK, HAND_OVER = 0, 1, 2

# What a person saw of a machine's work.
UNCHECKED, CHECKED, REFUSED = 0, 1, 2

# What an alert is about, and how it was judged.
REAL, BENIGN, FALSE = 1, 2, 3
CONFIRMED, DISMISSED = 1, 2
LEAST_WORTH, MOST_WORTH = 0.01, 0.99
"""What alerts can be worth to somebody: never nothing and never all, so that log-odds stay finite."""
OUTCOMES = 3
"""Ways in which a function can end as far as routes are concerned: not judged, confirmed, dismissed."""

# Shapes of distributions.
FIXED, EXPONENTIAL, LOGNORMAL, EMPIRICAL = 0, 1, 2, 3

# Forms of learning.
WRIGHT, SATURATING, LEARN_FORGET = 0, 1, 2

# Forms of trust, and of how ability, motivation and opportunity join.
ASYMMETRIC, LEE_MORAY = 0, 1
ADDITIVE, GEOMETRIC, BOTTLENECK = 0, 1, 2

BYHAND = 1
LEVELS = 10
HIST_BINS = 832
HIST_PER_E = 38.0
"""Bins of lead time per factor e, from one second upwards; 832 of them reach beyond 300 years."""

_PARAMETERS = """state learning trust_form amo_form block
rise_h recovery_h slowdown speed_floor decay_per_h log_reference practice gain_floor gain_ceiling gain_initial log_floor
drill_tasks accept_slope trust_initial trust_up trust_down watch_floor watch_h watch_break_h fatigue_blind
glance takeover_novice takeover_skilled takeover_least_gain attempts high_load exponent first_h break_h
lm_keep lm_up lm_up_before lm_down lm_down_before lm_fault lm_scale complacency load_h block_weight block_excess
error_fatigue error_novice control_novice handover_loss handover_again resume_h
alert_extra alert_repeat alert_salience alert_memory triage_hit triage_false
strain_rise strain_rest strain_pace sustainable sustainable_resources strain_leaving strain_usual effect_resources
newcomer_gain amo_cv"""

_INTEGERS = frozenset("state learning trust_form amo_form block attempts".split())


def rows(columns: str, integers: frozenset[str] | None = None) -> np.dtype[Any]:
    """Return the record type of a table from ``name`` (integer), ``name:f`` (float) and ``name:k`` (key) columns."""
    fields = []
    for column in columns.split():
        name, _, kind = column.partition(":")
        if integers is not None:
            kind = "" if name in integers else "f"
        fields.append((name, {"": "i8", "f": "f8", "k": "u8"}[kind]))
    return np.dtype(fields, align=True)


PARAMETERS = rows(_PARAMETERS, _INTEGERS)
CLASS = rows(
    "key:k prio batch due_h:f patience plain growth:f holiday:f clock escalate_h:f escalate_prio interrupts "
    "reopen:f reopen_delay reopen_fn surge_lo surge_n alert down_lo down_n changed"
)
ALERT = rows("variance genuine:f benign:f false:f hit:f ppv:f repeats:f surge")
SURGE = rows("key:k cls items:f gap_h:f merges:f")
FUNCTION = rows(
    "key:k delay work first rule skill pool component var_lo var_n det_lo det_n drill_h:f takeover loop:f review "
    "customer setup resume uses_lo uses_n parks shift_end out_waits triage forks"
)
FORK = rows("lo n join")
STEP = rows(
    "kind function pool component factor:f factor_wrong:f ok no out stay byhand practice:f review limit_h:f limit_kind "
    "accept:f detect:f reject:f aided entry read read_right:f read_wrong:f interrupts"
)
DIST = rows("form a:f b:f lo n")
ROUTE = rows("lo n")
MEMORY = rows("last before row")
POOL = rows("lo n")
ROLE = rows(
    "lo n team call calls_up_to response absence:f leaving:f replacement resources:f practice_lo practice_n shown"
)
PRACTICE = rows("ability:f motivation:f opportunity:f begin_h:f ramp_h:f")
PERSON = rows("key:k role group team self")
CHANGE = rows("t:f group on role")
GROUP = rows("lo n on_at_start holidays")
COMPONENT = rows(
    "key:k capacity speed:f reliability:f coverage:f mtbf_h:f repair edge_lo edge_n own_lo own_n "
    "cls_lo cls_n surge_lo surge_n used"
)
EDGE = rows("dependent buffer_h:f")
VARIANCE = rows(
    "key:k probability:f by_machine ind_lo ind_n how control pool step control_p:f work controllable origin carried "
    "error within_h:f safety harm_technical:f harm_social:f harm_regulatory:f"
)
CHANCE = rows("row p:f")


class Model(NamedTuple):
    """What is simulated; the kernel never writes here."""

    par: Any
    cls: Any
    rate: Any
    clock: Any
    alert: Any
    surge: Any
    cls_surge: Any
    fn: Any
    fn_uses: Any
    fork_of: Any
    fork: Any
    fork_to: Any
    step: Any
    dist: Any
    quantile: Any
    row_of: Any
    mem_of: Any
    memory: Any
    route: Any
    route_p: Any
    route_to: Any
    pool: Any
    pool_role: Any
    role: Any
    role_pool: Any
    role_speed: Any
    practice: Any
    person: Any
    change: Any
    group: Any
    roster: Any
    comp: Any
    edge: Any
    comp_own: Any
    comp_cls: Any
    cls_down: Any
    comp_surge: Any
    var: Any
    fn_var: Any
    detect: Any
    induce: Any


CLOCK = rows(
    "now:f next_arrival:f next_class horizon_h:f week week_end_h:f w0:f root:k heap_n:k hole work_n marks_n new_n "
    "item_free task_free occ_free burst_free items tasks occs bursts widest begun stay seq change_i change_h:f "
    "change_ver back_n interrupting log_n logging lost initial arrived reopened completed abandoned merged present "
    "overlap:f n_arrival n_completion n_abandon n_shift n_machine"
)
ITEM = rows(
    "key:k vkey:k t_in:f wait:f work:f ordinal cls fn last before step phase task team ver occ started hand wrong over "
    "control back pool serial next handovers person parent pending paused:f pause_from:f escalate_ver kind "
    "outcome judged branches sibling burst reopenings efforts by"
)
TASK = rows(
    "key:k t_queued:f t_start:f of of_ver cls fn step queue level person state qn qp ver takeover outcome "
    "limit_kind seq next work:f wrong ordinal blocking left_h:f handed home"
)
OCCURRENCE = rows("machine_visit:k t_arose:f kind next seen tried induced function serial void team")
BURST = rows("key:k surge left ordinal refs next kind source source_ver component caught")
WORKER = rows(
    "on out busy task t_mark:f t_out:f t_end:f idle_since:f qn qp fatigue:f fatigue_t:f load:f window window_h:f "
    "watch_t:f idle ver parked skill vacant t_on:f there:f elsewhere:f elsewhere_t:f checking ppv:f strain:f days"
)
BOND = rows("trust:f v:f right_before:f fault_before:f n fails rate:f spread:f")
WAITING_ROLE = rows("head tail idle pace:f resources:f on")
ARRIVAL = rows("next_h:f hour ordinal extra left present t_area:f factor:f redraws repeats:f")
OPEN = rows("cls fn last age_h:f")
MACHINE_STATE = rows("busy down own_down ver failures since:f head tail")
EDGE_STATE = rows("ver felt")
ACC_CLASS = rows(
    "arrived completed abandoned merged reopened lead:f late dated wait:f left first:f first_n handovers executions "
    "repeats escaped harm_technical:f harm_social:f harm_regulatory:f safety efforts area:f events caught alerts "
    "false_alerts judged engaged"
)
ACC_FUNCTION = rows(
    "executions repeats hand machined wait:f waits lost lost_wait:f takeover:f takeovers arisen seen controlled "
    "escaped reserve:f work:f parked handed controls own_controls"
)
ACC_ROLE = rows("busy:f out:f high:f rostered:f interrupts kinds fatigue:f tasks alerts leavers strain:f people calls")
ACC_COMPONENT = rows("down:f escaped")
LOG = rows("cls ordinal fn person comp t_start:f t_end:f")


class State(NamedTuple):
    """What changes; grown outside the kernel, never inside."""

    clk: Any
    heap_t: Any
    heap_tie: Any
    heap_ref: Any
    item: Any
    visits: Any
    task: Any
    occ: Any
    burst: Any
    worker: Any
    gain: Any
    gain_t: Any
    bond: Any
    seen: Any
    roles: Any
    q_head: Any
    q_tail: Any
    q_len: Any
    marked: Any
    marks: Any
    work: Any
    new: Any
    back: Any
    arrival: Any
    holiday: Any
    open: Any
    replay: Any
    replay_of: Any
    mach: Any
    edge: Any
    latent: Any
    latent_n: Any
    acc_cls: Any
    acc_fn: Any
    acc_role: Any
    acc_comp: Any
    out_cls: Any
    out_fn: Any
    out_role: Any
    out_comp: Any
    hist: Any
    log: Any


_F = np.dtype("f8")
_I = np.dtype("i8")

TABLES: dict[str, dict[str, tuple[np.dtype[Any], int]]] = {
    "Model": {
        "par": (PARAMETERS, 1), "cls": (CLASS, 1), "rate": (_F, 2), "clock": (_F, 2), "alert": (ALERT, 1),
        "surge": (SURGE, 1), "cls_surge": (_I, 1), "fn": (FUNCTION, 1), "fn_uses": (_I, 1), "fork_of": (_I, 2),
        "fork": (FORK, 1), "fork_to": (_I, 1), "step": (STEP, 1),
        "dist": (DIST, 1), "quantile": (_F, 1), "row_of": (_I, 2), "mem_of": (ROUTE, 2), "memory": (MEMORY, 1),
        "route": (ROUTE, 1), "route_p": (_F, 1), "route_to": (_I, 1), "pool": (POOL, 1), "pool_role": (_I, 1),
        "role": (ROLE, 1), "role_pool": (_I, 1), "role_speed": (_F, 2), "practice": (PRACTICE, 1),
        "person": (PERSON, 1), "change": (CHANGE, 1),
        "group": (GROUP, 1), "roster": (_F, 2), "comp": (COMPONENT, 1), "edge": (EDGE, 1), "comp_own": (_I, 1),
        "comp_cls": (_I, 1), "cls_down": (CHANCE, 1), "comp_surge": (_I, 1),
        "var": (VARIANCE, 1), "fn_var": (_I, 1), "detect": (CHANCE, 1), "induce": (CHANCE, 1),
    },
    "State": {
        "clk": (CLOCK, 1), "heap_t": (_F, 1), "heap_tie": (np.dtype("u8"), 1), "heap_ref": (_I, 1), "item": (ITEM, 1),
        "visits": (np.dtype("u2"), 2), "task": (TASK, 1), "occ": (OCCURRENCE, 1), "burst": (BURST, 1),
        "worker": (WORKER, 1), "gain": (_F, 2), "gain_t": (_F, 2), "bond": (BOND, 2), "seen": (_I, 2),
        "roles": (WAITING_ROLE, 1),
        "q_head": (_I, 2), "q_tail": (_I, 2), "q_len": (_I, 1), "marked": (_I, 1), "marks": (_I, 1), "work": (_I, 1),
        "new": (_I, 1), "back": (_I, 1), "arrival": (ARRIVAL, 1), "holiday": (np.dtype("u1"), 1), "open": (OPEN, 1),
        "replay": (_F, 1), "replay_of": (ROUTE, 1), "mach": (MACHINE_STATE, 1), "edge": (EDGE_STATE, 1),
        "latent": (_I, 1), "latent_n": (_I, 1), "acc_cls": (ACC_CLASS, 1), "acc_fn": (ACC_FUNCTION, 1),
        "acc_role": (ACC_ROLE, 1), "acc_comp": (ACC_COMPONENT, 1), "out_cls": (ACC_CLASS, 2),
        "out_fn": (ACC_FUNCTION, 2), "out_role": (ACC_ROLE, 2), "out_comp": (ACC_COMPONENT, 2), "hist": (_I, 2),
        "log": (LOG, 1),
    },
}  # fmt: skip
"""Record type and number of dimensions of every table, in the order of the blocks that the compiled code reads."""
