"""The baseline: a room as the tutorial of Channels writes it. Nobody logs in, nothing is stored."""
