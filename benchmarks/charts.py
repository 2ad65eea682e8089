"""Cost over time per engine, as a picture."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

COLOURS = {"tournee": "#c1121f", "ortools": "#1d6fb8", "vroom": "#2a9d4a", "pyvrp": "#e07b00"}
OTHER_COLOURS = ("#6a4c93", "#555555")
ROOM = 1.6
"""The picture reaches from the best cost up to this many times the way to the worst result: first plans lie above."""

NEAREST_S = 0.01


def draw_chart(rows: Sequence[Row], title: str, file: Path) -> None:
    """One line per engine and run, steps down to each better plan, on a logarithmic axis of time."""
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("Agg")
    plots: Any = import_module("matplotlib.pyplot")
    figure, axes = plots.subplots(figsize=(9, 5.5), layout="constrained")
    drawn = [row for row in rows if row["trace"]]
    others = cycle(OTHER_COLOURS)
    colours = {row["engine"]: COLOURS.get(row["engine"]) or next(others) for row in drawn}
    last_s = max((row["seconds"] for row in drawn), default=1.0)
    named: set[str] = set()
    for row in drawn:
        seconds = [max(NEAREST_S, moment) for moment, _ in row["trace"]] + [last_s]
        hours = [cost / 3600 for _, cost in row["trace"]]
        label = None if row["engine"] in named else row["engine"]
        named.add(row["engine"])
        axes.step(seconds, [*hours, hours[-1]], where="post", color=colours[row["engine"]], label=label, linewidth=1.8)
        axes.plot(seconds[0], hours[0], "o", color=colours[row["engine"]], markersize=4)
        axes.annotate(f" {hours[-1]:.1f}", (last_s, hours[-1]), color=colours[row["engine"]], va="center", fontsize=9)
    _frame(axes, drawn, title, last_s)
    ticks: Any = import_module("matplotlib.ticker")
    axes.xaxis.set_major_locator(ticks.LogLocator(subs=(1, 2, 5), numticks=50))
    axes.xaxis.set_major_formatter(ticks.FuncFormatter(lambda moment, _: f"{moment:g}"))
    axes.xaxis.set_minor_formatter(ticks.NullFormatter())
    figure.savefig(file, dpi=150)
    plots.close(figure)


def _frame(axes: Any, rows: Sequence[Row], title: str, last_s: float) -> None:
    results = [row["trace"][-1][1] / 3600 for row in rows]
    if results:
        best, worst = min(results), max(results)
        span = max(ROOM * (worst - best), 0.05 * best)
        axes.set_ylim(best - 0.1 * span, best + span)
        axes.legend(title="engine", loc="upper right")
    axes.set_xscale("log")
    axes.set_xlim(right=1.25 * last_s)
    axes.set_xlabel("seconds (logarithmic)")
    axes.set_ylabel("cost of the best plan so far (hours)")
    axes.set_title(title, loc="left")
    axes.grid(visible=True, which="both", alpha=0.25)
