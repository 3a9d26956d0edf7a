"""What this app tells live about itself."""
