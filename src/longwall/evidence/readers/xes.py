"""XES, parsed by r4pm (Rust) into a frame; its times are UTC."""

from __future__ import annotations

import codecs
import gzip
import re
import shutil
from pathlib import Path
from typing import Any

from longwall.errors import EvidenceError, Fault
from longwall.evidence.probe import Probe, blocks
from longwall.evidence.readers.parquet import neutral
from longwall.evidence.source import Source
from longwall.evidence.store import Store

__all__ = ["guarded", "load"]

_DECLARED = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def load(probe: Probe, store: Store) -> Source:
    """Load an XES file, plain or gzip, see `longwall.evidence.readers.load`."""
    import r4pm

    if b"</log" not in probe.tail:
        raise EvidenceError(
            Fault("LW-EV-014", str(probe.path), "XES that ends with </log>", "a file that ends too early or is no XES",
                  "copy or export it again")
        )  # fmt: skip
    path = _prepared(probe, store.path.parent)
    frame, _ = guarded(probe, r4pm.df.import_xes, str(path))
    if frame.height == 0 or frame.width == 0:
        raise EvidenceError(
            Fault("LW-EV-011", str(probe.path), "a log with events", "no events", "widen the period of the export")
        )
    with store.viewing("frame", frame.select(sorted(frame.columns))):  # the parser gives columns in any order
        return neutral(probe, store, "frame", utc=True)


def guarded(probe: Probe, parse: Any, *arguments: Any) -> Any:
    """Call the parser; whatever it raises, panics included, becomes one error that quotes nothing of the file."""
    try:
        return parse(*arguments)
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:
        raise EvidenceError(
            Fault("LW-EV-014", str(probe.path), f"{probe.kind} that follows its standard",
                  f"something the parser refuses ({type(error).__name__})", "export it again, or convert it to CSV")
        ) from None  # fmt: skip


def _prepared(probe: Probe, folder: Path) -> Path:
    """Return a path whose ending tells the parser the truth, in UTF-8."""
    declared = _DECLARED.search(probe.head.removeprefix(codecs.BOM_UTF8))
    encoding = declared[1].decode().lower() if declared else "utf-8"
    ending = ".xes.gz" if probe.compressed else ".xes"
    if encoding in ("utf-8", "utf8", "us-ascii", "ascii") and probe.encoding in ("utf-8", "utf-8-sig"):
        if probe.path.name.lower().endswith(ending):
            return probe.path
        target = folder / f"source{ending}"
        shutil.copyfile(probe.path, target)
        return target
    target = folder / "source.xes.gz"
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        with gzip.open(target, "wb", compresslevel=1) as out:
            for number, block in enumerate(blocks(probe.path, probe.compressed)):
                text = decoder.decode(block)
                out.write((re.sub(r"encoding\s*=\s*[\"'][^\"']+[\"']", 'encoding="UTF-8"', text, count=1)
                           if number == 0 else text).encode())  # fmt: skip
    except (UnicodeError, LookupError):
        raise EvidenceError(
            Fault("LW-EV-013", str(probe.path), f"XES in the encoding it declares ({encoding})", "other bytes",
                  "save it as UTF-8")
        ) from None  # fmt: skip
    return target
