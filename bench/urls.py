"""The site map and an empty page, which comes through the same middleware as all others."""

from django.http import HttpResponse
from django.urls import path

from backchannel.urls import handler429, handler500, urlpatterns

__all__ = ["handler429", "handler500", "urlpatterns"]

urlpatterns = [path("bench/empty/", lambda request: HttpResponse()), *urlpatterns]
