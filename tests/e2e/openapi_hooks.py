"""For schemathesis, which loads it: what no schema can say, and nothing else. test_openapi.py has the test."""
import itertools
import json
import os

import schemathesis

number = itertools.count(1)
requests_of_keys = {}
emails = set()
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
        case.path_parameters["contactId"] = 1  # made-up ones are all answered 404
    if positive and isinstance(case.body, dict) and case.operation.path == "/activate" and links:
        case.body["token"] = links.pop()
    for name, value in case.headers.items():
        if name.lower() == "contacts-min-position":
            case.headers[name] = reached_position(case, str(value))
        if name.lower() == "idempotency-key" and positive:
            case.headers[name] = own_key(value, repr(case.body))
    return case


def reached_position(case, value):
    """A position that is not there yet is waited for and then answered 503, as it must be."""
    if not (value.isascii() and value.isdecimal() and len(value) <= 15):
        return value
    return str(min(int(value), 0 if case.operation.path == "/login" else 1))


def own_key(key, request):
    """A key that comes again with another request is answered 422, as it must be."""
    if requests_of_keys.setdefault(key, request) == request:
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


@schemathesis.hook
def after_call(context, case, response):
    """Tells the test each request and its answer."""
    with open(os.environ["ASKED"], "a", encoding="ascii") as asked:
        print(json.dumps([case.operation.label, response.status_code]), file=asked)
