"""The settings of a house whose web process ends at a point that a test names: the product's own, and crash_points.py."""

from backchannel.settings import *  # noqa: F403
from backchannel.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.delivery.crash_points.CrashPoints"]
