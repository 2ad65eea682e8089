"""/v1/addresses: what somebody who is typing an address may mean."""

from api.auth import ASK
from api.call import Call
from api.endpoints import Endpoints
from api.examples import addresses as examples
from api.operations import Operation
from api.schemas.addresses import AddressesOut, AddressesQuery
from service.answers import Answer
from service.suggesting import suggest_addresses

endpoints = Endpoints("addresses", "Addresses while they are typed")


@endpoints.action(
    "GET",
    "/v1/addresses",
    Operation(ASK, AddressesOut, examples.ADDRESSES, query=AddressesQuery(), missing=False),
)
def list_addresses(call: Call) -> Answer:
    """Suggest addresses."""
    return suggest_addresses(call.runtime, call.query["q"], call.query["limit"], call.query.get("near"))
