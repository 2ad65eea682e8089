"""/v1/depots, /v1/items and /v1/stock: what there is to bring, and where it lies."""

from api.auth import DISPATCH
from api.call import Call
from api.describe import listing
from api.endpoints import Endpoints
from api.examples import jobs
from api.examples import team as examples
from api.operations import Body, Operation
from api.resources.agreement import same_name
from api.schemas.answers import DroppedOut
from api.schemas.base import DryRunQuery, PageQuery
from api.schemas.goods import DepotIn, DepotPatch, ItemIn, StockIn, StockQuery
from api.schemas.team_answers import DepotChangedOut, DepotOut, ItemChangedOut, ItemOut, StockChangedOut, StockOut
from service import depots, items, stock
from service.answers import Answer, Listing

depot_endpoints = Endpoints("depots", "Where goods are kept")
item_endpoints = Endpoints("items", "Kinds of goods")
stock_endpoints = Endpoints("stock", "How much lies where")


@depot_endpoints.action(
    "POST",
    "/v1/depots",
    Operation(
        DISPATCH,
        DepotChangedOut,
        examples.DEPOT_CHANGED,
        status=201,
        body=Body(DepotIn(), examples.DEPOT_IN),
        once=True,
        tagged=True,
        missing=False,
    ),
)
def post_depot(call: Call) -> Answer:
    """Open a depot."""
    return depots.post_depot(call.runtime, call.actor, call.document, call.once)


@depot_endpoints.action(
    "GET",
    "/v1/depots",
    Operation(DISPATCH, listing(DepotOut), {"items": [examples.DEPOT], "next": None}, query=PageQuery(), missing=False),
)
def list_depots(call: Call) -> Listing:
    """List depots."""
    return depots.list_depots(call.runtime, call.actor, call.page)


@depot_endpoints.action("GET", "/v1/depots/<id:depot>", Operation(DISPATCH, DepotOut, examples.DEPOT, tagged=True))
def get_depot(call: Call, depot: str) -> Answer:
    """Look at a depot."""
    return depots.get_depot(call.runtime, call.actor, depot)


@depot_endpoints.action(
    "PATCH",
    "/v1/depots/<id:depot>",
    Operation(
        DISPATCH,
        DepotChangedOut,
        examples.DEPOT_CHANGED,
        body=Body(DepotPatch(), examples.DEPOT_PATCH, patch=True),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
    ),
)
def patch_depot(call: Call, depot: str) -> Answer:
    """Change a depot (JSON merge patch)."""
    return depots.patch_depot(call.runtime, call.actor, depot, call.document, call.if_match, call.dry_run)


@depot_endpoints.action(
    "DELETE",
    "/v1/depots/<id:depot>",
    Operation(DISPATCH, DroppedOut, jobs.DROPPED, query=DryRunQuery(), if_match=True, conflicts=("in_use",)),
)
def remove_depot(call: Call, depot: str) -> Answer:
    """Close a depot."""
    return depots.remove_depot(call.runtime, call.actor, depot, call.if_match, call.dry_run)


@item_endpoints.action(
    "GET",
    "/v1/items",
    Operation(DISPATCH, listing(ItemOut), {"items": [examples.ITEM], "next": None}, query=PageQuery(), missing=False),
)
def list_items(call: Call) -> Listing:
    """List kinds of goods."""
    return items.list_items(call.runtime, call.actor, call.page)


@item_endpoints.action("GET", "/v1/items/<word:sku>", Operation(DISPATCH, ItemOut, examples.ITEM, tagged=True))
def get_item(call: Call, sku: str) -> Answer:
    """Look at a kind of goods."""
    return items.get_item(call.runtime, call.actor, sku)


@item_endpoints.action(
    "PUT",
    "/v1/items/<word:sku>",
    Operation(
        DISPATCH,
        ItemChangedOut,
        examples.ITEM_CHANGED,
        body=Body(ItemIn(), examples.ITEM_IN),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
    ),
)
def put_item(call: Call, sku: str) -> Answer:
    """Add a kind of goods, or say anew what it is."""
    document = same_name(call.document, "sku", sku)
    return items.put_item(call.runtime, call.actor, sku, document, call.if_match, call.dry_run)


@item_endpoints.action(
    "DELETE",
    "/v1/items/<word:sku>",
    Operation(DISPATCH, DroppedOut, jobs.DROPPED, query=DryRunQuery(), if_match=True, conflicts=("in_use",)),
)
def delete_item(call: Call, sku: str) -> Answer:
    """Forget a kind of goods that nobody has or needs."""
    return items.delete_item(call.runtime, call.actor, sku, call.if_match, call.dry_run)


@stock_endpoints.action(
    "GET",
    "/v1/stock",
    Operation(DISPATCH, listing(StockOut), {"items": [examples.STOCK], "next": None}, query=StockQuery()),
)
def list_stock(call: Call) -> Listing:
    """List the stock of all depots, or of one."""
    return stock.list_stock(call.runtime, call.actor, call.page, call.query.get("depot"))


@stock_endpoints.action(
    "GET", "/v1/stock/<id:depot>/<word:sku>", Operation(DISPATCH, StockOut, examples.STOCK, tagged=True)
)
def get_stock(call: Call, depot: str, sku: str) -> Answer:
    """Look at the stock of one item at one depot."""
    return stock.get_stock(call.runtime, call.actor, depot, sku)


@stock_endpoints.action(
    "PUT",
    "/v1/stock/<id:depot>/<word:sku>",
    Operation(
        DISPATCH,
        StockChangedOut,
        examples.STOCK_CHANGED,
        body=Body(StockIn(), examples.STOCK_IN),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
    ),
)
def put_stock(call: Call, depot: str, sku: str) -> Answer:
    """Say what lies there now and what will arrive."""
    return stock.put_stock(call.runtime, call.actor, depot, sku, call.document, call.if_match, call.dry_run)


@stock_endpoints.action(
    "DELETE",
    "/v1/stock/<id:depot>/<word:sku>",
    Operation(DISPATCH, DroppedOut, jobs.DROPPED, query=DryRunQuery(), if_match=True),
)
def delete_stock(call: Call, depot: str, sku: str) -> Answer:
    """Keep no stock of an item at a depot any more."""
    return stock.delete_stock(call.runtime, call.actor, depot, sku, call.if_match, call.dry_run)
