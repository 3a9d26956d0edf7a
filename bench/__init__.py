"""How fast the house is, measured on its real endpoints beside a baseline in the same run. See docs/performance.md."""
