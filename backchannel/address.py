"""Where the house answers: its socket, and the address that people type."""

import errno
import ipaddress
import socket

from django.conf import settings
from django.utils.translation import gettext as _

BACKLOG = 4096  # everybody coming back at once, after a restart


class Taken(Exception):
    """The house cannot answer there. Its text is the sentence to show."""


def listen(host: str, port: int) -> socket.socket:
    """A socket listening on HOST and PORT; raises Taken."""
    try:
        family, kind, protocol, _name, place = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as problem:
        raise Taken(_refusal(host, port, problem)) from problem
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as problem:
        listening.close()
        raise Taken(_refusal(host, port, problem)) from problem
    return listening


def shown() -> str:
    """The address to open in a browser, without a slash at its end."""
    host = settings.HOST.strip("[]")
    if settings.PUBLIC_URL:
        return settings.PUBLIC_URL
    if host in ("0.0.0.0", "::"):  # noqa: S104 compared, not bound
        host = socket.gethostname()
    return f"http://[{host}]:{settings.PORT}" if ":" in host else f"http://{host}:{settings.PORT}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach HOST."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _refusal(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return _("Port %s is taken by another program: end that one, or set PORT to another number.") % port
    return _("Cannot listen on %(host)s port %(port)s: %(why)s. Set HOST and PORT to a place that can.") % {
        "host": host,
        "port": port,
        "why": problem.strerror,
    }
