"""Measure tinygrad_np beside the peers that are installed.

    python -m benchmarks                            # every row, every peer: the table
    python -m benchmarks --rows article "MNIST CNN" --peers torch numpy
    python -m benchmarks --json now.json --picture now.png
    python -m benchmarks --check before.json        # what changed since an earlier run

Every row runs on all peers in turn, in one process and with the same number of threads; the table
shows medians, and our time divided by the peer's: below 1 we are faster.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from benchmarks import harness, peers
from benchmarks import rows as _rows  # noqa: F401  registers the rows


def table(results: list[dict[str, Any]], names: list[str]) -> str:
    """The results as text: our milliseconds, and the ratio to each peer with its spread."""
    others = [n for n in names if n != peers.OURS.name]
    width = max([len(r["name"]) for r in results], default=4)
    lines = [f"{'row':{width}}  {'ours':>12}" + "".join(f"  {n:>22}" for n in others)]
    group = None
    for r in results:
        if r["group"] != group:
            group = r["group"]
            lines.append(f"-- {group}")
        ours = r["medians"].get(peers.OURS.name)
        line = f"{r['name']:{width}}  " + (f"{ours:9.3f} {r['unit']:2}" if ours else f"{'':12}")
        for n in others:
            ratio = r["ratios"].get(n)
            text = f"{ratio[1]:.2f} ({ratio[0]:.2f}-{ratio[2]:.2f})" if ratio else ""
            line += f"  {text:>22}"
        lines.append(line)
    return "\n".join(lines)


def picture(results: list[dict[str, Any]], path: str, title: str) -> None:
    """Bars of the ratio to PyTorch in its faster memory format, one for each row."""
    try:
        import matplotlib
    except ImportError as error:
        raise SystemExit('--picture needs matplotlib: pip install ".[examples]"') from error
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shown = [r for r in results if r["to_torch"]]
    figure, axis = plt.subplots(figsize=(8, 0.25 * len(shown) + 1.2))
    low, middle, high = zip(*(r["to_torch"] for r in shown))
    colors = ["seagreen" if m <= 1 else "darkorange" for m in middle]
    errors = [[m - a for m, a in zip(middle, low)], [b - m for m, b in zip(middle, high)]]
    places = range(len(shown))
    axis.barh(places, middle, color=colors, xerr=errors, ecolor="gray", height=0.7)
    axis.set_yticks(places, [r["name"] for r in shown], fontsize=7)
    axis.axvline(1, color="black", linewidth=0.8)
    axis.invert_yaxis()
    axis.set_xlabel("our time / PyTorch's (left of the line we are faster)")
    axis.set_title(title, fontsize=8)
    figure.savefig(path, dpi=130, bbox_inches="tight")


def compare(results: list[dict[str, Any]], path: str) -> int:
    """Print the rows whose ratio to PyTorch changed by more than a fifth; how many are slower."""
    with open(path) as file:
        before = {r["name"]: r for r in json.load(file)["results"]}
    slower = 0
    for r in results:
        old = before.get(r["name"])
        if not old or not old["to_torch"] or not r["to_torch"]:
            continue
        change = r["to_torch"][1] / old["to_torch"][1]
        if not 1 / 1.2 < change < 1.2:
            slower += change > 1
            print(f"{r['name']}: ratio to torch {old['to_torch'][1]:.2f} -> {r['to_torch'][1]:.2f}")
    print(f"{slower} rows slower than in {path}")
    return slower


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", nargs="+", default=[], metavar="WORDS", help="parts of names")
    parser.add_argument("--peers", nargs="+", default=[], metavar="NAME", help="parts of names")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--list", action="store_true", help="print the names of rows and peers")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--picture", metavar="FILE")
    parser.add_argument("--check", metavar="BASELINE.json")
    args = parser.parse_args()
    chosen = list(harness.choose(args.rows))
    names = [n for n in peers.NAMES if peers.installed(n)]
    if args.peers:
        names = [n for n in names if any(p in n for p in args.peers) or n == peers.OURS.name]
    if args.list:
        print("\n".join([*(f"{r.group}: {r.name}" for r in chosen), "", *names]))
        return 0
    about = {**harness.machine(), "threads": args.threads, "versions": peers.versions()}
    title = f"{about['cpu']}, {args.threads} threads, Python {about['python']}; " + ", ".join(
        f"{k} {v}" for k, v in about["versions"].items()
    )
    print(title, flush=True)
    results = []
    for chosen_row in chosen:
        result = harness.measure(chosen_row, names, args.rounds, threads=args.threads).as_json()
        results.append(result)
        print(table([result], names).splitlines()[-1], flush=True)
    print()
    print(table(results, names))
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"about": about, "results": results}, file, indent=1)
    if args.picture:
        picture(results, args.picture, title)
    return 1 if args.check and compare(results, args.check) else 0


if __name__ == "__main__":
    raise SystemExit(main())
