"""A broker for tests of the real program."""
import os
import subprocess
import tempfile
import shutil

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Broker:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="contacts-broker-")
        self.start()
        self.config = os.path.join(self.directory, "kafka.conf")
        with open(self.config, "w", encoding="utf-8") as config:
            config.write(f"bootstrap.servers={self.address}\n")

    def tool(self, verb):
        return subprocess.run(
            [os.path.join(ROOT, "tools/kafka-broker"), verb, self.directory], check=True,
            stdout=subprocess.PIPE, env={**os.environ, "KAFKA_PARENT": str(os.getpid())},
            timeout=120).stdout.decode().strip()

    def start(self):
        self.address = self.tool("start")

    def kill(self):
        self.tool("kill")

    def remove(self):
        self.kill()
        shutil.rmtree(self.directory)

    def flags(self, topic):
        return ["--log", "kafka", "--kafka-config", self.config, "--kafka-topic", topic,
                "--kafka-partitions", "3"]
