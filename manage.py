#!/usr/bin/env python
"""Backchannel's command line."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backchannel.settings")
    from django.core.management import execute_from_command_line
    from environs import EnvError

    try:
        execute_from_command_line(sys.argv)
    except EnvError as unusable:
        print(f"{unusable} docs/self-hosting.md says what it may be.", file=sys.stderr)
        sys.exit(2)
