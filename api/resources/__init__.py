"""One module per noun; views are three lines: load, call the service, return."""

from api.resources import (
    addresses,
    catalogue,
    goods,
    imports,
    jobs,
    planning,
    roads,
    routes,
    system,
    team,
    ties,
    viewer,
)

NOUNS = (
    jobs.endpoints,
    imports.endpoints,
    catalogue.kind_endpoints,
    catalogue.site_endpoints,
    team.technician_endpoints,
    routes.endpoints,
    team.absence_endpoints,
    goods.depot_endpoints,
    goods.item_endpoints,
    goods.stock_endpoints,
    ties.separation_endpoints,
    ties.reserve_endpoints,
    ties.faces_endpoints,
    planning.run_endpoints,
    planning.plan_endpoints,
    roads.endpoints,
    addresses.endpoints,
    system.endpoints,
)

BLUEPRINTS = (viewer.blueprint,)
