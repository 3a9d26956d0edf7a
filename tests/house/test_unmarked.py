"""The check for unmarked words finds what it should, and nothing else."""

import pytest

from tests.house.unmarked import everything, in_python, in_script, in_template


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<button aria-label="Mute Bob">{% icon %}</button>',
        '<input placeholder="Title">',
        '{% if a %}<b class="x">There {{ name }}</b>{% endif %}',
        "{% translate 'Hi' %} everybody",
    ],
)
def test_words_of_a_template_are_found(source):
    assert in_template(source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>{% translate 'Hello' %}</p>",
        "{% blocktranslate with name=person.name %}Mute {{ name }}{% endblocktranslate %}",
        '<a href="{% url "hallway" %}" class="button button--main">{# a note #}Backchannel</a>',
        "<script>const hello = 1;</script><p>12:30 · @{{ name }}</p>",
        "{% comment %}words words{% endcomment %}",
    ],
)
def test_marked_text_of_a_template_passes(source):
    assert not in_template(source)


@pytest.mark.parametrize(
    "source", ['toast("Not sent. Try again")', "button.textContent = 'retry'", "box.title = `Mute ${name}`"]
)
def test_words_of_a_script_are_found(source):
    assert list(in_script(source))


@pytest.mark.parametrize(
    "source",
    [
        'row.classList.add("message message--mine")',
        "// Not sent. Try again",
        'if (event.key === "Escape") throw new Error("No socket here")',
        "button.textContent = button.dataset.retry",
        'const address = "https://example.org/Some path"',
    ],
)
def test_what_nobody_reads_in_a_script_passes(source):
    assert not list(in_script(source))


def test_words_of_python_are_found_and_marked_ones_pass():
    assert list(in_python('raise Refused("You cannot do that")'))
    assert list(in_python('forms.CharField(label="Title")'))
    assert list(in_python('class Meta:\n    verbose_name = "room"'))
    assert not list(in_python('raise Refused(_("You cannot do that"))'))
    assert not list(in_python('forms.CharField(label=_("Title"), help_text="")'))


def test_the_product_has_none():
    assert not list(everything())
