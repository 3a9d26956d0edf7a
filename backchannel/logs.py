"""What is left out of the log."""

import logging


class NoTraceback(logging.Filter):
    """For what a stranger can cause with every request: one line says it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True
