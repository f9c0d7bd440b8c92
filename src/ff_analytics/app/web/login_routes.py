"""Log in and out."""

import time
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ff_analytics.app.web import login as logins
from ff_analytics.app.web.page import templates
from ff_analytics.app.web.security import own_path

_WAIT = 0.5
_LARGEST = 4096


class LoginRoutes:
    """The login page, links that log in once, and the way out."""

    def __init__(self, login: str) -> None:
        self._login = login
        self._links = logins.Links()

    def _inside(self, where: str) -> Response:
        answer = RedirectResponse(own_path(where), 303)
        # Lax: a bookmark opened from elsewhere stays logged in; forms are checked by Origin.
        answer.set_cookie(
            logins.COOKIE,
            logins.session(self._login),
            max_age=logins.SESSION_SECONDS,
            httponly=True,
            samesite="lax",
        )
        return answer

    def _form(self, where: str, wrong: bool = False) -> Response:
        html = (
            templates()
            .get_template("login.html.j2")
            .render(where=own_path(where), wrong=wrong, body=Markup(""))
        )
        return HTMLResponse(html, 401 if wrong else 200)

    async def login(self, request: Request) -> Response:
        """The form, and what it sends."""
        if request.method != "POST":
            return self._form(request.query_params.get("next", "/"))
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST:
                return Response("The form is too large.", 413)
        sent = {k: v[0] for k, v in parse_qs(body.decode("utf-8", "replace")).items()}
        if logins.right_password(self._login, sent.get("user", ""), sent.get("password", "")):
            return self._inside(sent.get("next", "/"))
        # Slows down who guesses.
        await run_in_threadpool(time.sleep, _WAIT)
        return self._form(sent.get("next", "/"), wrong=True)

    def enter(self, request: Request) -> Response:
        """A link of `ff open` or the quickstart, which logs in once."""
        if self._links.take(self._login, request.query_params.get("key", "")):
            return self._inside(request.query_params.get("next", "/"))
        return RedirectResponse("/login", 303)

    def logout(self, request: Request) -> Response:
        """End the session of this browser."""
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(logins.COOKIE)
        return answer
