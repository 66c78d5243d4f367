"""Two instances that write to the same tenant at the same time, next to one that does it alone.

    CONTACTS=build/release/contacts python3 -m tests.bench.two_writers [SECONDS] [ROUNDS]
"""
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.bench import load
from tests.bench.systems import Ours
from tests.e2e.kafka import Broker, KafkaService

CLIENTS = 32


def main(seconds="5", rounds="5"):
    broker = Broker()
    alone, together = [], []
    try:
        with KafkaService(*broker.flags("two")) as one, KafkaService(*broker.flags("two")) as other:
            systems = [Ours("one", one), Ours("other", other)]
            for system in systems:
                system.start([])
            targets = [system.json_target("acme") for system in systems]

            def post(target, name, clients):
                return load.wrk(target.url, target.headers, int(seconds), clients, "create.lua",
                                name)

            for number in range(int(rounds)):
                alone.append(post(targets[0], f"a{number}", CLIENTS))
                with ThreadPoolExecutor(2) as pool:
                    together.append(list(pool.map(
                        post, targets, (f"b{number}", f"c{number}"), (CLIENTS // 2,) * 2)))
    finally:
        broker.remove()
    goodput = [sum(one.rate for one in both) / before.rate for before, both in zip(alone, together)]
    shares = [min(one.rate for one in both) / max(one.rate for one in both) for both in together]
    print(f"One tenant, {CLIENTS} clients on one instance: {load.median(alone).rate:,.0f} a second; "
          f"half of them on each of two: {statistics.median(goodput):.2f} of it, the smaller share "
          f"{min(shares):.2f} of the larger at worst, p99 "
          f"{max(one.p99 for both in together for one in both):.0f} ms at worst")


if __name__ == "__main__":
    main(*sys.argv[1:])
