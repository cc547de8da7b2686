"""Making a state and letting its pools grow; the only part of the kernel that is not compiled."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from longwall.simulation.kernel import layout
from longwall.simulation.kernel.layout import NONE, Model, State
from longwall.streams import mix

__all__ = ["Begin", "change_model", "grow", "new_state"]

_FIRST_ITEMS = 64


def _no_items() -> Any:
    """Return a table of open items without any."""
    return _table(0, layout.OPEN)


@dataclass(frozen=True)
class Begin:
    """What is there at the beginning, and what comes on which day.

    Parameters
    ----------
    items : record array
        Open items: class, function, function before, hours since they came.
    holiday : ndarray of uint8
        1 for each day from the first Monday on that is a holiday.
    replay_h : ndarray
        Hours of arrivals that are replayed, class by class, each in order.
    replay_of : dict of int to (int, int)
        Offset and count in `replay_h`, by class.
    """

    items: Any = field(default_factory=_no_items)
    holiday: Any = field(default_factory=lambda: np.zeros(0, np.uint8))
    replay_h: Any = field(default_factory=lambda: np.zeros(0))
    replay_of: dict[int, tuple[int, int]] = field(default_factory=dict)


def _table(shape: int | tuple[int, ...], dtype: Any) -> Any:
    """Return a table of zero rows whose columns can be read by name."""
    return np.zeros(shape, dtype).view(np.recarray)


def _chain(table: Any, first: int) -> None:
    """Link the rows from `first` on into a list of free rows, the last one ending it."""
    table.next[first:] = np.arange(first + 1, len(table) + 1)
    table.next[-1] = NONE


def new_state(
    model: Model,
    seed: int,
    replication: int,
    weeks: int,
    warm_up_weeks: int,
    log_rows: int = 0,
    begin: Begin | None = None,
) -> State:
    """Return the state of an empty system at the first Monday 00:00.

    Parameters
    ----------
    seed, replication : int
        They decide all luck.
    weeks, warm_up_weeks : int
        Length with the warm-up, and of the warm-up [weeks].
    log_rows : int
        Size of the ring of log rows; 0: no log is written.
    begin : Begin, optional
        What is there at the beginning, and what comes on which day; none: nothing.
    """
    begin = begin or Begin()
    n_class, n_fn, n_role = len(model.cls), len(model.fn), len(model.role)
    n_comp, n_person, n_edge = len(model.comp), len(model.person), len(model.edge)
    # Beside the pools and the machines, a line for each component whose outage keeps people from their work.
    queues = len(model.pool) + 2 * n_comp
    levels = int(max(model.cls.prio.max(), model.cls.escalate_prio.max())) + 2
    n_skill = model.role_speed.shape[1]
    clk = _table(1, layout.CLOCK)
    with np.errstate(over="ignore"):
        clk.root[0] = mix(np.uint64(mix(np.uint64(0x4C6F6E6777616C6C), np.uint64(seed))), np.uint64(replication))
    clk.horizon_h[0], clk.week_end_h[0], clk.w0[0] = 168.0 * weeks, 168.0, 168.0 * warm_up_weeks
    clk.stay[0] = NONE
    clk.logging[0] = 1 if log_rows else 0
    clk.widest[0] = int(model.fork.n.max()) if len(model.fork) else 0
    clk.interrupting[0] = int(model.cls.interrupts.any())
    arrival = _table(n_class, layout.ARRIVAL)
    arrival.factor = 1.0
    worker = _table(n_person, layout.WORKER)
    worker.watch_t = -math.inf
    worker.out = 1
    worker.ppv = float(model.alert.ppv.mean()) if len(model.alert) else 0.5
    waiting = _table(n_role, layout.WAITING_ROLE)
    waiting.head = waiting.tail = NONE
    machine = _table(n_comp, layout.MACHINE_STATE)
    machine.head = machine.tail = NONE
    par = model.par[0]
    bond = _table((n_person, n_comp), layout.BOND)
    bond.trust, bond.rate = float(par.trust_initial), -1.0
    replay_of = _table(n_class, layout.ROUTE)
    replay_of.n = -1
    for c, (lo, n) in begin.replay_of.items():
        replay_of.lo[c], replay_of.n[c] = lo, n
    items, tasks = _FIRST_ITEMS + len(begin.items), 2 * (_FIRST_ITEMS + len(begin.items))
    occs = 64 + 8 * len(model.var)
    item, task, occ = _table(items, layout.ITEM), _table(tasks, layout.TASK), _table(occs, layout.OCCURRENCE)
    burst = _table(16 + 2 * len(model.surge), layout.BURST)
    for table in (item, task, occ, burst):
        _chain(table, 0)
    heap = tasks + 3 * n_person + 3 * n_comp + n_edge + n_fn + len(model.var) + len(burst) + 256
    return State(
        clk=clk,
        heap_t=np.zeros(heap),
        heap_tie=np.zeros(heap, np.uint64),
        heap_ref=np.zeros(heap, np.int64),
        item=item,
        visits=np.zeros((items, n_fn), np.uint16),
        task=task,
        occ=occ,
        burst=burst,
        worker=worker,
        gain=np.full((n_person, n_skill), float(par.gain_initial)),
        gain_t=np.zeros((n_person, n_skill)),
        bond=bond,
        seen=np.zeros((n_person, n_fn), np.int64),
        roles=waiting,
        q_head=np.full((queues, levels), NONE, np.int64),
        q_tail=np.full((queues, levels), NONE, np.int64),
        q_len=np.zeros(queues, np.int64),
        marked=np.zeros(queues, np.int64),
        marks=np.zeros(queues, np.int64),
        work=np.zeros(items + n_comp + 8, np.int64),
        new=np.zeros(2 * tasks, np.int64),
        back=np.zeros(max(n_person, 1), np.int64),
        arrival=arrival,
        holiday=begin.holiday,
        open=begin.items,
        replay=begin.replay_h,
        replay_of=replay_of,
        mach=machine,
        edge=_table(n_edge, layout.EDGE_STATE),
        latent=np.zeros(len(model.var), np.int64),
        latent_n=np.zeros(len(model.var), np.int64),
        acc_cls=_table(n_class + 1, layout.ACC_CLASS),
        acc_fn=_table(n_fn + 1, layout.ACC_FUNCTION),
        acc_role=_table(n_role + 1, layout.ACC_ROLE),
        acc_comp=_table(n_comp + 1, layout.ACC_COMPONENT),
        out_cls=_table((weeks, n_class), layout.ACC_CLASS),
        out_fn=_table((weeks, n_fn), layout.ACC_FUNCTION),
        out_role=_table((weeks, n_role), layout.ACC_ROLE),
        out_comp=_table((weeks, n_comp), layout.ACC_COMPONENT),
        hist=np.zeros((n_class, layout.HIST_BINS), np.int64),
        log=_table(max(log_rows, 1), layout.LOG),
    )


def _longer(array: Any, length: int) -> Any:
    """Return an array with its rows and zeros up to a length."""
    bigger = np.zeros((length, *array.shape[1:]), array.dtype)
    bigger[: len(array)] = array
    return bigger.view(np.recarray) if isinstance(array, np.recarray) else bigger


def _more(table: Any, free: int, used: int, least: int) -> tuple[Any, int]:
    """Return a pool with twice the rows, and the head of its free list, where fewer than `least` rows are free."""
    length = len(table)
    if length - used >= least:
        return table, free
    bigger = _longer(table, 2 * length + least)
    _chain(bigger, length)
    if free < 0:
        return bigger, length
    # The old free list goes on into the new rows.
    following = bigger.next
    row = free
    while following[row] >= 0:
        row = following[row]
    following[row] = length
    return bigger, free


def change_model(state: State) -> None:
    """Let the simulation go on with another model when it is advanced next; only at the begin of a week."""
    state.clk.begun[0] = 2


def grow(model: Model, state: State) -> State:
    """Return the state with room in every pool that was nearly full; nothing that is in it moves."""
    clk = state.clk
    widest = int(clk.widest[0])
    item, clk.item_free[0] = _more(state.item, int(clk.item_free[0]), int(clk.items[0]), 8 + widest)
    task, clk.task_free[0] = _more(state.task, int(clk.task_free[0]), int(clk.tasks[0]), max(32 + widest, len(item)))
    occ, clk.occ_free[0] = _more(state.occ, int(clk.occ_free[0]), int(clk.occs[0]), 8 * len(model.var))
    burst, clk.burst_free[0] = _more(state.burst, int(clk.burst_free[0]), int(clk.bursts[0]), 2 * len(model.surge) + 1)
    visits = _longer(state.visits, len(item)) if len(item) > len(state.visits) else state.visits
    heap = len(state.heap_t)
    wanted = 2 * len(task) + 128 + len(model.edge) + len(state.worker) + len(burst)
    if heap - int(clk.heap_n[0]) < wanted:
        heap = 2 * heap + wanted
    return state._replace(
        item=item,
        task=task,
        occ=occ,
        burst=burst,
        visits=visits,
        heap_t=_longer(state.heap_t, heap),
        heap_tie=_longer(state.heap_tie, heap),
        heap_ref=_longer(state.heap_ref, heap),
        work=_longer(state.work, len(item) + len(model.comp) + 8),
        new=_longer(state.new, 2 * len(task)),
    )
