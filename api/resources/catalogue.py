"""/v1/kinds: what kinds of jobs there are; /v1/sites: the places of clients that are remembered."""

from api.auth import ALL, ASK, DISPATCH
from api.call import Call
from api.describe import listing
from api.endpoints import Endpoints
from api.examples import jobs as examples
from api.operations import Body, Operation
from api.resources.agreement import same_name
from api.schemas.answers import DroppedOut
from api.schemas.base import DryRunQuery, PageQuery
from api.schemas.goods import KindIn
from api.schemas.job_answers import KindOut, SiteChangedOut, SiteOut
from api.schemas.jobs import SiteCorrection
from service import kinds, sites
from service.answers import Answer, Listing

kind_endpoints = Endpoints("kinds", "The catalogue of kinds of jobs")
site_endpoints = Endpoints("sites", "Places of clients that are remembered")


@kind_endpoints.action(
    "GET",
    "/v1/kinds",
    Operation(ALL, listing(KindOut), {"items": [examples.KIND], "next": None}, query=PageQuery(), missing=False),
)
def list_kinds(call: Call) -> Listing:
    """List the kinds of jobs."""
    return kinds.list_kinds(call.runtime, call.page)


@kind_endpoints.action("GET", "/v1/kinds/<word:kind>", Operation(ALL, KindOut, examples.KIND, tagged=True))
def get_kind(call: Call, kind: str) -> Answer:
    """Look at a kind."""
    return kinds.get_kind(call.runtime, kind)


@kind_endpoints.action(
    "PUT",
    "/v1/kinds/<word:kind>",
    Operation(
        DISPATCH,
        KindOut,
        examples.KIND,
        body=Body(KindIn(), examples.KIND_IN),
        if_match=True,
        tagged=True,
    ),
)
def put_kind(call: Call, kind: str) -> Answer:
    """Add a kind, or say anew what it takes."""
    return kinds.put_kind(call.runtime, call.actor, kind, same_name(call.document, "name", kind), call.if_match)


@kind_endpoints.action(
    "DELETE", "/v1/kinds/<word:kind>", Operation(DISPATCH, DroppedOut, {"outdated": []}, if_match=True)
)
def delete_kind(call: Call, kind: str) -> Answer:
    """Take a kind out of the catalogue."""
    return kinds.delete_kind(call.runtime, call.actor, kind, call.if_match)


@site_endpoints.action(
    "GET",
    "/v1/sites",
    Operation(ASK, listing(SiteOut), {"items": [examples.SITE], "next": None}, query=PageQuery(), missing=False),
)
def list_sites(call: Call) -> Listing:
    """List sites."""
    return sites.list_sites(call.runtime, call.actor, call.page)


@site_endpoints.action("GET", "/v1/sites/<ref:site>", Operation(ASK, SiteOut, examples.SITE, tagged=True))
def get_site(call: Call, site: str) -> Answer:
    """Look at a site, by its ref or id."""
    return sites.get_site(call.runtime, call.actor, site)


@site_endpoints.action(
    "PATCH",
    "/v1/sites/<ref:site>",
    Operation(
        ASK,
        SiteChangedOut,
        examples.SITE_CHANGED,
        body=Body(SiteCorrection(), examples.SITE_PATCH, patch=True),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
    ),
)
def patch_site(call: Call, site: str) -> Answer:
    """Change what is remembered of a site (JSON merge patch)."""
    return sites.patch_site(call.runtime, call.actor, site, call.document, call.if_match, call.dry_run)
