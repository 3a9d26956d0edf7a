from django.db import migrations

from accounts.words import WordsField, fill


def fill_in(apps, schema_editor):
    fill(apps.get_model("rooms", "room"))


class Migration(migrations.Migration):
    """The words by which rooms are found."""

    dependencies = [("rooms", "0003_demoted")]

    operations = [
        migrations.AddField("room", "words", WordsField("title", "description")),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
