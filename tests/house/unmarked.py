"""Finds words that people read and nobody could translate: in templates, in JavaScript, in Python.

python -m tests.house.unmarked        prints each place, and fails when there is one
"""

import ast
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
APPS = ("accounts", "rooms", "backchannel", "live")
WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = {"Backchannel"}  # the product's name is the same in every language

# Templates ------------------------------------------------------------------------------------------------

READ_ALOUD = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "data-confirm"}
MARKED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
# A block that fills an attribute of the page around it.
CLASSES = re.compile(r"{%\s*block \w*class\w*\s*%}.*?{%\s*endblock\b.*?%}", re.DOTALL)
COMMENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)


class Words(HTMLParser):
    """Collects (line, text) of what a template would show by itself."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.silent = 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in ("script", "style")
        button = dict(attributes).get("type") in ("submit", "button", "reset")
        for name, value in attributes:
            if name in READ_ALOUD or (name == "value" and button and tag == "input"):
                self._keep(value or "")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, text):
        if not self.silent:
            self._keep(text)

    def _keep(self, text):
        if set(WORD.findall(text)) - NAMES:
            self.found.append((self.getpos()[0], " ".join(text.split())))


def in_template(source):
    """Visible text outside translate and blocktranslate."""
    words = Words()
    bare = source
    for pattern in (COMMENT, MARKED, CLASSES, TAG):
        bare = pattern.sub(lambda match: "\n" * match[0].count("\n"), bare)
    words.feed(bare)
    words.close()
    return words.found


# JavaScript -----------------------------------------------------------------------------------------------

JS_NOISE = re.compile(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*|(?:new )?\w*Error\([^)]*\)|console\.\w+\([^)]*\)", re.DOTALL)
JS_LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")
JS_SHOWN = re.compile(
    r"(?:\.(?:textContent|innerText|title|alt|placeholder|ariaLabel)\s*=|\b(?:alert|confirm|prompt)\()\s*[\"'`]([^\"'`]*)"
)
JS_FILLED_IN = re.compile(r"\$\{[^}]*\}")
SENTENCE = re.compile(r"^[A-Z][a-z]+(?: .*|.*[.!?…])$")


def in_script(source):
    """Sentences among the literals, and literals put where people read."""
    bare = JS_NOISE.sub(lambda match: "\n" * match[0].count("\n"), source)
    for match in JS_LITERAL.finditer(bare):
        text = next(group for group in match.groups() if group is not None)
        if SENTENCE.match(text):
            yield bare.count("\n", 0, match.start()) + 1, text
    bare = JS_FILLED_IN.sub("", bare)
    for match in JS_SHOWN.finditer(bare):
        if WORD.search(match[1]):
            yield bare.count("\n", 0, match.start()) + 1, match[1]


# Python ---------------------------------------------------------------------------------------------------

PY_SHOWN = {"ValidationError", "Refused"}
PY_NAMES = {"label", "help_text", "verbose_name", "verbose_name_plural", "short_description", "empty_label"}


def in_python(source):
    """Plain literals where Django or we show a text."""
    for node in ast.walk(ast.parse(source)):
        for shown in _shown(node):
            if isinstance(shown, ast.Constant | ast.JoinedStr) and WORD.search(_text(shown)):
                yield shown.lineno, _text(shown)


def _shown(node):
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        yield from node.args[:1] if name in PY_SHOWN else ()
        yield from (keyword.value for keyword in node.keywords if keyword.arg in PY_NAMES)
    elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") in PY_NAMES for target in node.targets):
        yield node.value


def _text(node):
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(_text(part) for part in node.values if isinstance(part, ast.Constant))


# All of it ------------------------------------------------------------------------------------------------


def everything():
    """(path, line, text) of every unmarked word of the product."""
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")]
    scripts = ROOT.glob("static/**/*.js")
    modules = [path for app in APPS for path in ROOT.glob(f"{app}/**/*.py") if "migrations" not in path.parts]
    for paths, found_in in ((templates, in_template), (scripts, in_script), (modules, in_python)):
        for path in sorted(paths):
            for line, text in found_in(path.read_text()):
                yield path.relative_to(ROOT), line, text


if __name__ == "__main__":
    found = list(everything())
    for path, line, text in found:
        print(f"{path}:{line}: {text}")
    sys.exit(bool(found))
