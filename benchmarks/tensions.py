"""What do the tensions cost, and which does each template show? JSON lines, a table on stderr, exit 1 on a miss.

    python benchmarks/tensions.py [NAME ...]        templates, or paths of worksystem.yaml; default: all templates

The bar is 60 processor seconds for one system, on whatever number of threads.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from longwall.assessment import tensions
from longwall.templates import names, read
from longwall.worksystem.yamlfile import read_system

BAR = 60.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    wanted = parser.parse_args().names or list(names())
    missed = False
    for name in wanted:
        found_system = read_system(Path(name)) if name.endswith(".yaml") else read(name)
        begin = time.process_time()
        found = tensions([found_system], seed=1)
        spent = time.process_time() - begin
        shown = [one.id for one in found.tensions if one.shown]
        missed |= spent > BAR
        print(json.dumps({"name": f"tensions_cpu_s.{Path(name).stem}", "value": round(spent, 1), "bar": BAR,
                          "holds": spent <= BAR, "shown": shown, "events": found.simulated_events}))  # fmt: skip
        print(f"{name:<28} {spent:6.1f} CPU s   {', '.join(shown) or 'none'}", file=sys.stderr)
        for one in found.tensions:
            print(f"    {one.name}: {one.statement}", file=sys.stderr)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
