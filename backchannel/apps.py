from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackchannelConfig(AppConfig):
    name = "backchannel"
    verbose_name = _("Backchannel")

    def ready(self) -> None:
        from backchannel import checks, receivers, wiring  # noqa: F401
