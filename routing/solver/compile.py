"""Compiles the search into its cache, so that no solve has to: ``python -m routing.solver.compile``.

Takes about half a minute, and next to nothing when it is done already for these sources, libraries and processor.
"""

import time

import numpy as np

from routing.solver.jit import CACHE_FOLDER

DONE = CACHE_FOLDER / "done"


def main() -> None:
    """Compile everything that a solve calls, unless that is done."""
    if DONE.exists():
        return
    from routing.matrix import Matrix  # noqa: PLC0415  (numba is large)
    from routing.problem import Location, Problem, Seconds, Shift, Technician, TimeWindow, Visit  # noqa: PLC0415
    from routing.solver.crew import Crew, Round  # noqa: PLC0415
    from routing.solver.encode import encode  # noqa: PLC0415
    from routing.solver.master import price_rows  # noqa: PLC0415

    began = time.monotonic()
    visits = tuple(Visit(f"v{n}", 0, Seconds(60), (TimeWindow(Seconds(0), Seconds(900)),)) for n in range(3))
    shift = Shift("s", "t", Seconds(0), Seconds(900), 0, 0)
    table = np.zeros((1, 1), np.int32)
    problem = Problem((Location("p", 0, 0),), {"car": Matrix(table, table)}, (Technician("t"),), (shift,), visits)
    encoding = encode(problem)
    crew = Crew(encoding.instance, encoding.ties, threads=1, seed=1)
    crew.begin(*encoding.begin({}, {}))
    crew.start([Round(1.0, 1.0, steps=1, progress=lambda: 0.0)])
    while not crew.wait(1.0):
        pass
    price_rows(encoding.instance, crew.best.rows)
    DONE.touch()
    print(f"the search is compiled, in {time.monotonic() - began:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
