"""What is served of what is written."""

from pathlib import Path

from django.contrib.staticfiles.storage import StaticFilesStorage

from backchannel.static import Served

MODULE = """// What this is for,
// in two lines.
import "live";

/** Says what
 *  goes in. */
export const say = (words) => `https://${words}//x`; // why

  // Aside.
  say("// not one");
"""
BARE = """import "live";

export const say = (words) => `https://${words}//x`; // why

  say("// not one");
"""


def test_modules_are_served_without_what_they_tell_their_readers(tmp_path, settings):
    served = _collected(tmp_path, settings, {"js/one.js": MODULE, "vendor/two.js": MODULE})
    assert served["js/one"] == BARE
    assert served["vendor/two"] == MODULE


def _collected(tmp_path, settings, files):
    """{name without hash and ending: text} of what a page is given."""
    source, settings.STATIC_ROOT = StaticFilesStorage(tmp_path / "source", "/static/"), tmp_path / "static"
    storage, paths = Served(tmp_path / "static", "/static/"), {}
    for name, text in files.items():
        for place in (source, storage):
            path = Path(place.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        paths[name] = (source, name)
    list(storage.post_process(paths))
    return {name.removesuffix(".js"): (tmp_path / "static" / storage.hashed_files[name]).read_text() for name in files}
