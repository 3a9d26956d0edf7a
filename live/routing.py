"""The path of the socket."""

from django.urls import path

from live.consumer import live_socket

websocket_urlpatterns = [path("live/", live_socket)]
