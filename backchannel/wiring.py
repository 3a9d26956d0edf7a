"""What this app tells live about itself."""

from backchannel import catching_up, question_versions  # noqa: F401
