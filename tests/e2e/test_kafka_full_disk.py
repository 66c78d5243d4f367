"""On Kafka, an instance whose disk is full answers what it has applied, and goes on when there is room."""
import unittest

from tests.e2e.kafka import shared_broker
from tests.e2e.service import Service
from tests.e2e.small_disk import SmallDisk

AT_MOST = 500  # creations that the last blocks of the views' files have room for


class KafkaFullDisk(unittest.TestCase):
    # When the disk had room again, the instance stood still until an operator killed it.
    def test_stands_while_the_disk_is_full_and_goes_on_with_room(self):
        flags = shared_broker().flags("full-disk", partitions=1)
        with SmallDisk() as disk, Service(*flags, disk=disk.path) as service:
            service.start(largest_file=disk.limit(1 << 30))
            service.add_user("admin", "admin")
            admin = service.client("admin")
            disk.fill(service.process)
            made = self.create_until_refused(admin)
            for number in range(3):
                answer = admin.create(f"late-{number}@x.org", {"Idempotency-Key": f"late-{number}"})
                self.assertEqual((answer.status, answer.headers["Idempotency-Key"]),
                                 (503, f"late-{number}"), answer)
            self.assertLessEqual(made, self.emails(admin))
            ready = service.ready()
            self.assertEqual(ready.status, 503)
            if disk.mounted:
                self.assertRegex(ready.body.decode(), r"/views is full \(\d+ of \d+ bytes are free\)")
            disk.empty(service.process)
            if disk.mounted:  # as its supervisor sees it
                self.assertEqual(service.ended(), 1)
                self.assertIn("has room again", service.errors())
            else:
                service.end()
            service.start()
            admin = service.client("admin")
            self.assertLessEqual(made, self.emails(admin))
            self.assertEqual(admin.create("after@x.org").status, 200)
            self.assertEqual(service.end(), 0)

    def create_until_refused(self, admin):
        made = set()
        for number in range(AT_MOST):
            email = f"{number}@x.org"
            answer = admin.create(email, {"Idempotency-Key": f"key-{number}"})
            if answer.status != 200:
                # The record is in the topic: the outcome is open, and a retry with its key is safe.
                self.assertEqual((answer.status, answer.headers["Idempotency-Key"]),
                                 (503, f"key-{number}"), answer)
                return made
            made.add(email)
        self.fail("nothing was refused")

    def emails(self, client):
        answer = client.get("/api/contacts")
        self.assertEqual(answer.status, 200, answer)
        return {contact["email"] for contact in answer.json()}


if __name__ == "__main__":
    unittest.main()
