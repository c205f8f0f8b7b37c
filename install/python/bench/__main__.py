"""Measures Gradus, and where it has a peer the peer beside it, in one run: python bench [NAME...] [--json FILE].

A name is a measurement or the beginning of several; a measurement is one row. Absolute figures describe one machine.
"""

import argparse
import json
from dataclasses import asdict
from typing import Iterator

import kernel
import nn
from row import HEAD, Row

GROUPS = kernel.GROUPS | nn.GROUPS


def measured(wanted: set[str]) -> Iterator[Row]:
    for names, measure in GROUPS.items():
        if not wanted.isdisjoint(names):
            yield from (row for row in measure() if row.name in wanted)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", usage="java install/Gradus.java bench [NAME...] [--peers] [--json FILE]")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--json")
    options = parser.parse_args()
    known = [name for names in GROUPS for name in names]
    for prefix in options.names:
        if not any(name.startswith(prefix) for name in known):
            parser.error(f"There is no measurement '{prefix}'. The measurements are: {', '.join(known)}.")
    wanted = {name for name in known if not options.names or name.startswith(tuple(options.names))}
    rows = []
    print(HEAD, flush=True)
    try:
        for row in measured(wanted):
            rows.append(row)
            print(row.line(), flush=True)
    except EOFError as ended:
        raise SystemExit(f"{ended}; its message stands above.") from None
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([asdict(row) for row in rows], file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
