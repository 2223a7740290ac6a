"""The backup file: a tar with a manifest, the database, and the marks of the data directory."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from datetime import datetime
from pathlib import Path

import msgspec

from lanhouse.kit.errors import Refused

FORMAT = "lanhouse-backup-1"
MANIFEST = "manifest.json"
DATABASE = "database"
MARKS = ("clock.json",)
"""Small files of the data directory that belong to the data: business time never goes back."""
SECRET = "server.secret"  # noqa: S105 - the name of a part
"""The server secret, when the backup was asked for with it."""

_CHUNK_BYTES = 1 << 20


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `kind` is sqlite or postgresql, `sha256` that of the database part."""

    format: str
    kind: str
    version: str
    revision: str
    made_at: datetime
    sha256: str


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file as hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def pack(
    target: Path, manifest: Manifest, database: Path, data_dir: Path, secret: Path | None
) -> None:
    """Write the backup with mode 0600: complete and flushed to the disk, or not at all.

    `secret` is the server secret's file when it is to go along.
    """
    part = target.with_name(target.name + ".part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            encoded = msgspec.json.format(msgspec.json.encode(manifest))
            header = tarfile.TarInfo(MANIFEST)
            header.size = len(encoded)
            header.mode = 0o600
            tar.addfile(header, io.BytesIO(encoded))
            tar.add(database, DATABASE)
            for name in MARKS:
                if (data_dir / name).is_file():
                    tar.add(data_dir / name, name)
            if secret is not None:
                tar.add(secret, SECRET)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)


def unpack(source: Path, folder: Path) -> Manifest:
    """Take a backup apart into `folder` and check it; the database part is `folder/database`.

    Raises Refused when the file is not a backup or was damaged.
    """
    try:
        with tarfile.open(source) as tar:
            for name in (MANIFEST, DATABASE, *MARKS, SECRET):
                _extract(tar, name, folder, required=name in (MANIFEST, DATABASE))
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (tarfile.TarError, msgspec.DecodeError, KeyError) as error:
        raise Refused(f"{source} is not a backup of Lanhouse ({error}).") from error
    if manifest.format != FORMAT:
        raise Refused(f"{source} has the unknown format {manifest.format!r}.")
    if sha256_of(folder / DATABASE) != manifest.sha256:
        raise Refused(f"{source} is damaged: its checksum is wrong. Nothing was changed.")
    return manifest


def _extract(tar: tarfile.TarFile, name: str, folder: Path, *, required: bool) -> None:
    """Copy one plain member by its own name; whatever else the tar holds is left alone."""
    if not required and name not in tar.getnames():
        return
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(f"{name} is not a file")
    with (folder / name).open("wb") as file:
        while chunk := member.read(_CHUNK_BYTES):
            file.write(chunk)
