"""Debian's nginx with our site, on ports of loopback, never as root. Only ports and paths are other than in deploy/."""

import contextlib
import datetime
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.postgres import free_port, owned, unprivileged

SITE = Path(__file__).parent.parent / "deploy/nginx/backchannel.conf"
NAME = "talk.example.org"
AROUND = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    {places}
    include {folder}/site.conf;
}}
"""


@contextlib.contextmanager
def proxy(house_port):
    """nginx in front of a house → (the port for http, the port for https), by which it is reached on 127.0.0.1."""
    folder = Path(tempfile.mkdtemp(prefix="backchannel-nginx-"))
    plain, secure = free_port(), free_port()
    _certificate(folder)
    (folder / "site.conf").write_text(_site(folder, house_port, plain, secure))
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, places=_places(folder)))
    user = owned(folder)
    command = ["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "error.log"]
    how = {"cwd": "/", "stderr": subprocess.STDOUT, **unprivileged(user)}
    process = None
    try:
        subprocess.run([*command, "-t"], check=True, stdout=subprocess.PIPE, **how)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **how)
        _wait(secure)
        yield plain, secure
    finally:
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _site(folder, house_port, plain, secure):
    text = SITE.read_text().replace("server 127.0.0.1:8000;", f"server 127.0.0.1:{house_port};")
    for port, ours in ((80, plain), (443, secure)):
        text = re.sub(rf"listen {port}\b", f"listen 127.0.0.1:{ours}", text)
        text = re.sub(rf"listen \[::\]:{port}\b", f"listen 127.0.0.2:{ours}", text)
    return re.sub(r"/etc/letsencrypt/live/talk\.example\.org", str(folder), text)


def _places(folder):
    """Where nginx keeps what it is busy with; the defaults are Debian's, and root's."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "\n    ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


def _certificate(folder):
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    signed = made.not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    for file in ("fullchain.pem", "privkey.pem"):
        (folder / file).chmod(0o644)  # thrown away with its folder, which is the user's alone


def _wait(port):
    end = time.monotonic() + 10
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert time.monotonic() < end, "nginx does not answer"
        time.sleep(0.05)
