"""The house's files in a bucket (S3, or what speaks like it), where the settings name one. What goes wrong there is an
OSError, as on a disk; a ConnectionError where the bucket cannot be reached at all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

# Whoever waits for an answer here keeps somebody waiting: twice this long at most.
SECONDS = {"connect_timeout": 3, "read_timeout": 8, "retries": {"total_max_attempts": 2}}
# Asked for only where the service demands it: many that speak like S3 know no checksums.
CHECKSUMS = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
LEAST, MOST = 256 * 1024, 4 * 1024 * 1024  # bytes asked for at once


class Bucket(S3Storage):
    """Private: nothing here has an address that others could ask for; the house itself hands it on."""

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "auto"
        config = Config(max_pool_connections=50, s3={"addressing_style": style}, **SECONDS, **CHECKSUMS)
        super().__init__(client_config=config, **options)

    def _open(self, name: str, mode: str = "rb") -> File:
        with _as_on_a_disk(name):
            return File(_Kept(self.bucket.Object(self._normalize_name(name))), name)  # type: ignore[arg-type]  # raw

    def _save(self, name: str, content: File) -> str:
        with _as_on_a_disk(name):
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _as_on_a_disk(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_on_a_disk(name):
            return super().exists(name)

    def size(self, name: str) -> int:
        with _as_on_a_disk(name):
            return super().size(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _as_on_a_disk(path):
            return super().listdir(path)

    def url(self, name: str, *_options: Any, **_more: Any) -> str:
        raise NotImplementedError("What is here is asked for at the house.")


class _Kept(io.RawIOBase):
    """An object of the bucket, read from wherever it is wanted. Each piece asked for is twice as large as the one
    before: who wants a little gets little, who reads on need not ask often."""

    _at = 0
    _piece: Any = None
    _left = 0  # of the piece
    _next = LEAST

    def __init__(self, kept: Any) -> None:
        self._object, self.size = kept, kept.content_length

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence])
        if at != self._at:
            self._let_go()
            self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self.size:
            return 0
        with _as_on_a_disk(self._object.key):
            if not self._left:
                self._ask()
            read = self._piece.read(min(len(buffer), self._left))
        if not read:
            raise ConnectionError(f"{self._object.key} ends too soon")
        buffer[: len(read)] = read
        self._at += len(read)
        self._left -= len(read)
        return len(read)

    def _ask(self) -> None:
        last = min(self._at + self._next, self.size) - 1
        self._piece = self._object.get(Range=f"bytes={self._at}-{last}")["Body"]
        self._left, self._next = last - self._at + 1, min(2 * self._next, MOST)

    def _let_go(self) -> None:
        if self._piece:
            self._piece.close()
        self._piece, self._left, self._next = None, 0, LEAST

    def close(self) -> None:
        self._let_go()
        super().close()


@contextmanager
def _as_on_a_disk(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as problem:
        status = problem.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 404 and problem.response["Error"]["Code"] != "NoSuchBucket":
            raise FileNotFoundError(name) from problem
        raise ConnectionError(f"The bucket answered {status}: {problem}") from problem
    except (BotoCoreError, Boto3Error) as problem:
        raise ConnectionError(f"The bucket cannot be reached: {problem}") from problem
