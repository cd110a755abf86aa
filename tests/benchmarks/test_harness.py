"""The harness's own logic, on rows that measure nothing."""

import json

import pytest

from benchmarks import harness, report
from benchmarks.__main__ import main
from benchmarks.harness import Result, Row, choose, measure

ABOUT = {"cpu": "c", "cores": 2, "threads": 2, "system": "s", "python": "3", "blas": "b"}


def result(ours, theirs, **kwargs):
    figures = {"tinygrad_np": ours, "torch": theirs}
    return Result(Row("toy", "toys", lambda peer: None, **kwargs), figures)


@pytest.fixture
def toy(monkeypatch):
    figures = {"tinygrad_np": 3.0, "mygrad": 2.0}
    build = lambda peer: (lambda: figures[peer]) if peer in figures else None  # noqa: E731
    row = Row("toy", "toys", build, unit="MB", rounds=3)
    monkeypatch.setattr(harness, "ROWS", {"toy": row})
    return row


def test_ratios_are_taken_round_by_round():
    found = result([1.0, 4.0, 9.0], [1.0, 2.0, 3.0])
    assert found.ratio("torch") == (1.0, 2.0, 3.0)


def test_the_faster_memory_format_is_the_one_compared_with():
    found = result([2.0, 2.0], [4.0, 4.0])
    found.figures["torch channels_last"] = [1.0, 1.0]
    assert found.to_torch() == (2.0, 2.0, 2.0)


def test_a_row_that_gives_its_own_figure(toy):
    found = measure(toy, ["tinygrad_np", "mygrad", "jax.jit"]).as_json()
    assert found["medians"] == {"tinygrad_np": 3.0, "mygrad": 2.0}
    assert found["ratios"] == {"mygrad": (1.5, 1.5, 1.5)}
    assert found["to_torch"] is None


def test_a_timed_row_runs_five_rounds_at_least():
    calls = []
    row = Row("counted", "toys", lambda peer: lambda: calls.append(peer))
    found = measure(row, ["mygrad"], rounds=5, budget=0.0)
    assert len(found.figures["mygrad"]) == 5
    assert set(calls) == {"mygrad"}


def test_slow_rows_are_chosen_by_how_they_begin(monkeypatch):
    rows = [Row("net", "step", lambda p: None), Row("memory, net", "m", lambda p: None, slow=True)]
    monkeypatch.setattr(harness, "ROWS", {r.name: r for r in rows})
    assert [r.name for r in choose(["net"])] == ["net"]
    assert [r.name for r in choose(["memory"])] == ["memory, net"]
    assert len(list(choose([]))) == 2
    assert [r.name for r in choose([], quick=True)] == ["net"]


def test_two_rows_of_one_name_are_refused(toy):
    with pytest.raises(ValueError, match="two rows named 'toy'"):
        harness.row("toy", "toys")(lambda peer: None)


def test_growth_gives_the_exponent():
    small, large = (result([n * n], [n], size=n).as_json() for n in (10.0, 100.0))
    assert "tinygrad_np 2.00, torch 1.00" in report.growth([small, large])


def test_json_and_markdown_round_trip(toy, tmp_path, capsys):
    path = tmp_path / "now.json"
    assert main(["--peers", "mygrad", "--json", str(path)]) == 0
    saved = json.loads(path.read_text())
    assert [r["name"] for r in saved["results"]] == ["toy"]
    capsys.readouterr()
    assert main(["--markdown", str(path)]) == 0
    assert "| toy | 3.000 MB |" in capsys.readouterr().out


def test_rows_of_an_earlier_run_stay(tmp_path):
    path = str(tmp_path / "now.json")
    first, second = (Result(Row(n, "g", lambda p: None), {"torch": [1.0]}) for n in ("a", "b"))
    report.kept(ABOUT, [second.as_json()], ["a", "b"], path)
    again = report.kept(ABOUT, [first.as_json()], ["a", "b"], path)
    assert [r["name"] for r in again] == ["a", "b"]
    other = report.kept({**ABOUT, "cores": 99}, [first.as_json()], ["a", "b"], path)
    assert [r["name"] for r in other] == ["a"]


@pytest.mark.parametrize(("before", "slower"), [(1.0, 1), (2.0, 0), (4.0, 0)])
def test_check_counts_what_became_slower(before, slower, tmp_path):
    path = tmp_path / "before.json"
    path.write_text(json.dumps({"about": ABOUT, "results": [result([before], [1.0]).as_json()]}))
    assert report.compare([result([2.0], [1.0]).as_json()], str(path)) == slower


def test_list_names_rows_and_runs_none(capsys):
    assert main(["--list", "--rows", "article"]) == 0
    out = capsys.readouterr().out
    assert "training step: article, batch 2, float32" in out
    assert "peak memory" not in out
