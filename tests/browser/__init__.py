"""A package, so that its house and its browser end with it: what comes after has a browser of its own."""
