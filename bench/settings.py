"""The house's own settings, with one address more: a page of nothing to compare pages with."""

from backchannel.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
