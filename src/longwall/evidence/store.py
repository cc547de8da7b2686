"""The port to the embedded store: questions and SQL in, arrays or rows out; nothing else of the engine is visible.

Whole columns are fetched, questions are Ibis expressions (`longwall.evidence.relations`): this is the reading side, and
another engine would answer the same. Loading, pairing, sorting, encoding and joining files is SQL of the embedded
engine: it streams files of any size and spills to the disk, which is what an embedded engine is for.

All of it runs through `Store`. The engine is DuckDB with a bounded memory and two threads; it spills to a folder that
the caller names, so a file larger than the memory is read, sorted and encoded all the same.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from longwall.errors import EvidenceError, Fault, StorageError

__all__ = ["MEMORY_LIMIT", "STAGING_PREFIX", "Store", "literal", "staging_folder", "tables_in"]

MEMORY_LIMIT = "1200MB"
THREADS = 2
STAGING_PREFIX = ".evidence-staging-"


class Store:
    """An open evidence store, or a staging store on the way to one.

    Parameters
    ----------
    path : pathlib.Path
        The database file.
    read_only : bool
        Open for reading; the file must exist.
    spill : pathlib.Path or None
        Folder for what does not fit in memory; None forbids spilling.
    threads : int
        Threads of the engine, >= 1; results do not depend on it.
    about : pathlib.Path or None
        The file to name in errors; the source while it is being read, else the store itself.
    in_memory : bool
        Keep the tables in memory and only spill to the disk; `path` then only names a folder to work in.

    Raises
    ------
    StorageError
        LW-EV-040 to LW-EV-042: no such file, no permission, locked by another program, no space.
    EvidenceError
        LW-EV-043: the file is not an evidence store.
    """

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        spill: Path | None = None,
        threads: int = THREADS,
        about: Path | None = None,
        in_memory: bool = False,
    ) -> None:
        self.path = path
        self.about = about or path
        if read_only and not path.is_file():
            raise StorageError(
                Fault(
                    "LW-EV-040", str(path), "an evidence store", "no such file", "ingest a log first: `longwall ingest`"
                )
            )
        config: dict[str, Any] = {
            "threads": threads,
            "memory_limit": MEMORY_LIMIT,
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(spill) if spill else "",
        }
        with self._translated():
            self._connection = duckdb.connect(
                ":memory:" if in_memory else str(path), read_only=read_only, config=config
            )
            self._connection.execute("SET TimeZone = 'UTC'")
            self._connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._connection.close()

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement for its effect."""
        with self._translated():
            self._connection.execute(sql, list(parameters))

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the answer of a query as tuples; for small answers."""
        with self._translated():
            return self._connection.execute(sql, list(parameters)).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...]:
        """Return the first row of the answer of a query that has one."""
        return self.rows(sql, parameters)[0]

    def batches(self, sql: str, size: int = 100_000) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the answer of a query in blocks of rows, so that a long one never stands in memory whole."""
        with self._translated():
            cursor = self._connection.cursor()
            cursor.execute(sql)
            while block := cursor.fetchmany(size):
                yield block

    def arrays(self, sql: str, parameters: Sequence[Any] = ()) -> dict[str, NDArray[Any]]:
        """Return the answer of a query as one NumPy array per column; missing values are masked out by the query."""
        with self._translated():
            found = self._connection.execute(sql, list(parameters)).fetchnumpy()
        return {name: np.ascontiguousarray(np.ma.getdata(column)) for name, column in found.items()}

    def ask(self, question: Any) -> list[tuple[Any, ...]]:
        """Return the answer of an Ibis expression as tuples; for small answers.

        Parameters
        ----------
        question : ibis.expr.types.Table
            Built on `longwall.evidence.relations`.
        """
        return self.rows(_compiled(question.op()))

    def load_frame(self, table: str, frame: Any) -> None:
        """Create a table from a Polars or Arrow frame."""
        with self._translated():
            self._connection.register("incoming_frame", frame)
            self._connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM incoming_frame")
            self._connection.unregister("incoming_frame")

    @contextlib.contextmanager
    def viewing(self, name: str, frame: Any) -> Iterator[None]:
        """Let queries see a Polars frame as a table, without a copy, inside the block."""
        with self._translated():
            self._connection.register(name, frame)
        try:
            yield
        finally:
            with self._translated():
                self._connection.unregister(name)

    def insert_rows(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows to a table; for small tables such as dictionaries."""
        if rows:
            frame = pl.DataFrame({f"x{n}": list(column) for n, column in enumerate(zip(*rows, strict=True))})
            with self._translated():
                self._connection.register("incoming_frame", frame)
                self._connection.execute(f"INSERT INTO {table} SELECT * FROM incoming_frame")
                self._connection.unregister("incoming_frame")

    def tables(self) -> tuple[str, ...]:
        """Names of the tables, sorted; those of attached files apart."""
        return tuple(
            name
            for (name,) in self.rows(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY 1"
            )
        )

    def fetch(self, table: str, *columns: str) -> dict[str, NDArray[Any]]:
        """Return whole columns of a table in the order of its column ``place``, as NumPy arrays.

        Engines that keep rows in the order of insertion pay nothing for the order.
        """
        found = self.arrays(f"SELECT place, {', '.join(columns)} FROM {table}")
        place = found.pop("place")
        if place.size and not (place[1:] > place[:-1]).all():
            order = np.argsort(place)
            found = {name: column[order] for name, column in found.items()}
        return found

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the engine's refusals into ours; its texts can quote cells of the source, so they are not passed on."""
        try:
            yield
        except (duckdb.IOException, duckdb.OutOfMemoryException, OSError, MemoryError) as error:
            raise _storage_error(self.path, error) from None
        except duckdb.InterruptException:
            raise KeyboardInterrupt from None
        except duckdb.Error as error:
            raise EvidenceError(
                Fault("LW-EV-043", str(self.about), "a log or an evidence store that can be read",
                      f"something else ({type(error).__name__})",
                      "export or ingest it again; the file is damaged or was made by another program")
            ) from None  # fmt: skip
        except RuntimeError as error:
            if str(error) == "Query interrupted":  # how the engine passes on Ctrl-C from inside a query
                raise KeyboardInterrupt from None
            raise


@functools.lru_cache(maxsize=256)
def _compiled(question: Any) -> str:
    """The question in the words of the engine; the same one is compiled once."""
    import ibis

    return str(ibis.to_sql(question.to_expr(), dialect="duckdb"))


def tables_in(path: Path) -> frozenset[str]:
    """Return the tables of the store in a file, which is looked into once for as long as it stays the same.

    Opening a store takes longer than most questions to it, and commands ask often whether it holds a log.

    Raises
    ------
    StorageError, EvidenceError
        If the file cannot be read.
    """
    try:
        seen = path.stat()
    except OSError as error:
        raise _storage_error(path, error) from None
    return _tables_in(path, (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns))


@functools.lru_cache(maxsize=64)
def _tables_in(path: Path, seen: tuple[int, ...]) -> frozenset[str]:
    """Return the tables of the store in a file, as it was when it was seen."""
    with Store(path, read_only=True) as store:
        return frozenset(store.tables())


def literal(text: str) -> str:
    """Quote a text as an SQL string."""
    return "'" + text.replace("'", "''").replace("\x00", "") + "'"


@contextlib.contextmanager
def staging_folder(beside: Path) -> Iterator[Path]:
    """Yield a private folder next to a file for what is on the way in; it is gone afterwards.

    What an earlier run left behind when it was killed is removed first: it holds unmapped columns and real names.
    """
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        for old in beside.parent.glob(f"{STAGING_PREFIX}*"):
            if not _owner_alive(old):
                shutil.rmtree(old, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{STAGING_PREFIX}{os.getpid()}-", dir=beside.parent))
    except OSError as error:
        raise _storage_error(beside, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner_alive(folder: Path) -> bool:
    """Whether the process that made a staging folder still runs."""
    number = folder.name.removeprefix(STAGING_PREFIX).split("-")[0]
    if not number.isdigit() or os.name == "nt":
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _storage_error(path: Path, error: BaseException) -> StorageError:
    """Say in four parts why the store could not be used."""
    text = str(error)
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC or "No space left" in text or "max_temp_directory_size" in text:
        return StorageError(
            Fault("LW-EV-041", str(path), "space on the disk", "no space left",
                  "free some space and run the same command again; the study is as it was")
        )  # fmt: skip
    if "lock" in text.lower():
        return StorageError(
            Fault("LW-EV-042", str(path), "a store that nobody else writes to", "a lock of another program",
                  "wait for the other command, or close the program that has the file open")
        )  # fmt: skip
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return StorageError(
            Fault("LW-EV-044", str(path), f"work that fits in {MEMORY_LIMIT} and the disk", "memory used up",
                  "free disk space for spilling, or cut the log into parts")
        )  # fmt: skip
    reason = os.strerror(number) if isinstance(number, int) else type(error).__name__
    return StorageError(
        Fault("LW-EV-040", str(path), "a file that can be read and written", reason,
              "look at the permissions of the file and of its folder; a damaged store is made again by "
              "`longwall ingest`")
    )  # fmt: skip
