"""Conversations, and what somebody wrote in them, as files to take away."""
