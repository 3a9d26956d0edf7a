"""live has no models and knows no other app: they register with it when they are ready."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "live"
