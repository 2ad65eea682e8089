"""What a route says of itself."""

from routing import Metres, Route, Seconds, Stop, StopKind


def stop(kind: StopKind, arrival: int, start: int, end: int, travel: int = 0, visit: str | None = None) -> Stop:
    """A stop at place 0."""
    moments = Seconds(arrival), Seconds(start), Seconds(end)
    return Stop(kind, visit, 0, Seconds(travel), Metres(travel * 10), *moments)


def test_totals_of_a_route() -> None:
    route = Route(
        "s",
        (
            stop(StopKind.START, 100, 100, 100),
            stop(StopKind.JOB, 160, 200, 300, 60, "v"),
            stop(StopKind.BREAK, 300, 310, 350),
            stop(StopKind.END, 380, 380, 380, 30),
        ),
    )
    assert (route.start, route.end) == (100, 380)
    assert (route.travel_s, route.travel_m) == (90, 900)
    assert (route.service_s, route.break_s) == (100, 40)
    assert route.wait_s == 50
    assert route.paid_s == 240
    assert route.visits == ("v",)
    assert route.stops[1].wait_s == 40


def test_set_up_and_call_are_neither_wait_nor_service() -> None:
    moments = Seconds(400), Seconds(430), Seconds(450)
    call = Stop(StopKind.DEPOT, None, 0, Seconds(60), Metres(600), *moments, Seconds(20), "depot")
    stops = (stop(StopKind.START, 340, 340, 340), call, stop(StopKind.JOB, 460, 460, 500, 10, "v"))
    route = Route("s", (*stops, stop(StopKind.END, 500, 500, 500)))
    assert (route.setup_s, route.call_s, route.service_s, route.travel_s) == (20, 20, 40, 70)
    assert (call.wait_s, route.wait_s, route.paid_s) == (10, 10, 160)
    assert route.visits == ("v",)
    assert route.order == ("depot", "v")
