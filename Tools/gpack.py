#!/usr/bin/env python3
"""Reads .gpack files, from Docs/PackFormat.md alone: lists them, verifies them, gives their tensors to NumPy.

    Tools/gpack.py list FILE          sections with type, shape, sizes; digest and fingerprint
    Tools/gpack.py verify FILE...     every checksum and digest; exit status 1 if one does not hold
    Tools/gpack.py export FILE NPZ    the weights as a .npz file

    from gpack import Pack
    weights = Pack("edsr.gpack").weights()        # {path: float32 array}

Needs Python 3.9, NumPy, and the C library of Zstandard, which is called as it is (libzstd.so.1).
"""
import ctypes
import ctypes.util
import hashlib
import math
import struct
import sys
import unicodedata

import numpy

SIGNATURE = b"\x89GPACK\r\n\x1a\n"
STORAGES = ["fp32", "fp16", "bf16", "int8"]
TYPES = ["bytes", "fp32", "fp16", "bf16", "int8"]
TEXTS = {"compiled", "compiler", "graph", "metadata", "training"}


class Damaged(Exception):
    """The file breaks a rule of its format; the text names the part."""


def padded(count):
    return -(-count // 64) * 64


def _crc_table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


_TABLE = _crc_table()
_NUMPY_TABLE = numpy.array(_TABLE, numpy.uint32)


def _crc_register(data, register):
    for byte in data:
        register = register >> 8 ^ _TABLE[(register ^ byte) & 0xFF]
    return register


def crc32c(data):
    """CRC-32C of bytes. Longer data is cut into lanes whose registers run side by side in NumPy."""
    length = lanes = math.isqrt(len(data))
    if length < 16:
        return _crc_register(data, 0xFFFFFFFF) ^ 0xFFFFFFFF
    columns = numpy.frombuffer(data, numpy.uint8, lanes * length).reshape(lanes, length)
    registers = numpy.zeros(lanes, numpy.uint32)
    registers[0] = 0xFFFFFFFF
    for i in range(length):
        registers = registers >> 8 ^ _NUMPY_TABLE[(registers ^ columns[:, i]) & 0xFF]
    # A register moves on by `length` zero bytes linearly: one image for each of its bits.
    images = numpy.uint32(1) << numpy.arange(32, dtype=numpy.uint32)
    for _ in range(length):
        images = images >> 8 ^ _NUMPY_TABLE[images & 0xFF]
    images = [int(image) for image in images]
    register = 0
    for lane in registers:
        moved = 0
        for bit in range(32):
            if register >> bit & 1:
                moved ^= images[bit]
        register = moved ^ int(lane)
    return _crc_register(data[lanes * length:], register) ^ 0xFFFFFFFF


def _zstd():
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    library.ZSTD_decompress.restype = ctypes.c_size_t
    library.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
    library.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    library.ZSTD_getFrameContentSize.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    library.ZSTD_findFrameCompressedSize.restype = ctypes.c_size_t
    library.ZSTD_findFrameCompressedSize.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return library


def unpack(data, count, part):
    """The packed bytes of a chunk: as they are, or from one frame."""
    if len(data) == count:
        return bytes(data)
    zstd = _zstd()
    data = bytes(data)
    if zstd.ZSTD_getFrameContentSize(data, len(data)) != count or zstd.ZSTD_findFrameCompressedSize(data, len(data)) != len(data):
        raise Damaged(f"{part}: its frame is not one of {count} bytes")
    buffer = ctypes.create_string_buffer(max(count, 1))
    if zstd.ZSTD_decompress(buffer, count, data, len(data)) != count:
        raise Damaged(f"{part}: its frame does not decode")
    return buffer.raw[:count]


class Section:
    def __init__(self, name, type_, shape, digest, offset, chunks):
        self.name, self.type, self.shape = name, type_, shape
        self.digest, self.offset, self.chunks = digest, offset, chunks

    @property
    def count(self):
        count = 1
        for size in self.shape:
            count *= size
        return count

    @property
    def stored(self):
        return sum(padded(length) for length, _ in self.chunks)

    @property
    def per_chunk(self):
        return 1 << 20 if self.type == "bytes" else 1 << 18

    def plain(self, count):
        channels = self.shape[-1] if self.shape else 1
        return {"bytes": 0, "fp32": 3 * count, "fp16": count, "bf16": count, "int8": 4 * channels}[self.type]

    def chunk_counts(self):
        return [min(self.per_chunk, self.count - start) for start in range(0, self.count, self.per_chunk)]


class Pack:
    """A file whose header and table have been checked; sections are read and checked when asked for."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        header = self.data[:32]
        if header[:10] != SIGNATURE:
            raise Damaged("header: this is no pack")
        if len(header) < 32 or header[10] != 2:
            raise Damaged("header: it is not of version 2")
        if crc32c(header[:28]) != struct.unpack_from("<I", header, 28)[0]:
            raise Damaged("header: its checksum does not match")
        storage, length, table_length, table_crc = struct.unpack_from("<BQII", header, 11)
        if length != len(self.data):
            raise Damaged(f"header: it promises {length} bytes, and the file has {len(self.data)}")
        payload = padded(32 + table_length)
        if payload > length or table_length > 16 << 20 or length > 4 << 30:
            raise Damaged("header: the table does not fit")
        if storage >= len(STORAGES):
            raise Damaged("header: its storage is unknown")
        self.storage = STORAGES[storage]
        table = self.data[32:payload]
        if crc32c(table) != table_crc:
            raise Damaged("table: its checksum does not match")
        if any(table[table_length:]):
            raise Damaged("table: its padding is not zero")
        try:
            self.sections = self._parse(table[:table_length])
        except (struct.error, UnicodeDecodeError, IndexError) as error:
            raise Damaged(f"table: an entry is not one ({error})")
        self._check(payload)

    @staticmethod
    def _parse(table):
        sections, at = [], 0

        def take(form):
            nonlocal at
            values = struct.unpack_from("<" + form, table, at)
            at += struct.calcsize("<" + form)
            return values if len(values) > 1 else values[0]

        while at < len(table):
            name = take(f"{take('H')}s").decode()
            type_, rank = take("BB")
            if type_ >= len(TYPES) or rank > 8 or (type_ == 0 and rank != 1):
                raise Damaged("table: an entry is not one")
            shape = [take("Q") for _ in range(rank)]
            digest, offset = take("32sQ")
            section = Section(name, TYPES[type_], shape, digest, offset, [])
            if math.prod(size for size in shape if size) > 1 << 40:
                raise Damaged(f"section '{name}': it is too large")
            section.chunks = [take("II") for _ in range(-(-section.count // section.per_chunk))]
            sections.append(section)
        return sections

    def _check(self, end):
        names = [section.name.encode() for section in self.sections]
        normal = {unicodedata.normalize("NFC", section.name) for section in self.sections}
        if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for name in normal for letter in name):
            raise Damaged("table: a name is not printable")
        if len(normal) < len(names) or names != sorted(names) or not {b"compiler", b"graph", b"metadata"} <= set(names):
            raise Damaged("table: names are out of order, repeated or missing")
        decoded = 0
        for section in self.sections:
            part = f"section '{section.name}'"
            folder, _, path = section.name.partition("/")
            if section.name not in TEXTS and not (folder in ("states", "weights") and path):
                raise Damaged(f"{part}: its name is unknown")
            if section.type != self._expected_type(section, folder):
                raise Damaged(f"{part}: its type is not that of the storage")
            decoded += section.count * (1 if section.type == "bytes" else 4)
            if decoded > (16 << 20) + 32 * len(self.data):
                raise Damaged(f"{part}: up to it there are too many decoded bytes for the file")
            if section.type == "bytes" and section.count > (1 << 20) + 64 * section.stored:
                raise Damaged(f"{part}: it decodes to too many bytes for those that are stored")
            if section.offset != end:
                raise Damaged(f"{part}: it is at byte {section.offset} and should be at {end}")
            for (length, _), count in zip(section.chunks, section.chunk_counts()):
                if not section.plain(count) < length <= section.plain(count) + count:
                    raise Damaged(f"{part}: the length of a chunk is not one")
            end += section.stored
        if end != len(self.data):
            raise Damaged(f"table: its sections end at byte {end}, and the file at {len(self.data)}")

    def _expected_type(self, section, folder):
        if section.name in TEXTS:
            return "bytes"
        if folder == "states" or self.storage == "fp32":
            return "fp32"
        if self.storage == "int8":
            shape = section.shape
            fits = len(shape) >= 2 and 1 <= shape[-1] <= 1 << 14 and section.count >= 16 * shape[-1]
            return "int8" if fits else "fp32"
        return self.storage

    def read(self, section, verifying=False):
        """The bytes of a text, or the float32 array of a tensor."""
        parts, at, start = [], section.offset, 0
        for index, ((length, crc), count) in enumerate(zip(section.chunks, section.chunk_counts())):
            part = f"section '{section.name}', chunk {index + 1} of {len(section.chunks)}"
            stored = self.data[at:at + padded(length)]
            if crc32c(stored) != crc:
                raise Damaged(f"{part}: its checksum does not match")
            if any(stored[length:]):
                raise Damaged(f"{part}: its padding is not zero")
            plain = section.plain(count)
            packed = unpack(stored[plain:length], count, part)
            parts.append(self._decode(section, stored[:plain], packed, count, start))
            at += padded(length)
            start += count
        if section.type == "bytes":
            contents = b"".join(parts)
            decoded = contents
        else:
            contents = numpy.concatenate(parts or [numpy.zeros(0, "<f4")]).astype("<f4", copy=False).reshape(section.shape)
            decoded = contents.tobytes()
        if verifying and hashlib.sha256(decoded).digest() != section.digest:
            raise Damaged(f"section '{section.name}': its digest does not match")
        return contents

    @staticmethod
    def _decode(section, plain, packed, count, start):
        if section.type == "bytes":
            return packed
        packed = numpy.frombuffer(packed, numpy.uint8).astype(numpy.uint32)
        if section.type == "fp32":
            low = numpy.frombuffer(plain, "<u2", count).astype(numpy.uint32)
            high = numpy.frombuffer(plain, numpy.uint8, count, 2 * count).astype(numpy.uint32)
            return ((high & 0x80) << 24 | packed << 23 | (high & 0x7F) << 16 | low).view(numpy.float32)
        if section.type == "bf16":
            rest = numpy.frombuffer(plain, numpy.uint8).astype(numpy.uint32)
            return ((rest & 0x80) << 24 | packed << 23 | (rest & 0x7F) << 16).view(numpy.float32)
        if section.type == "fp16":
            low = numpy.frombuffer(plain, numpy.uint8).astype(numpy.uint32)
            return (packed << 8 | low).astype(numpy.uint16).view(numpy.float16).astype(numpy.float32)
        channels = section.shape[-1]
        scales = numpy.frombuffer(plain, "<f4", channels)
        whole = packed.astype(numpy.uint8).view(numpy.int8).astype(numpy.float32)
        return whole * scales[(start + numpy.arange(count)) % channels]

    def section(self, name):
        return next((section for section in self.sections if section.name == name), None)

    def text(self, name):
        return self.read(self.section(name)).decode()

    def dictionary(self, name):
        data, at, words = self.read(self.section(name)), 4, []
        for _ in range(2 * struct.unpack_from("<I", data)[0]):
            length = struct.unpack_from("<I", data, at)[0]
            words.append(data[at + 4:at + 4 + length].decode())
            at += 4 + length
        if at != len(data):
            raise Damaged(f"section '{name}': it is not a dictionary")
        keys = words[::2]
        if [key.encode() for key in keys] != sorted(key.encode() for key in keys):
            raise Damaged(f"section '{name}': its keys are out of order")
        if len({unicodedata.normalize("NFC", key) for key in keys}) < len(keys):
            raise Damaged(f"section '{name}': a key stands there twice")
        return dict(zip(keys, words[1::2]))

    def weights(self):
        prefix = "weights/"
        return {s.name[len(prefix):]: self.read(s) for s in self.sections if s.name.startswith(prefix)}

    def _hash_of_weights(self, with_digests):
        result = hashlib.sha256()
        for section in self.sections:
            if section.name.startswith("weights/"):
                path = section.name[len("weights/"):].encode()
                result.update(struct.pack("<H", len(path)) + path + bytes([len(section.shape)]))
                result.update(b"".join(struct.pack("<Q", size) for size in section.shape))
                if with_digests:
                    result.update(section.digest)
        return result.hexdigest()

    @property
    def digest(self):
        return self._hash_of_weights(True)

    @property
    def fingerprint(self):
        return self._hash_of_weights(False)

    def verify(self):
        """All that is damaged, as one line for each section."""
        problems = []
        for section in self.sections:
            try:
                contents = self.read(section, verifying=True)
                if section.name in ("metadata", "training"):
                    self.dictionary(section.name)
                elif section.type == "bytes":
                    contents.decode()
            except (Damaged, UnicodeDecodeError, struct.error) as error:
                problems.append(str(error))
        return problems


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in ("list", "verify", "export"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    command, path = arguments[0], arguments[1]
    status = 0
    if command == "verify":
        for path in arguments[1:]:
            try:
                pack = Pack(path)
                problems = pack.verify()
            except (Damaged, OSError) as error:
                problems = [str(error)]
            for problem in problems:
                print(f"{path}: {problem}")
                status = 1
            if not problems:
                print(f"{path}: sound, digest {pack.digest}")
        return status
    pack = Pack(path)
    if command == "list":
        print(f"storage      {pack.storage}\ndigest       {pack.digest}\nfingerprint  {pack.fingerprint}")
        for section in pack.sections:
            print(f"{section.name:40} {section.type:5} {str(section.shape):22} {section.stored}")
    elif len(arguments) == 3:
        numpy.savez(arguments[2], **pack.weights())
    else:
        print("export needs a file to write", file=sys.stderr)
        status = 2
    return status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (Damaged, OSError) as error:
        sys.exit(f"{sys.argv[2]}: {error}")
