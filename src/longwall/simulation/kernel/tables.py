"""How compiled code reaches the tables: one pointer to a block of addresses instead of a hundred arrays as arguments.

`Model` and `State` hold NumPy arrays. For the compiled loop each becomes a block of three integers per table (address,
rows, columns), and inside the kernel ``s.task[t].person`` loads the address, steps to the row and reads the column. An
argument is then one pointer, whatever the number of tables: passing the arrays themselves made the kernel take minutes
to compile and a microsecond per call. The block never changes while the kernel runs, so its loads are marked invariant.

With the compiler switched off (``NUMBA_DISABLE_JIT=1``) the same source runs on the arrays themselves.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeVar, cast

import llvmlite.ir  # type: ignore[import-untyped, unused-ignore]
import numba
import numba.core.cgutils
import numba.core.config
import numba.core.typing.templates
import numba.extending
import numpy as np

from longwall.simulation.kernel.layout import TABLES, Model, State

__all__ = ["compiled", "model_at", "opened", "state_at"]

# Numba and llvmlite are half typed; here they are taken as untyped.
ir: Any = llvmlite.ir
types: Any = numba.core.types
cgutils: Any = numba.core.cgutils
_config: Any = numba.core.config
_templates: Any = numba.core.typing.templates
_extending: Any = numba.extending
_from_dtype: Any = numba.from_dtype
typed: Any = _templates.signature
_Function = TypeVar("_Function", bound=Callable[..., Any])

compiled: bool = not _config.DISABLE_JIT
"""Whether the kernel runs as machine code."""


class World(types.Type):  # type: ignore[misc, unused-ignore]
    """The type of a block of tables."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        super().__init__(name=f"World({owner})")


class Table(types.Type):  # type: ignore[misc, unused-ignore]
    """The type of one table of a block; a row of it is a record, a number, or in two dimensions an element."""

    def __init__(self, owner: str, field: str) -> None:
        self.owner, self.field = owner, field
        dtype, self.ndim = TABLES[owner][field]
        self.dtype = _from_dtype(np.dtype(dtype))
        self.itemsize = np.dtype(dtype).itemsize
        super().__init__(name=f"Table({owner}.{field})")


@_extending.register_model(World)
@_extending.register_model(Table)
class _PointerModel(_extending.models.PrimitiveModel):  # type: ignore[misc, unused-ignore]
    """Both are pointers to integers: the block, or the three integers of a table in it."""

    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, ir.IntType(64).as_pointer())


@_templates.infer_getattr
class _WorldAttributes(_templates.AttributeTemplate):  # type: ignore[misc, unused-ignore]
    key = World

    def generic_resolve(self, world: Any, name: str) -> Any:
        return Table(world.owner, name) if name in TABLES[world.owner] else None


@_templates.infer_getattr
class _TableAttributes(_templates.AttributeTemplate):  # type: ignore[misc, unused-ignore]
    key = Table

    def resolve_shape(self, table: Any) -> Any:
        return types.UniTuple(types.int64, 2)


def _lowers(registration: Any) -> Callable[[_Function], _Function]:
    """Return a registration of how something is compiled, as a decorator with types."""
    return cast(Callable[[_Function], _Function], registration)


@_lowers(_extending.lower_getattr_generic(World))
def _table_of(context: Any, builder: Any, world: Any, value: Any, name: str) -> Any:
    """Step to the three integers of a table."""
    return builder.gep(value, [ir.Constant(ir.IntType(64), 3 * list(TABLES[world.owner]).index(name))])


def _number(builder: Any, table: Any, which: int) -> Any:
    """Load address, rows or columns of a table; they do not change while the kernel runs."""
    load = builder.load(builder.gep(table, [ir.Constant(ir.IntType(64), which)]))
    load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load


@_lowers(_extending.lower_getattr_generic(Table))
def _shape_of(context: Any, builder: Any, table: Any, value: Any, name: str) -> Any:
    """Load rows and columns."""
    pair = [_number(builder, value, 1), _number(builder, value, 2)]
    return context.make_tuple(builder, types.UniTuple(types.int64, 2), pair)


@_templates.infer_global(len)
class _TableLength(_templates.AbstractTemplate):  # type: ignore[misc, unused-ignore]
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Table):
            return typed(types.intp, args[0])
        return None


@_lowers(_extending.lower_builtin(len, Table))
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Load the number of rows."""
    return _number(builder, args[0], 1)


def _index_fits(table: Any, index: Any) -> bool:
    """Return whether an index addresses one element of a table."""
    if table.ndim == 1:
        return isinstance(index, types.Integer)
    return isinstance(index, types.BaseTuple) and len(index) == 2 and all(isinstance(i, types.Integer) for i in index)


@_templates.infer_global(operator.getitem)
class _TableGet(_templates.AbstractTemplate):  # type: ignore[misc, unused-ignore]
    def generic(self, args: Any, kws: Any) -> Any:
        table, index = args
        if isinstance(table, Table) and _index_fits(table, index):
            return typed(table.dtype, table, index)
        return None


@_templates.infer_global(operator.setitem)
class _TableSet(_templates.AbstractTemplate):  # type: ignore[misc, unused-ignore]
    def generic(self, args: Any, kws: Any) -> Any:
        table, index, _ = args
        if isinstance(table, Table) and _index_fits(table, index):
            return typed(types.none, table, index, table.dtype)
        return None


def _element(context: Any, builder: Any, table_type: Any, table: Any, index_type: Any, index: Any) -> Any:
    """Return the address of an element as an integer."""
    wide = ir.IntType(64)
    if table_type.ndim == 1:
        row = context.cast(builder, index, index_type, types.int64)
    else:
        first = context.cast(builder, builder.extract_value(index, 0), index_type[0], types.int64)
        second = context.cast(builder, builder.extract_value(index, 1), index_type[1], types.int64)
        row = builder.add(builder.mul(first, _number(builder, table, 2)), second)
    offset = builder.mul(row, ir.Constant(wide, table_type.itemsize))
    return builder.add(_number(builder, table, 0), offset)


@_lowers(_extending.lower_builtin(operator.getitem, Table, types.Any))
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Return a record by reference, or a number by value."""
    table_type, index_type = sig.args
    address = _element(context, builder, table_type, args[0], index_type, args[1])
    if isinstance(table_type.dtype, types.Record):
        return builder.inttoptr(address, context.get_value_type(table_type.dtype))
    pointer = builder.inttoptr(address, context.get_data_type(table_type.dtype).as_pointer())
    return context.unpack_value(builder, table_type.dtype, pointer)


@_lowers(_extending.lower_builtin(operator.setitem, Table, types.Any, types.Any))
def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Store a number, or copy a whole record."""
    table_type, index_type, _ = sig.args
    address = _element(context, builder, table_type, args[0], index_type, args[1])
    if isinstance(table_type.dtype, types.Record):
        pointer = builder.inttoptr(address, args[2].type)
        cgutils.raw_memcpy(builder, pointer, args[2], ir.Constant(ir.IntType(64), table_type.itemsize), 1)
    else:
        pointer = builder.inttoptr(address, context.get_data_type(table_type.dtype).as_pointer())
        context.pack_value(builder, table_type.dtype, args[2], pointer)
    return context.get_dummy_value()


def _opener(owner: str) -> Any:
    """Return the function that makes a block known to the compiler as the tables of an owner."""

    def opener(typingctx: Any, array: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return context.make_array(sig.args[0])(context, builder, args[0]).data

        return World(owner)(array), codegen

    return _extending.intrinsic(opener)


def _as_is(tables: Any) -> Any:
    """Return the arrays themselves; used with the compiler switched off."""
    return tables


model_at = _opener("Model") if compiled else _as_is
state_at = _opener("State") if compiled else _as_is


def opened(tables: Model | State) -> Any:
    """Return tables in the form in which the loop takes them; good as long as the arrays themselves live.

    Compiled, that is address, rows and columns of every table, shape (3 * tables,); otherwise the tables themselves.

    Raises
    ------
    TypeError
        If a table is not what the layout says; compiled code would read the wrong bytes.
    """
    if not compiled:
        return tables
    schema = TABLES[type(tables).__name__]
    numbers = []
    for (name, (dtype, ndim)), array in zip(schema.items(), tables, strict=True):
        plain = array.view(np.ndarray)
        if plain.ndim != ndim or not plain.flags.c_contiguous or plain.dtype != dtype:
            raise TypeError(f"{type(tables).__name__}.{name}: expected {ndim}-d {dtype}, found {plain.ndim}-d")
        columns = plain.shape[1] if ndim == 2 else 1
        numbers += [plain.ctypes.data, plain.shape[0], columns]
    return np.array(numbers, np.int64)
