"""Compares our reader with Python's json on the same texts: equal verdicts, equal values.

json_differential.py VERDICTS    VERDICTS: the program of json_verdicts.cc
Texts that Python's json takes beyond RFC 8259 and our bounds are refused here by name.
"""
import json
import random
import subprocess
import sys

ATOMS = ['null', 'true', 'false', '0', '-0', '1', '-12.50', '1e5', '1E+02', '1e999', '0.1e-7',
         '18446744073709551616', '""', '"a"', '"\\u0061"', '"\\/\\"\\\\"', '"\\ud83d"', '"\\ude00"',
         '"\\ud83d\\ude00"', '"\u00e4\u20ac\U0001f600"', '"\\u0000"', '"\x7f\u2028"', '"' + 'x' * 80 + '"']
NAMES = ['"a"', '"b"', '"\\u0061"', '""', '"c"', '"\u00e4"', '"\\u00E4"', '"\\ud800"', '"d"', '"e"']
BYTES = b'\0\x01\t\n\r\x0b \xa0"\\/{}[]:,-+.eE019truefalsnNIu\x7f\x80\xbf\xc3\xed\xf0\xff'


class Refused(ValueError):
    pass


def value(rnd, depth):
    kind = rnd.randrange(5) if depth > 0 else 0
    if kind < 3:
        return rnd.choice(ATOMS)
    space = lambda: rnd.choice(['', '', ' ', '\n', '\t\r'])
    parts = [value(rnd, depth - 1) for _ in range(rnd.randrange(4))]
    if kind == 3:
        return '[' + space() + ','.join(p + space() for p in parts) + ']'
    return '{' + space() + ','.join(
        space() + rnd.choice(NAMES) + space() + ':' + space() + p for p in parts) + '}'


def mutated(rnd, text):
    data = bytearray(text.encode())
    for _ in range(rnd.choice([0, 0, 1, 1, 2, 3])):
        at = rnd.randrange(len(data) + 1)
        how = rnd.randrange(4)
        if how == 0:
            data.insert(at, rnd.choice(BYTES))
        elif how == 1:
            data[at:at + 1] = bytes([rnd.choice(BYTES)])
        elif how == 2:
            del data[at:at + rnd.randrange(1, 4)]
        else:
            data[at:at] = data[:rnd.randrange(6)]
    return bytes(data)


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise Refused('a member twice')  # Python: the last counts
    return dict(pairs)


def refuse_constant(name):
    raise Refused(name)  # Python: NaN, Infinity and -Infinity are numbers


def depth(node):
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    return 0 if children is None else 1 + max(map(depth, children), default=0)


def read(data):
    # Numbers stay text, so that none is too large for Python and none is rounded.
    tree = json.loads(data.decode('utf-8'), object_pairs_hook=unique, parse_constant=refuse_constant,
                      parse_int=lambda s: ('number', s), parse_float=lambda s: ('number', s))
    if depth(tree) > 32:
        raise Refused('too deep')
    return tree


def corpus():
    rnd = random.Random(20261123)
    for levels in (31, 32, 33, 300):
        yield b'[' * levels + b']' * levels
        yield b'{"a":' * levels + b'1' + b'}' * levels
    yield b'\xef\xbb\xbf{}'
    yield b'[' * 300_000
    for _ in range(40_000):
        yield mutated(rnd, value(rnd, 4))


def main():
    texts = list(corpus())
    asked = b''.join(b'%d\n%s' % (len(text), text) for text in texts)
    answered = subprocess.run([sys.argv[1]], input=asked, stdout=subprocess.PIPE, check=True).stdout
    at, taken = 0, 0
    for text in texts:
        end = answered.index(b'\n', at)
        size = int(answered[at:end])
        ours = answered[end + 1:end + 1 + size]
        at = end + 1 + size
        try:
            theirs = read(text)
        except (ValueError, RecursionError) as refusal:
            assert ours[:1] == b'!', f'ours takes {text!r}; Python: {refusal}'
            continue
        assert ours[:1] != b'!', f'Python takes {text!r}; ours: {ours!r}'
        assert read(ours) == theirs, f'minified, {text!r} means something else: {ours!r}'
        taken += 1
    assert at == len(answered)
    assert len(texts) / 4 < taken < len(texts) * 3 / 4, f'{taken} of {len(texts)}: a poor corpus'
    print(f'{taken} of {len(texts)} texts taken by both')


main()
