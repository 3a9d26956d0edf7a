"""The one place where pages and sockets meet."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from channels.sessions import SessionMiddlewareStack
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backchannel.settings")
pages = get_asgi_application()

from django.conf import settings  # noqa: E402
from live.routing import websocket_urlpatterns  # noqa: E402

origins = [settings.PUBLIC_URL] if settings.PRODUCTION else settings.ALLOWED_HOSTS

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": OriginValidator(SessionMiddlewareStack(URLRouter(websocket_urlpatterns)), origins),
    }
)
