"""Who looks at a page: the session that the browser's cookie names."""

from dataclasses import dataclass
from typing import cast

from flask import Request, Response, g, request

from api.auth import DISPATCH, Roles
from api.call import edge
from service import sessions
from service.sessions import LASTS, SignedIn

COOKIE = "tournee"


def is_secure(request: Request) -> bool:
    """Whether the browser reaches us over https, through a proxy or not."""
    return request.is_secure or edge().runtime.settings.public_url.startswith("https://")


def cookie_name(request: Request) -> str:
    """Over https the name itself forbids other hosts and plain http to set the cookie."""
    return f"__Host-{COOKIE}" if is_secure(request) else COOKIE


def token_of(request: Request) -> str | None:
    """What the browser shows."""
    return request.cookies.get(cookie_name(request)) or None


def keep(response: Response, token: str) -> Response:
    """Let the browser show this from now on."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=LASTS,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: Response) -> Response:
    """Let the browser show nothing any more."""
    response.delete_cookie(cookie_name(request), path="/", secure=is_secure(request), httponly=True, samesite="Lax")
    return response


def visitor() -> SignedIn | None:
    """Who is signed in; asked once per request."""
    if "visitor" not in g:
        token = token_of(request)
        g.visitor = sessions.signed_in(edge().runtime, token) if token else None
    return cast("SignedIn | None", g.visitor)


@dataclass(frozen=True)
class Screen:
    """Who may see a page; without a word of its own, those who plan."""

    allowed: Roles = DISPATCH


def screen_of(view: object) -> Screen:
    """What a view says of itself."""
    return cast("Screen", getattr(view, "screen", Screen()))
