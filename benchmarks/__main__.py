"""Measure tinygrad_np beside the peers that are installed.

    python -m benchmarks                            # every row, every peer: the table
    python -m benchmarks --quick                    # a fast look, without the slow rows
    python -m benchmarks --rows article "MNIST CNN" --peers torch "1 thread"
    python -m benchmarks --json now.json --picture now.png
    python -m benchmarks --check before.json        # what changed since an earlier run
    python -m benchmarks --markdown now.json        # an earlier run as a table for the README

Every row runs on all peers in turn and with the same number of threads; the table shows medians,
and ours divided by the peer's: below 1 we are faster, or need less.
"""

from __future__ import annotations

import argparse
import json

from benchmarks import harness, peers, report
from benchmarks import rows as _rows  # registers the rows


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", nargs="+", default=[], metavar="WORDS", help="parts of names")
    parser.add_argument("--peers", nargs="+", default=[], metavar="NAME", help="parts of names")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="few rounds, and no slow rows")
    parser.add_argument("--data", default="data", metavar="FOLDER", help="where MNIST's files are")
    parser.add_argument("--list", action="store_true", help="print the names of rows and peers")
    parser.add_argument(
        "--json", metavar="FILE", help="takes the results; other rows that it has stay"
    )
    parser.add_argument("--picture", metavar="FILE")
    parser.add_argument("--check", metavar="BASELINE.json")
    parser.add_argument("--markdown", metavar="FILE.json")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    args = parse(arguments)
    if args.markdown:
        with open(args.markdown) as file:
            print(report.markdown(**json.load(file)))
        return 0
    chosen = list(harness.choose(args.rows, args.quick))
    names = [n for n in peers.NAMES if peers.installed(n)]
    if args.peers:
        names = [n for n in names if n == peers.OURS.name or any(p in n for p in args.peers)]
    if args.list:
        print("\n".join([*(f"{r.group}: {r.name}" for r in chosen), "", *names]))
        return 0
    peers.threads, _rows.accuracy.data = args.threads, args.data
    rounds, budget = (5, 0.4) if args.quick else (args.rounds, 3.0)
    about = {**harness.machine(), "threads": args.threads, "versions": peers.versions()}
    print(report.head(about), flush=True)
    results = []
    for row in chosen:
        result = harness.measure(row, names, rounds, budget, args.threads)
        if result.figures:
            results.append(result.as_json())
            print(report.table(results[-1:], names).splitlines()[-1], flush=True)
    print(f"\n{report.table(results, names)}\n{report.growth(results)}")
    known = results
    if args.json:
        known = report.kept(about, results, list(harness.ROWS), args.json)
    if args.picture:
        report.picture(about, known, args.picture)
    return 1 if args.check and report.compare(results, args.check) else 0


if __name__ == "__main__":
    raise SystemExit(main())
