"""Load on a service: wrk for figures, a plain client for filling."""
import asyncio
import collections
import os
import re
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
# Right answers a second; milliseconds; requests with a wrong answer.
Figures = collections.namedtuple("Figures", "rate p50 p99 failed")


def median(figures):
    """The median of each figure separately."""
    return Figures(*map(statistics.median, zip(*figures)))


def wrk(url, headers, seconds, clients=32, script="get.lua", *arguments):
    """wrk's two threads run on the same processors as the service."""
    command = ["wrk", "-t", str(min(2, clients)), "-c", str(clients), "-d", str(seconds),
               "--timeout", "30", "-s", os.path.join(HERE, script)]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    out = subprocess.run([*command, url, "--", *arguments], check=True, capture_output=True,
                         text=True).stdout
    found = re.search(r"result: (\S+) a second, p50 (\d+) us, p99 (\d+) us, longest \d+ us, "
                      r"(\d+) failed", out)
    assert found, out
    rate, p50, p99, failed = map(float, found.groups())
    return Figures(rate, p50 / 1000, p99 / 1000, failed)


def fill(base, path, headers, bodies, connections=64):
    """Posts each of the bodies once; all must be answered 200."""
    send(base, headers, (("POST", path, body) for body in bodies), connections)


def send(base, headers, requests, connections=64):
    """Sends each method, path and body once; all must be answered 200."""
    host, _, port = base.rpartition(":")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    left = iter(requests)

    async def one_connection():
        reader, writer = await asyncio.open_connection(host, int(port))
        for method, path, body in left:
            writer.write(f"{method} {path} HTTP/1.1\r\nHost: {base}\r\n{lines}"
                         f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            answer = await reader.readexactly(int(length[1]))
            assert head.startswith(b"HTTP/1.1 200"), head + answer
        writer.close()

    async def all_connections():
        await asyncio.gather(*(one_connection() for _ in range(connections)))

    asyncio.run(all_connections())
