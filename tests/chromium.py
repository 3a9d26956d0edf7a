"""The browsers of the tests. Most do with the one that never had a window: it takes a third less of the processor.

Both can be another one: CHROMIUM=/usr/bin/chromium CHROMIUM_LIGHT=/usr/bin/chromium bin/test
"""

import os

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LIGHT = os.environ.get("CHROMIUM_LIGHT", "/usr/bin/chromium-headless-shell")
