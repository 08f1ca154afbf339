"""A catalog as bytes: which form it has, its sidecar of defaults, its digest, its encoding.

The file is read once into memory, so that what is parsed is what was digested even if somebody is still writing.
Making a table of the bytes is `read.py`'s work.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError

MAX_FILE_BYTES = 512 << 20
MAX_YAML_BYTES = 16 << 20  # parsed at about 1 MB/s (2026-11-22, one core): 16 MiB take a quarter of a minute
DEFAULTS_SUFFIX = ".defaults.yaml"

_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32 (little-endian)"),
    (b"\x00\x00\xfe\xff", "UTF-32 (big-endian)"),
    (b"\xff\xfe", "UTF-16 (little-endian)"),
    (b"\xfe\xff", "UTF-16 (big-endian)"),
)
_UTF8_MARK = b"\xef\xbb\xbf"
_SNIFFED_BYTES = 4096


class Form(StrEnum):
    """How a catalog is written down."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    YAML = "yaml"


FORM_BY_SUFFIX = {
    ".csv": Form.CSV,
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
    ".parquet": Form.PARQUET,
    ".yaml": Form.YAML,
    ".yml": Form.YAML,
}


@dataclass(frozen=True, slots=True)
class CatalogSource:
    """The bytes of a catalog and of its sidecar. `folder` is the name of the folder the file lies in."""

    file: str
    form: Form
    data: bytes
    defaults: bytes | None = None
    folder: str = ""

    @property
    def content_digest(self) -> Digest:
        """Of the content alone: a renamed copy with the same defaults has the same digest."""
        defaults = None if self.defaults is None else Digest.of_bytes(self.defaults)
        return Digest.of_json({"form": self.form.value, "rows": Digest.of_bytes(self.data), "defaults": defaults})

    @property
    def defaults_file(self) -> str:
        return f"{Path(self.file).stem}{DEFAULTS_SUFFIX}"


def form_of(file: str) -> Form:
    """The form that the suffix of `file` names. Raises `InputError` for any other, and for a sidecar."""
    form = FORM_BY_SUFFIX.get(Path(file).suffix.lower())
    if form is None or file.lower().endswith(DEFAULTS_SUFFIX):
        raise InputError(
            f"{file} is not a catalog",
            field="file",
            value=file,
            allowed=(f"*{suffix}" for suffix in FORM_BY_SUFFIX),
            remedy=f"A file called *{DEFAULTS_SUFFIX} holds the defaults of the catalog beside it.",
        )
    return form


def read_source(path: Path) -> CatalogSource:
    """Read `path` and the sidecar beside it. Raises `InputError` if they can't be read or are too large."""
    form = form_of(path.name)
    data = _bounded(path, MAX_YAML_BYTES if form is Form.YAML else MAX_FILE_BYTES)
    sidecar = path.with_name(f"{path.stem}{DEFAULTS_SUFFIX}")
    defaults = _bounded(sidecar, MAX_YAML_BYTES) if sidecar.exists() else None
    return CatalogSource(path.name, form, data, defaults, path.absolute().parent.name)


def _bounded(path: Path, limit_bytes: int) -> bytes:
    try:
        if not path.is_file():
            raise InputError(f"{path} is not a file", field="file", remedy="Name an existing catalog file.")
        with path.open("rb") as file:
            data = file.read(limit_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise InputError(f"{path} can't be read: {error}", field="file", remedy="Check its name and rights.") from error
    if len(data) > limit_bytes:
        raise InputError(
            f"{path.name} is too large",
            field="file",
            allowed=f"at most {limit_bytes:,} bytes",
            remedy="Split the catalog, or write it as Parquet.",
        )
    return data


def utf8(data: bytes, file: str) -> str:
    """`data` as text, a byte order mark removed. Raises `InputError` naming the encoding it seems to have."""
    found = _foreign_encoding(data)
    if found is None:
        try:
            return data.removeprefix(_UTF8_MARK).decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            byte = data[error.start]
            found = f"not UTF-8 (byte 0x{byte:02x} in line {line}; perhaps Windows-1252 or another one-byte encoding)"
    raise InputError(
        f"{file} can't be read as text: it is {found}",
        field="encoding",
        value=found,
        allowed="UTF-8, with or without a byte order mark",
        remedy="Save the file as UTF-8; in a spreadsheet choose 'CSV UTF-8'.",
    )


def _foreign_encoding(data: bytes) -> str | None:
    """The encoding announced by a byte order mark, or given away by zero bytes in every other place."""
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    head = data[:_SNIFFED_BYTES]
    places = max(2, len(head) // 2)
    if head[1::2].count(0) > places * 0.4:
        return "UTF-16 (little-endian, without a byte order mark)"
    if head[0::2].count(0) > places * 0.4:
        return "UTF-16 (big-endian, without a byte order mark)"
    return None
