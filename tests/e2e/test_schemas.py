"""docs/schemas/ and docs/asyncapi.yaml are what this build writes, valid by their standards, and true."""
import copy
import glob
import json
import os
import tempfile
import unittest

import yaml
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from tests.e2e.service import run

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOCS = os.path.join(ROOT, "docs")
SPECIFICATION = "@asyncapi/specs/schemas/3.0.0.json"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


SCHEMAS = {os.path.basename(path)[:-len(".json")]: json.loads(read(path))
           for path in glob.glob(os.path.join(DOCS, "schemas", "*.json"))}
GOLDEN = {os.path.basename(path)[:-len(".json")]: json.loads(read(path))
          for path in glob.glob(os.path.join(ROOT, "tests/events/golden/*.json"))}


def is_valid(schema, value):
    """Valid by the draft that the schema names, and equally by the newest draft."""
    verdicts = {draft(schema).is_valid(value) for draft in (Draft7Validator, Draft202012Validator)}
    assert len(verdicts) == 1, schema["$id"]
    return verdicts.pop()


def schema_of(record):
    return SCHEMAS[record["dataschema"].removeprefix("urn:contacts:").replace(":", ".")]


def objects_in(value):
    """The value and every object in it, but for `metadata`, which belongs to the users."""
    if isinstance(value, dict):
        yield value
        for name, member in value.items():
            if name != "metadata":
                yield from objects_in(member)


class Published(unittest.TestCase):
    def test_is_what_this_build_writes(self):
        with tempfile.TemporaryDirectory() as fresh:
            code, out, err = run("schemas", fresh)
            self.assertEqual(code, 0, err)
            for path in out.splitlines():
                name = os.path.relpath(path, fresh)
                published = os.path.join(DOCS, name)
                self.assertTrue(os.path.exists(published) and read(published) == read(path),
                                f"docs/{name} is not what the field lists say. For a new event or "
                                "version: `make schemas`, and commit docs/. A written version of an "
                                "event never changes: raise kVersion instead.")

    def test_what_cannot_be_written_is_said(self):
        code, _, err = run("schemas", "/dev/null/docs")
        self.assertEqual(code, 1)
        self.assertIn("/dev/null/docs/asyncapi.yaml", err)

    def test_there_is_one_for_every_version_that_was_ever_written(self):
        events = {name.removesuffix(".full") for name in GOLDEN}
        sealed = {name for name in SCHEMAS if name.endswith(".sealed")}
        self.assertLess({"ContactCreated.1.sealed", "PasswordSet.1.sealed"}, sealed)
        self.assertLess({name.removesuffix(".sealed") for name in sealed}, events)
        self.assertEqual(set(SCHEMAS) - sealed,
                         events | {"Record", "Record.actorsealed", "LogOpened"})
        for name, schema in SCHEMAS.items():
            Draft7Validator.check_schema(schema)
            Draft202012Validator.check_schema({**schema, "$schema": Draft202012Validator.META_SCHEMA["$id"]})
            self.assertEqual(schema["$id"], "urn:contacts:" + name.replace(".", ":"))

    def test_every_event_has_its_row_in_the_description(self):
        description = read(os.path.join(DOCS, "events.md"))
        for name in GOLDEN:
            event, version = name.removesuffix(".full").split(".")
            self.assertIn(f"[`{event}` {version}](schemas/{event}.{version}.json)", description,
                          "docs/events.md lists every event: add a row to its table")


OF_BLOCKS = {"keys", "actorsealed", "actorcommitment", "sealed", "commitment"}  # only where something is sealed


class Records(unittest.TestCase):
    def test_those_that_were_written_are_valid(self):
        for name, record in GOLDEN.items():
            self.assertTrue(is_valid(SCHEMAS["Record"], record), name)
            self.assertTrue(is_valid(schema_of(record), record["data"]), name)

    def test_the_envelope_may_get_attributes_and_lose_none(self):
        for name, record in GOLDEN.items():
            self.assertTrue(is_valid(SCHEMAS["Record"], {**record, "added": {"later": 1}}), name)
        whole = GOLDEN["PasswordSet.1"]
        for member in whole:
            without = {k: v for k, v in whole.items() if k != member}
            self.assertEqual(is_valid(SCHEMAS["Record"], without), member in OF_BLOCKS, member)
            if member != "data":
                self.assertFalse(is_valid(SCHEMAS["Record"], {**whole, member: None}), member)
        for member, value in (("source", "/orders"), ("specversion", "1.1"), ("sequence", 0),
                              ("tenant", "a b"), ("previous", "A" * 64),
                              ("time", "2026-11-23T10:00:00Z")):
            self.assertFalse(is_valid(SCHEMAS["Record"], {**whole, member: value}), member)

    def test_the_data_has_neither_more_nor_less_than_its_version(self):
        for name, record in GOLDEN.items():
            always = GOLDEN[name.removesuffix(".full")]["data"]
            count = len(list(objects_in(record["data"])))
            has_parts = record["type"] == "ContactChanged"  # of which any member may be left out
            for i in range(count):
                def changed(change):
                    data = copy.deepcopy(record["data"])
                    change(list(objects_in(data))[i])
                    return is_valid(schema_of(record), data)

                self.assertFalse(changed(lambda o: o.update(added=1)), name)
                for member in list(objects_in(record["data"]))[i]:
                    if member not in OF_BLOCKS and (
                            member in always if i == 0 else not has_parts):
                        self.assertFalse(changed(lambda o, m=member: o.pop(m)), (name, member))
                    self.assertFalse(changed(lambda o, m=member: o.update({m: [1]})), (name, member))


class AsyncApi(unittest.TestCase):
    def setUp(self):
        self.document = yaml.safe_load(read(os.path.join(DOCS, "asyncapi.yaml")))

    def test_is_sound_by_the_official_schema(self):
        schema = json.loads(read(os.path.join(os.environ["NODE_PATH"], SPECIFICATION)))
        validator = Draft7Validator(schema)
        faults = [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(self.document)]
        self.assertEqual(faults, [])
        self.document["channels"]["history"]["bindings"]["kafka"]["partitions"] = "many"
        self.assertFalse(validator.is_valid(self.document))  # it looks at the bindings too

    def references(self, node):
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            for member in node.values():
                yield from self.references(member)
        elif isinstance(node, list):
            for member in node:
                yield from self.references(member)

    def test_every_reference_is_there_and_every_schema_is_referred_to(self):
        inner = Registry().with_resource("", DRAFT7.create_resource(self.document)).resolver()
        files = set()
        for reference in self.references(self.document):
            if reference.startswith("#"):
                inner.lookup(reference)  # throws when there is none
            else:
                files.add(reference)
        told = {name for name in SCHEMAS if not name.endswith("sealed")}  # a message has no plain text
        self.assertEqual(files, {f"schemas/{name}.json" for name in told})
        self.assertEqual(set(self.document["channels"]["history"]["messages"]), told - {"Record"})

    def test_a_message_takes_its_records_and_no_others(self):
        registry = Registry().with_resources(
            (f"schemas/{name}.json", DRAFT7.create_resource(
                {k: v for k, v in schema.items() if k != "$id"})) for name, schema in SCHEMAS.items())
        for name, message in self.document["components"]["messages"].items():
            validator = Draft7Validator(message["payload"], registry=registry)
            for golden, record in GOLDEN.items():
                self.assertEqual(validator.is_valid(record), golden.removesuffix(".full") == name,
                                 (name, golden))


if __name__ == "__main__":
    unittest.main()
