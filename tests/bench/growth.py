"""The cost of a POST as its tenant grows: embedded log, 32 clients, one tenant of each size.

    CONTACTS=build/release/contacts python3 -m tests.bench.growth [--sizes 1000,1000000]
        [--rounds 5] [--seconds 2]
"""
import argparse
import statistics

from tests.bench import load
from tests.bench.systems import Ours, tenant_of
from tests.e2e.service import Service


def measure(system, size, seconds, name):
    target = system.json_target(tenant_of(size))
    return load.wrk(target.url, target.headers, seconds, 32, "create.lua", name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    figures = {size: [] for size in sizes}
    system = Ours("embedded", Service())
    try:
        system.start(sizes)
        for number in range(arguments.rounds):
            for size in sizes:
                figures[size].append(measure(system, size, arguments.seconds, f"g{number}"))
    finally:
        system.stop()
    first = figures[sizes[0]]
    for size in sizes:
        one = load.median(figures[size])
        cost = statistics.median(of_first.rate / of_this.rate
                                 for of_first, of_this in zip(first, figures[size]))
        print(f"POST to a tenant of {size:,}: {one.rate:,.0f} a second, p50 {one.p50:.2f} ms, "
              f"p99 {one.p99:.2f} ms, {cost:.2f} times the cost of the first", flush=True)


if __name__ == "__main__":
    main()
