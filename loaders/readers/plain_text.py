"""Is a file plain UTF-8 text with whole lines, and in which blocks does it come?

Nothing is guessed: another encoding, a compressed or binary file or a cut one is refused whole.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import BinaryIO, NoReturn

from loaders.contract import RECORD_BYTES
from loaders.errors import ContractError, UnavailableError

BLOCK_BYTES = 8 * 1024 * 1024
UNPACKED_BYTES = 8 * 1024**3
UNPACKED_RATIO = 100
_RATIO_FREE_BYTES = 1024 * 1024
BOM = codecs.BOM_UTF8

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"PAR1": "Parquet",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\x7fELF": "an ELF program",
    b"SQLite format 3\x00": "SQLite",
    b"ARROW1": "Arrow",
    b"\xff\xd8\xff": "JPEG",
    b"MZ\x90": "a Windows program",
    b"\xd0\xcf\x11\xe0": "an old Office file",
}


class Text:
    """A text file read once from front to back, in blocks of whole lines, hashed on the way; see also :func:`decode`.

    Attributes
    ----------
    header
        The first line as bytes, without byte order mark and terminator.
    crlf
        Whether the first line ends in CRLF.
    cut
        Whether the first line has no end, so that there is nothing but it.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._digest = hashlib.sha256()
        self.bytes = 0
        head = self._read(RECORD_BYTES + 2)
        _refuse_binary(head, name)
        line, feed, self._rest = head.partition(b"\n")
        self._offset = len(line) + 1
        skipped = len(BOM) if line.startswith(BOM) else 0
        if len(line) - skipped > RECORD_BYTES or (not feed and len(head) > RECORD_BYTES):
            raise ContractError("header", f"{name}: its first line is longer than {RECORD_BYTES} bytes", file=name)
        self.crlf = line.endswith(b"\r")
        self.header = line[skipped:].removesuffix(b"\r")
        decode(line, name, 0)
        _refuse_controls(self.header, name)
        self.cut = not feed

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield (byte offset, block): the rest of the file in blocks that end with a line feed, not yet decoded."""
        carry, at, pending = b"", self._offset, self._rest
        while chunk := pending or self._read(BLOCK_BYTES):
            pending = b""
            cut = chunk.rfind(b"\n") + 1
            if cut:
                block = b"".join((carry, memoryview(chunk)[:cut]))
                yield at, block
                carry, at = chunk[cut:], at + len(block)
            elif len(carry) + len(chunk) <= BLOCK_BYTES:
                carry += chunk
            else:
                start = at
                block, pending, at = self._skip(carry + chunk, at)
                yield start, block
                carry = b""
        if carry:
            self.refuse_cut(carry, at)

    def finish(self) -> str:
        """Return the SHA-256 of the bytes read."""
        return self._digest.hexdigest()

    def refuse_cut(self, tail: bytes = b"", at: int = 0) -> NoReturn:
        """Refuse a file whose last line has no end; a cut may fall inside a character, which is a cut all the same."""
        self._decode_with(codecs.getincrementaldecoder("utf-8")(), tail, at, final=False)
        raise ContractError(
            "truncated", f"{self._name}: its last line has no line end, so it may be cut", file=self._name
        )

    def _skip(self, carry: bytes, at: int) -> tuple[bytes, bytes, int]:
        """Read past a line that is longer than a block, keeping its beginning only."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        kept, size = carry[: RECORD_BYTES + 4], 0
        piece = carry
        while True:
            cut = piece.find(b"\n") + 1
            line = piece[:cut] if cut else piece
            self._decode_with(decoder, line, at + size, final=bool(cut))
            size += len(line)
            if cut:
                # the kept beginning may end inside a character; judged by length alone, it is never parsed
                return kept.decode("utf-8", "ignore").encode() + b"\n", piece[cut:], at + size
            piece = self._read(BLOCK_BYTES)
            if not piece:
                self.refuse_cut(b"", at)

    def _read(self, size: int) -> bytes:
        try:
            data = self._file.read(size)
        except OSError as error:
            raise ContractError("unreadable", f"{self._name}: {error.strerror}", file=self._name) from error
        self._digest.update(data)
        self.bytes += len(data)
        return data

    def _decode_with(self, decoder: codecs.IncrementalDecoder, data: bytes, at: int, *, final: bool) -> None:
        try:
            decoder.decode(data, final)
        except UnicodeDecodeError as error:
            raise _not_utf8(self._name, at + error.start) from error


def decode(data: bytes, name: str, at: int) -> None:
    """Refuse whole lines that are not UTF-8.

    Raises
    ------
    ContractError
        ``encoding`` with the place of the first wrong byte; ``at`` is the place of the first byte of ``data``.
    """
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(name, at + error.start) from error


def _not_utf8(name: str, place: int) -> ContractError:
    return ContractError("encoding", f"{name}: encoding at byte {place}: the file must be UTF-8", file=name)


def _refuse_binary(head: bytes, name: str) -> None:
    if not head.removeprefix(BOM):
        raise ContractError("empty_file", f"{name} is empty; a table without rows is its header line", file=name)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _not_utf8(name, 0)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise ContractError("not_plain_csv", f"{name} is {kind}, not plain CSV text", file=name)
    start = head[:64]
    if len(start) >= 4 and (not any(start[1::2]) or not any(start[::2])):
        raise _not_utf8(name, 0 if not start[0] else 1)


def _refuse_controls(header: bytes, name: str) -> None:
    if any(byte < 32 or byte == 127 for byte in header if byte != 9):
        if b"\r" in header and not any(byte < 32 for byte in header if byte not in (9, 13)):
            raise ContractError("header", f"{name}: its lines end in a lone carriage return; use LF or CRLF", file=name)
        detail = f"{name}: control characters in the first line; it is not plain CSV text"
        raise ContractError("not_plain_csv", detail, file=name)


def unpacked_head(file: BinaryIO, name: str) -> BinaryIO:
    """Unpack as much of a declared gzip file as its header line can take.

    Raises
    ------
    ContractError
        ``corrupt`` when it can't be unpacked.
    """
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            return BytesIO(stream.read(RECORD_BYTES + 2))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ContractError("corrupt", f"{name} can't be unpacked: {error}", file=name) from error


def unpacked(file: BinaryIO, name: str, packed: int) -> BinaryIO:
    """Unpack a declared gzip file into a nameless temporary file, never further than the caps allow.

    Raises
    ------
    ContractError
        ``too_large`` beyond 8 GiB or 100 times the packed size (1 MiB is always allowed), ``corrupt`` when it can't be
        unpacked.
    """
    cap = min(UNPACKED_BYTES, max(_RATIO_FREE_BYTES, UNPACKED_RATIO * packed))
    with ExitStack() as stack:
        target = stack.enter_context(tempfile.TemporaryFile())
        try:
            with gzip.GzipFile(fileobj=file) as stream:
                while piece := stream.read(1024 * 1024):
                    target.write(piece)
                    if target.tell() > cap:
                        detail = f"{name}: unpacks to more than {cap} bytes ({UNPACKED_RATIO} times its size)"
                        raise ContractError("too_large", detail, file=name)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ContractError("corrupt", f"{name} can't be unpacked: {error}", file=name) from error
        except OSError as error:
            detail = f"{name} can't be unpacked into {tempfile.gettempdir()}: {error.strerror}"
            raise UnavailableError(detail) from error
        target.seek(0)
        stack.pop_all()
    return target
