from django.db import migrations

from accounts.words import WordsField, fill
from backchannel import word_index


def fill_in(apps, schema_editor):
    fill(apps.get_model("backchannel", "message"))


def forget_index(apps, schema_editor):
    word_index.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The words by which messages are found. The index over them is made after all migrations."""

    dependencies = [("backchannel", "0007_link_previews")]

    operations = [
        migrations.AddField("message", "words", WordsField("body")),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.RunPython(migrations.RunPython.noop, forget_index),
    ]
