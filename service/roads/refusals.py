"""Why a road graph is not built."""

from service.errors import ServiceError


class RoadsRefused(ServiceError):
    """What was given cannot become a graph; every fault is named, and whatever was built before goes on serving."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
