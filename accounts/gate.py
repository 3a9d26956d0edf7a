"""Who is asked to log in first, and where he comes out."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from accounts.middleware import came_from


def login_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As Django's; but a form's address is no page to come back to: after logging in one is where the form was."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        looked = request.method in ("GET", "HEAD")
        return redirect_to_login(request.get_full_path() if looked else _path(came_from(request)))

    return guarded


def _path(address: str) -> str:
    return urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl() or "/"
