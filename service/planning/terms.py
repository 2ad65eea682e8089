"""What every problem of this service is made with: travel times, prices, and what an arrival at a client takes."""

from dataclasses import dataclass
from decimal import Decimal

from routing import Seconds, Weights
from service.runtime import Runtime
from service.settings import Settings
from service.travel import TravelSource


@dataclass(frozen=True, slots=True)
class Terms:
    """The same for a run, for the judging of its plan, for places of new jobs and for reasons."""

    travel: TravelSource
    weights: Weights = Weights()
    site_setup_s: Seconds = Seconds(0)

    @classmethod
    def of(cls, rt: Runtime) -> "Terms":
        """The terms that the settings name."""
        return cls(rt.travel, weights_of(rt.settings), Seconds(rt.settings.site_setup_s))


def weights_of(settings: Settings) -> Weights:
    """The settings' weights in hundredths."""
    return Weights(
        paid_s=_hundredths(settings.weight_paid),
        overtime_s=_hundredths(settings.weight_overtime),
        travel_s=_hundredths(settings.weight_travel),
        lateness_s=_hundredths(settings.weight_lateness),
        urgency_s=_hundredths(settings.weight_urgency),
        not_preferred=_hundredths(settings.weight_not_preferred),
        moved=_hundredths(settings.weight_moved),
        unserved=_hundredths(settings.weight_left_out),
        last_resort=_hundredths(settings.weight_last_resort),
        fair_paid_s=_hundredths(settings.weight_fair_paid_s),
        fair_travel_s=_hundredths(settings.weight_fair_travel_s),
    )


def _hundredths(seconds: Decimal) -> int:
    return int(seconds * 100)
