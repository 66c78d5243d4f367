"""Every byte that a directory of RocksDB stores holds, with its tables decompressed.

RocksDB's own readers show only the newest version of a row, and no deleted one; a search for what
should be gone must see what is in the file. So the tables are read here, block by block
(https://github.com/facebook/rocksdb/wiki/Rocksdb-BlockBasedTable-Format). Write-ahead logs and the
MANIFEST are not compressed, and are searched as they are.
"""
import ctypes
import os

FOOTER = 53
TRAILER = 5  # of a block: the kind of compression, then a checksum
NONE, SNAPPY, LZ4, ZSTD = 0, 1, 4, 7


def files(directory):
    """Name and text of each file below a directory.

    Tables that are merged meanwhile would be missed, the old ones and the new one: then all is read again."""
    while True:
        before = paths(directory)
        texts = [(os.path.relpath(path, directory), text) for path in before
                 if (text := text_of(path)) is not None]
        if tables(paths(directory)) == tables(before):
            return texts


def paths(directory):
    return [os.path.join(folder, name) for folder, _, names in os.walk(directory) for name in names]


def tables(of):
    return {path for path in of if path.endswith(".sst")}


def text_of(path):
    """None: the file has gone meanwhile."""
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except FileNotFoundError:
        return None
    return raw + rows_text(raw) if path.endswith(".sst") else raw


def rows(path):
    """The rows of a table, also those that are deleted or replaced: pairs of key and value."""
    with open(path, "rb") as file:
        return list(rows_of(file.read()))


def rows_text(raw):
    return b"".join(b"\n" + key + b"\t" + value for key, value in rows_of(raw))


def rows_of(raw):
    if len(raw) < FOOTER:
        return  # not written yet
    footer = raw[-FOOTER:]
    at = 1
    _, at = varint(footer, at)
    _, at = varint(footer, at)
    start, at = varint(footer, at)
    size, at = varint(footer, at)
    for handle in handles(block(raw, start, size)):
        for key, value in entries(block(raw, *handle)):
            yield key[:-8], value  # without the sequence number and the kind


def handles(index):
    """Where the blocks of rows are. Each entry of the index is a restart point, so it is whole."""
    at, end = 0, restarts(index)
    while at < end:
        _, at = varint(index, at)
        length, at = varint(index, at)
        at += length
        start, at = varint(index, at)
        size, at = varint(index, at)
        yield start, size


def entries(text):
    at, end, key = 0, restarts(text), b""
    while at < end:
        shared, at = varint(text, at)
        own, at = varint(text, at)
        length, at = varint(text, at)
        key = key[:shared] + text[at:at + own]
        at += own
        yield key, text[at:at + length]
        at += length


def restarts(text):
    """Where the places of the restart points begin; the highest bit says that a hash index follows."""
    count = int.from_bytes(text[-4:], "little")
    assert count < 1 << 31, "a table with a hash index cannot be read"
    return len(text) - 4 - 4 * count


def block(raw, start, size):
    text, kind = raw[start:start + size], raw[start + size]
    if kind == NONE:
        return text
    length, at = varint(text, 0)  # in Snappy's own format the length stands there, too
    into = ctypes.create_string_buffer(length)
    if kind == SNAPPY:
        room = ctypes.c_size_t(length)
        fault = snappy().snappy_uncompress(text, ctypes.c_size_t(len(text)), into,
                                           ctypes.byref(room))
        done = room.value if fault == 0 else -1
    elif kind == LZ4:
        done = lz4().LZ4_decompress_safe(text[at:], into, len(text) - at, length)
    else:
        assert kind == ZSTD, f"blocks of the compression {kind} cannot be read"
        done = zstd().ZSTD_decompress(into, ctypes.c_size_t(length), text[at:],
                                      ctypes.c_size_t(len(text) - at))
    assert done == length, "a block is damaged"
    return into.raw


def snappy():
    return ctypes.CDLL("libsnappy.so.1")


def lz4():
    return ctypes.CDLL("liblz4.so.1")


def zstd():
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_decompress.restype = ctypes.c_size_t
    return library


def varint(text, at):
    number = shift = 0
    while True:
        byte = text[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
