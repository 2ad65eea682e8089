"""Our own engine: rounds of compiled search, and after each the best combination of all routes that were met."""

from threading import Thread

from routing.solver.crew import Round
from routing.solver.master import Master
from routing.solver.search.arrays import LEFT_OUT, PAID
from routing.solver.search.ruin import SLACK
from routing.solver.search.ties import ANY
from routing.solver.solving import Solving

HOT, COLD = 1.0, 0.1
"""First and last temperature of a round, in mean prices of what a visit costs beside its service."""

WARM = 0.25
"""Later rounds, and those of a solve that begins with a plan, begin with so much of the first temperature."""

ROUND_S, ROUND_STEPS = 3.3, 100_000
"""About how long a round of up to ``ROUND_VISITS`` visits is; with more it is longer in proportion."""

ROUND_VISITS = 150

MOST_ROUNDS = 8
"""With more time than for so many, rounds become longer."""

MASTER_SHARE, MASTER_S = 0.12, 1.0
"""What the master may take at the end of a round: a share of it, and at most so many seconds."""

PATIENCE_S = 60.0
"""What it may take when only steps are counted: as good as no limit."""

LOOK_S = 0.02
"""How often the clock, ``stop`` and the best solution are looked at."""

KEPT_WITHIN = 0.012
"""Routes of solutions are kept that are dearer than the best by up to this share of what is not service."""


def search(solving: Solving) -> None:
    """Search until a limit is met; ``iterations`` counts steps of each thread."""
    _Search(solving).run()


class _Search:
    def __init__(self, solving: Solving) -> None:
        self._recorder, self._encoding, self._crew = solving.recorder, solving.encoding, solving.crew
        self._limits, self._clock = solving.limits, solving.clock
        self._offered = self._crew.best.price
        self._counts_steps = self._limits.seconds is None
        self._is_tied = bool(self._encoding.ties.terms[ANY])

    def run(self) -> None:
        """Go through all rounds."""
        crew = self._crew
        best = crew.best
        for searcher in crew.searchers[1:]:
            searcher.begin(best.rows, best.bounds)
        for number, (round_s, steps) in enumerate(self._rounds()):
            scale = self._scale()
            crew.start([self._round(number, thread, round_s, steps, scale) for thread in range(len(crew.searchers))])
            while not crew.wait(LOOK_S):
                if not self._counts_steps:
                    self._offer()
            if not self._is_over() and not self._is_tied:
                self._combine(round_s)
            self._offer(at_once=True)
            if self._is_over():
                return
            self._meet(number)

    def _rounds(self) -> list[tuple[float, int | None]]:
        """Length of each round in seconds and steps."""
        seconds, iterations = self._limits.seconds, self._limits.iterations
        if seconds is None:
            steps = iterations or 0
            count = max(1, round(steps / ROUND_STEPS))
            return [(PATIENCE_S, steps * (one + 1) // count - steps * one // count) for one in range(count)]
        left = max(0.0, seconds - self._clock.elapsed_s - self._reserve_s())
        round_s = ROUND_S * max(1.0, len(self._encoding.instance.visits) / ROUND_VISITS)
        count = max(1, min(MOST_ROUNDS, round(left / round_s)))
        share = None if iterations is None else -(-iterations // count)
        return [(left / count, share)] * count

    def _round(self, number: int, thread: int, round_s: float, steps: int | None, scale: float) -> Round:
        is_hot = (number == 0 and not self._crew.is_warm) or (number % 2 == 1 and thread == 0)
        hot = scale * HOT * (1.0 if is_hot else WARM)
        if self._counts_steps:
            return Round(hot, scale * COLD, steps, lambda: float(self._clock.is_stopped))
        begins = self._clock.elapsed_s
        master_s = 0.0 if self._is_tied else min(MASTER_S, MASTER_SHARE * round_s)
        search_s = max(1e-3, round_s - master_s)

        def progress() -> float:
            return 1.0 if self._is_over() else (self._clock.elapsed_s - begins) / search_s

        return Round(hot, scale * COLD, steps, progress)

    def _scale(self) -> float:
        """What a planned visit costs beside its service, in hundredths; also sets how good kept routes must be."""
        instance = self._encoding.instance
        cost, rows, _ = self._crew.best
        visits = len(instance.visits)
        planned = [node for nodes in rows.values() for node in nodes if node < visits]
        left_out = int(instance.visits[:, LEFT_OUT].sum() - instance.visits[planned, LEFT_OUT].sum())
        service = int(instance.service[planned].min(axis=1).sum()) * int(instance.prices[PAID])
        beside = max(100.0, float(cost - left_out - service))
        for searcher in self._crew.searchers:
            searcher.settings[SLACK] = KEPT_WITHIN * beside
        return beside / max(1, len(planned))

    def _combine(self, round_s: float) -> None:
        """Ask the master for a better combination of known routes; the first searcher takes it up.

        Where routes are tied, most combinations break a rule, and there is nothing to ask.
        """
        crew = self._crew
        best = crew.best
        master = Master(self._encoding.instance, [searcher.pool for searcher in crew.searchers], best.rows)
        seconds = PATIENCE_S if self._counts_steps else min(MASTER_S, MASTER_SHARE * round_s)
        thread = Thread(target=master.run, args=(seconds,), daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(LOOK_S)
            if self._is_over():
                master.interrupt()
        if master.found is not None:
            crew.searchers[0].begin(master.found, best.bounds)

    def _meet(self, number: int) -> None:
        """Hand the best solution over; every other round the first searcher keeps its own, for variety."""
        best = self._crew.best
        for thread, searcher in enumerate(self._crew.searchers):
            if thread > 0 or number % 2 == 1 or len(self._crew.searchers) == 1:
                searcher.begin(best.rows, best.bounds)
            searcher.forget_routes()

    def _offer(self, *, at_once: bool = False) -> None:
        """Offer the best solution to the recorder, during a round not more often than it takes little of the time."""
        cost, rows, bounds = self._crew.best
        if cost < self._offered and (at_once or self._recorder.is_ready):
            self._offered = cost
            self._recorder.take(self._encoding.orders(rows), self._encoding.bounds(rows, bounds))
        self._recorder.tell()

    def _is_over(self) -> bool:
        return self._clock.is_over(self._reserve_s())

    def _reserve_s(self) -> float:
        """What writing the last plan may take."""
        return 1.2 * self._recorder.finishing_s
