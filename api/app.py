"""The application: routes, errors, headers, metrics, around one Runtime."""

from flask import Flask

from api import converters, errors, headers
from api.call import Edge
from api.cursors import Cursors
from api.endpoints import document_converters, make_api
from api.jsongate import MAX_BODY
from api.metrics import Metrics
from api.pages import blueprint as pages
from api.resources import BLUEPRINTS, NOUNS
from service.runtime import Runtime
from service.settings import Settings


def create() -> Flask:
    """The application as the environment says (for a server that wants a factory: ``api.app:create()``)."""
    return create_app(Runtime.build(Settings.from_env()))


def create_app(runtime: Runtime) -> Flask:
    """The application on that runtime."""
    app = Flask("api", static_folder=None)
    metrics = Metrics(runtime)
    app.extensions["tournee"] = Edge(runtime, Cursors(runtime.settings.database_url), metrics)
    metrics.register(app)
    headers.register(app)
    errors.register(app)
    add_routes(app)
    return app


def add_routes(app: Flask) -> None:
    """Every route, with its description."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    converters.register(app)
    api = make_api(app)
    document_converters(api)
    for noun in NOUNS:
        noun.register(api)
    for blueprint in (*BLUEPRINTS, pages):
        app.register_blueprint(blueprint)
