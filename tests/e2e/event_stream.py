"""Reads Server-Sent Events (HTML Living Standard, 9.2) as clients do."""
import http.client


def read_block(stream):
    """Name → value of the lines before the next empty one; comments are stepped over. None: the stream has ended."""
    block = {}
    while (line := stream.readline()).endswith(b"\n"):
        text = line.decode().rstrip("\n")
        if not text:
            return block
        if not text.startswith(":"):
            name, _, value = text.partition(": ")
            block[name] = value
    return None


def read_event(stream):
    """The next event of a stream: its id and data; None: the stream has ended."""
    while (block := read_block(stream)) is not None:
        if "data" in block:
            return block
    return None


def open_stream(client, since, last=None):
    connection = http.client.HTTPConnection(client.base, timeout=60)
    headers = {"Cookie": client.cookie, "Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
    connection.request("GET", f"/api/contacts/changes?since={since}", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    return connection, answer
