"""Which pages may open the socket: our own, and no other, not even one on another port of the same machine."""

from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host


class SameOrigin:
    """Refuses a socket whose Origin header is missing or is not the address it was opened at.

    Cookies know no ports, so without this any program serving pages on the same machine could listen in.
    """

    def __init__(self, application):
        self.application = application
        self.denier = WebsocketDenier()

    async def __call__(self, scope, receive, send):
        headers = {name: value.decode("latin1") for name, value in scope["headers"] if name in (b"origin", b"host")}
        same = is_own(headers.get(b"origin", ""), headers.get(b"host", ""))
        return await (self.application if same else self.denier)(scope, receive, send)


def is_own(origin: str, host: str) -> bool:
    """True for PUBLIC_URL itself in production, elsewhere for an origin that names the very host and port asked."""
    if settings.PRODUCTION:
        return origin == settings.PUBLIC_URL
    domain, _port = split_domain_port(host)
    return urlsplit(origin).netloc == host and validate_host(domain, settings.ALLOWED_HOSTS)
