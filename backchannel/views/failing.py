"""What is answered when something broke: without the database, which may be what broke."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

SOON = 2  # seconds until it is worth trying again


def failed(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database is away or takes too long, for then the same request may succeed in a moment."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(SOON)})
    return server_error(request)
