"""Django's PostgreSQL, whose pool survives a restart of the server (base.py). Named in settings as ENGINE."""
