"""What was measured, as text, Markdown and a picture."""

from __future__ import annotations

import json
import math
import os
from itertools import pairwise
from typing import Any

from benchmarks import peers

Results = list[dict[str, Any]]


def head(about: dict[str, Any]) -> str:
    """The machine and the versions, in a line."""
    versions = ", ".join(f"{k} {v}" for k, v in about["versions"].items())
    return (
        f"{about['cpu']}, {about['cores']} cores, {about['threads']} threads, "
        f"{about['system']}, Python {about['python']}, BLAS {about['blas']}; {versions}"
    )


def cells(result: dict[str, Any], names: list[str]) -> list[str]:
    """Our median, then the ratio to each of the other peers with its spread."""
    ours = result["medians"].get(peers.OURS.name)
    found = [f"{ours:.3f} {result['unit']}" if ours is not None else ""]
    for name in names:
        ratio = result["ratios"].get(name)
        found.append(f"{ratio[1]:.2f} ({ratio[0]:.2f}-{ratio[2]:.2f})" if ratio else "")
    return found


def table(results: Results, names: list[str]) -> str:
    """The results as text, under the names of their groups."""
    others = [n for n in names if n != peers.OURS.name]
    width = max([len(r["name"]) for r in results], default=4)
    lines = [f"{'row':{width}}  {'ours':>12}" + "".join(f"  {n:>22}" for n in others)]
    group = None
    for r in results:
        if r["group"] != group:
            group = r["group"]
            lines.append(f"-- {group}")
        ours, *ratios = cells(r, others)
        lines.append(f"{r['name']:{width}}  {ours:>12}" + "".join(f"  {c:>22}" for c in ratios))
    return "\n".join(lines)


def growth(results: Results) -> str:
    """How each peer's figure grows between neighbours: the exponent of the size."""
    lines = []
    for one, two in pairwise(results):
        if one["group"] != two["group"] or None in (one["size"], two["size"]):
            continue
        both = [p for p in one["medians"] if p in two["medians"]]
        stretch = math.log(two["size"] / one["size"])
        exponents = (
            f"{p} {math.log(two['medians'][p] / one['medians'][p]) / stretch:.2f}" for p in both
        )
        lines.append(f"{one['group']}, {one['size']} -> {two['size']}: " + ", ".join(exponents))
    return "\n".join(["exponents of growth", *lines]) if lines else ""


def markdown(about: dict[str, Any], results: Results) -> str:
    """The README's table: our median, and the ratio to each peer."""
    others = [n for n in peers.NAMES[1:] if any(n in r["ratios"] for r in results)]
    lines = [head(about), "", f"| row | ours | {' | '.join(others)} |"]
    lines.append("|---" * (2 + len(others)) + "|")
    lines += [f"| {r['name']} | {' | '.join(cells(r, others))} |" for r in results]
    return "\n".join(lines)


def kept(about: dict[str, Any], results: Results, order: list[str], path: str) -> Results:
    """Write results to a file; they take the place of the rows it has of the same machine."""
    rows = {}
    if os.path.exists(path):
        with open(path) as file:
            before = json.load(file)
        if before["about"] == about:
            rows = {r["name"]: r for r in before["results"]}
    rows.update({r["name"]: r for r in results})
    found = [rows[name] for name in order if name in rows]
    with open(path, "w") as file:
        json.dump({"about": about, "results": found}, file, indent=1)
    return found


def picture(about: dict[str, Any], results: Results, path: str) -> None:
    """Bars of the ratio to PyTorch in its faster memory format, one for each row, by group."""
    try:
        import matplotlib
    except ImportError as error:
        raise SystemExit('--picture needs matplotlib: pip install ".[examples]"') from error
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shown = [r for r in results if r["to_torch"]]
    if not shown:
        raise SystemExit("--picture needs rows that were measured beside torch")
    half = (len(shown) + 1) // 2 if len(shown) > 40 else len(shown)
    columns = [c for c in (shown[:half], shown[half:]) if c]
    size = (10 * len(columns), 0.19 * (half + len({r["group"] for r in shown})) + 1.5)
    figure, axes = plt.subplots(1, len(columns), figsize=size, squeeze=False, sharex=True)
    for axis, column in zip(axes[0], columns):
        place, ticks, group = 0, [], None
        for r in column:
            if r["group"] != group:
                group = r["group"]
                ticks.append((place, group.upper()))
                place += 1
            low, middle, high = r["to_torch"]
            axis.barh(place, middle - 1, left=1, color="seagreen" if middle <= 1 else "darkorange")
            axis.plot([low, high], [place, place], color="gray", linewidth=0.8)
            axis.annotate(
                f"{middle:.2f}", (max(high, 1), place), (3, 0), textcoords="offset points",
                va="center", fontsize=7,
            )  # fmt: skip
            ticks.append((place, r["name"]))
            place += 1
        axis.set_yticks([t[0] for t in ticks], [t[1] for t in ticks], fontsize=7)
        axis.set_xscale("log")
        axis.axvline(1, color="black", linewidth=0.8)
        axis.margins(x=0.1, y=0.01)
        axis.invert_yaxis()
        axis.set_xlabel("ours / PyTorch's faster memory format (left of the line we need less)")
    figure.suptitle(head(about), fontsize=8)
    figure.tight_layout(rect=(0, 0, 1, 0.985))
    figure.savefig(path, dpi=110, bbox_inches="tight")


def compare(results: Results, path: str) -> int:
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
