"""Every setting is explained, and nothing is explained that does not exist."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
READ = re.compile(r"\benv\.\w+\(\s*\"([A-Z_]+)\"")
EXPLAINED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def test_every_setting_is_explained_and_every_explained_one_exists():
    read = set(READ.findall((ROOT / "backchannel" / "settings.py").read_text()))
    explained = EXPLAINED.findall((ROOT / "docs" / "self-hosting.md").read_text())
    assert read
    assert set(explained) == read
    assert len(explained) == len(set(explained))


def test_the_sample_of_a_production_run_names_every_setting():
    named = re.findall(r"^#?([A-Z_]+)=", (ROOT / "deploy" / "environment").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(set(READ.findall((ROOT / "backchannel" / "settings.py").read_text())))


def test_where_files_are_kept_is_told_by_the_name_of_a_bucket(tmp_path):
    assert kept_in(tmp_path) == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    bucket = kept_in(tmp_path, S3_BUCKET="files", S3_ENDPOINT="https://s3.example.org", S3_KEY="key", S3_SECRET="word")
    assert bucket == {
        "BACKEND": "backchannel.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": "files",
            "endpoint_url": "https://s3.example.org",
            "region_name": None,
            "access_key": "key",
            "secret_key": "word",
        },
    }


def kept_in(folder, **environment):
    code = "import json; from backchannel.settings import STORAGES; print(json.dumps(STORAGES['default']))"
    environment = {**os.environ, "DATA_DIR": str(folder), **environment}
    return json.loads(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=environment))


def test_the_help_of_serve_names_settings_that_exist():
    named = re.findall(r"^  ([A-Z_]+) ", (ROOT / "bin" / "serve").read_text(), re.MULTILINE)
    assert named
    assert set(named) <= set(READ.findall((ROOT / "backchannel" / "settings.py").read_text()))


def test_what_the_readme_points_to_exists():
    for page in (ROOT / "README.md", ROOT / "deploy/README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([\w./-]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"
