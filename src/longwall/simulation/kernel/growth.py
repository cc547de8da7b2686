"""Making a state and letting its pools grow; the only part of the kernel that is not compiled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation.kernel import layout
from longwall.simulation.kernel.layout import NONE, Model, State
from longwall.streams import mix

__all__ = ["grow", "new_state"]

_FIRST_ITEMS = 64


def _table(shape: int | tuple[int, ...], dtype: Any) -> Any:
    """Return a table of zero rows whose columns can be read by name."""
    return np.zeros(shape, dtype).view(np.recarray)


def _chain(table: Any, first: int) -> None:
    """Link the rows from `first` on into a list of free rows, the last one ending it."""
    table.next[first:] = np.arange(first + 1, len(table) + 1)
    table.next[-1] = NONE


def new_state(model: Model, seed: int, replication: int, weeks: int, warm_up_weeks: int, log_rows: int = 0) -> State:
    """Return the state of an empty system at the first Monday 00:00.

    Parameters
    ----------
    seed, replication : int
        They decide all luck.
    weeks, warm_up_weeks : int
        Length with the warm-up, and of the warm-up [weeks].
    log_rows : int
        Size of the ring of log rows; 0: no log is written.
    """
    n_class, n_fn, n_role = len(model.cls), len(model.fn), len(model.role)
    n_comp, n_person, n_edge = len(model.comp), len(model.person), len(model.edge)
    queues = len(model.pool) + n_comp
    levels = int(model.cls.prio.max()) + 2
    n_skill = model.role_speed.shape[1]
    clk = _table(1, layout.CLOCK)
    with np.errstate(over="ignore"):
        clk.root[0] = mix(np.uint64(mix(np.uint64(0x4C6F6E6777616C6C), np.uint64(seed))), np.uint64(replication))
    clk.horizon_h[0], clk.week_end_h[0], clk.w0[0] = 168.0 * weeks, 168.0, 168.0 * warm_up_weeks
    clk.stay[0] = NONE
    clk.logging[0] = 1 if log_rows else 0
    arrival = _table(n_class, layout.ARRIVAL)
    worker = _table(n_person, layout.WORKER)
    worker.watch_t = -math.inf
    waiting = _table(n_role, layout.WAITING_ROLE)
    waiting.head = waiting.tail = NONE
    machine = _table(n_comp, layout.MACHINE_STATE)
    machine.head = machine.tail = NONE
    par = model.par[0]
    items, tasks = _FIRST_ITEMS, 2 * _FIRST_ITEMS
    occs = 64 + 8 * len(model.var)
    item, task, occ = _table(items, layout.ITEM), _table(tasks, layout.TASK), _table(occs, layout.OCCURRENCE)
    for table in (item, task, occ):
        _chain(table, 0)
    heap = tasks + n_person + 3 * n_comp + n_edge + n_fn + len(model.var) + 256
    return State(
        clk=clk,
        heap_t=np.zeros(heap),
        heap_tie=np.zeros(heap, np.uint64),
        heap_ref=np.zeros(heap, np.int64),
        item=item,
        visits=np.zeros((items, n_fn), np.uint16),
        task=task,
        occ=occ,
        worker=worker,
        gain=np.full((n_person, n_skill), float(par.gain_initial)),
        gain_t=np.zeros((n_person, n_skill)),
        trust=np.full((n_person, n_comp), float(par.trust_initial)),
        seen=np.zeros((n_person, n_fn), np.int64),
        roles=waiting,
        q_head=np.full((queues, levels), NONE, np.int64),
        q_tail=np.full((queues, levels), NONE, np.int64),
        q_len=np.zeros(queues, np.int64),
        marked=np.zeros(queues, np.int64),
        marks=np.zeros(queues, np.int64),
        work=np.zeros(items + n_comp + 8, np.int64),
        new=np.zeros(2 * tasks, np.int64),
        arrival=arrival,
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
    row = free
    while bigger.next[row] >= 0:
        row = int(bigger.next[row])
    bigger.next[row] = length
    return bigger, free


def grow(model: Model, state: State) -> State:
    """Return the state with room in every pool that was nearly full; nothing that is in it moves."""
    clk = state.clk
    item, clk.item_free[0] = _more(state.item, int(clk.item_free[0]), int(clk.items[0]), 8)
    task, clk.task_free[0] = _more(state.task, int(clk.task_free[0]), int(clk.tasks[0]), max(32, len(item)))
    occ, clk.occ_free[0] = _more(state.occ, int(clk.occ_free[0]), int(clk.occs[0]), 8 * len(model.var))
    visits = _longer(state.visits, len(item)) if len(item) > len(state.visits) else state.visits
    heap = len(state.heap_t)
    if heap - int(clk.heap_n[0]) < 2 * len(task) + 128 + len(model.edge):
        heap = 2 * heap + 2 * len(task)
    return state._replace(
        item=item,
        task=task,
        occ=occ,
        visits=visits,
        heap_t=_longer(state.heap_t, heap),
        heap_tie=_longer(state.heap_tie, heap),
        heap_ref=_longer(state.heap_ref, heap),
        work=_longer(state.work, len(item) + len(model.comp) + 8),
        new=_longer(state.new, 2 * len(task)),
    )
