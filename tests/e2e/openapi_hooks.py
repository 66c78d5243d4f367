"""For schemathesis, which loads it: what no schema can say, and nothing else. test_openapi.py has the test."""
import contextlib
import http.client
import itertools
import json
import os
import re
from urllib.parse import urlsplit

import schemathesis

from tests.e2e.event_stream import read_event

number = itertools.count(1)
newest = 1  # the position that the answers have come to
requests_of_keys = {}
emails = set()
CHANGES = "GET /contacts/changes"
links = os.environ["LINKS"].split()


@schemathesis.hook
def filter_case(context, case):
    """HTTP has a server ignore a header that it does not know (RFC 9110, 5.1): no fault to find."""
    known = {parameter.name.lower() for parameter in case.operation.headers}
    known |= {"content-type", "cookie"}
    return all(name.lower() in known for name in case.headers)


@schemathesis.hook
def map_case(context, case):
    positive = case.meta.generation.mode.is_positive
    if positive and isinstance(case.body, dict) and case.operation.path == "/login":
        make_real(case.body)
    if positive and isinstance(case.body, dict) and case.operation.path == "/contacts":
        case.body["email"] = free_email(case.body["email"])
    if positive and case.operation.path == "/accounts/{contactId}/invitation":
        case.path_parameters["contactId"] = 3  # made-up ones are answered 404, and the first one is soon erased
    if positive and isinstance(case.body, dict) and case.operation.path == "/activate" and links:
        case.body["token"] = links[-1]
    if positive and case.operation.path == "/contacts/changes":
        case.query = known_place(case, dict(case.query or {}))
        case.headers.pop("Prefer", None)
    if case.method == "GET" and next(number) % 3:  # a made-up ETag is answered 412, as it must be
        for name in [name for name in case.headers if name.lower() == "if-match"]:
            case.headers.pop(name)
    as_of = (case.query or {}).get("asOf")
    if isinstance(as_of, str):
        case.query["asOf"] = reached_position(case, as_of)
    for name, value in case.headers.items():
        if name.lower() == "contacts-min-position":
            case.headers[name] = reached_position(case, str(value))
        if name.lower() == "idempotency-key" and positive:
            case.headers[name] = own_key(value, repr((case.method, case.path, case.path_parameters, case.body)))
    return case


def reached_position(case, value):
    """A position that the history does not have is answered 410, as it must be."""
    if re.fullmatch(r"([2-9]|[1-9][0-9]{1,8})\.[0-9]{1,15}", value):
        return "0"
    if not (value.isascii() and value.isdecimal() and len(value) <= 15):
        return value
    return str(min(int(value), 0 if case.operation.path == "/login" else newest))


def known_place(case, query):
    """A made-up view is answered 410, as it must be, and a wait takes its time."""
    query.pop("view", None)
    if "wait" in query:
        query["wait"] = 0
    if "since" in query:
        query["since"] = reached_position(case, str(query["since"]))
    return query


def own_key(key, request):
    """A key that comes again with another request is answered 422, as it must be."""
    bare = re.sub(r"\\(.)", r"\1", key[1:-1]) if key.startswith('"') else key  # the same key, quoted or not
    if requests_of_keys.setdefault(bare, request) == request:
        return key
    return own_key(f"another-{next(number)}", request)


def free_email(email):
    """Generated e-mails are few, and a taken one is answered 409; each third stays as it is."""
    if email in emails and len(email) < 200 and next(number) % 3:
        return free_email(f"{next(number)}.{email}")
    emails.add(email)
    return email


def make_real(login):
    """Made-up names and passwords are all answered 401; those without a tenant become real."""
    if login.get("tenant") is None:
        login.update(username=os.environ["USER_NAME"], password=os.environ["USER_PASSWORD"])


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """No JSON Schema bounds the size or the depth of `metadata`, or knows what Unicode says of a character."""
    if response.status_code != 400 or failure.title != "Schema-valid request rejected":
        return True
    answer = response.json()
    if answer["message"].startswith("Contacts-Reason "):
        return not is_about_unicode(answer["message"], "\u200b")
    faults = answer.get("fields", [])
    return not faults or not all(
        is_about_size_or_depth(fault) or is_about_unicode(fault["message"], text_at(case, fault["path"]))
        for fault in faults)


def text_at(case, path):
    text = case.body.get(path[1:]) if isinstance(case.body, dict) else None
    return text if isinstance(text, str) else ""


def is_about_unicode(message, text):
    """The schema says everything about an ASCII text."""
    return not text.isascii() and any(rule in message for rule in (
        "must not hold noncharacters", "must not hold bidirectional controls that are not paired",
        "must have a character that can be seen", "must not be empty", "must have 8 to 256 characters",
        "must not hold characters that cannot be seen"))


def is_about_size_or_depth(fault):
    return fault["path"].split("/")[1:2] == ["metadata"] and (
        "bytes without white space" in fault["message"] or "nested at most" in fault["message"])


@schemathesis.check
def the_stream_says_the_same(context, response, case):
    """The same request for events gets the same refusal; or the same changes, here from the second one on."""
    if case.operation.label != CHANGES or case.method != "GET":
        return
    url = urlsplit(response.request.url)
    headers = {name: value for name, value in response.request.headers.items()
               if name.lower() not in ("accept", "accept-encoding", "last-event-id")}
    headers["Accept"] = "text/event-stream"
    changes = response.json()["changes"] if response.status_code == 200 else []
    if changes:
        headers["Last-Event-ID"] = str(changes[0]["sequence"])
    with contextlib.closing(http.client.HTTPConnection(url.netloc, timeout=30)) as connection:
        connection.request("GET", f"{url.path}?{url.query}", headers=headers)
        stream = connection.getresponse()
        note(f"{CHANGES} as events", stream.status)
        assert stream.status == response.status_code, (stream.status, stream.read())
        if stream.status == 200:
            assert stream.headers["Content-Type"] == "text/event-stream"
            for change in changes[1:]:
                event = read_event(stream)
                assert event and json.loads(event["data"]) == change, (event, change)


def note(operation, status):
    """Tells the test a request and its answer."""
    with open(os.environ["ASKED"], "a", encoding="ascii") as asked:
        print(json.dumps([operation, status]), file=asked)


@schemathesis.hook
def after_call(context, case, response):
    global newest
    note(case.operation.label, response.status_code)
    for position in response.headers.get("contacts-position", ()):
        newest = max(newest, int(position))
    if case.operation.label == "POST /activate" and response.status_code == 204 and case.method == "POST" and links:
        links.pop()  # it works once
