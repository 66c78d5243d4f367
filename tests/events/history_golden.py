"""A second implementation of the rule of history, from its wording in events/history.h and events/opening.h, with
the standard library alone. It must agree with every verdict of golden/history.ndjson."""
import hashlib, json, re, sys

def partition_of(key, partitions=4):  # murmur2
    m, h = 0x5bd1e995, 0x9747b28c ^ len(key)
    for i in range(0, len(key) & ~3, 4):
        k = int.from_bytes(key[i:i + 4], 'little') * m & 0xffffffff
        h = h * m & 0xffffffff ^ (k ^ k >> 24) * m & 0xffffffff
    if len(key) % 4:
        h = (h ^ int.from_bytes(key[len(key) & ~3:], 'little')) * m & 0xffffffff
    h = (h ^ h >> 13) * m & 0xffffffff
    return ((h ^ h >> 15) & 0x7fffffff) % partitions

def unique(pairs):
    assert len({name for name, _ in pairs}) == len(pairs), 'a member twice'
    return dict(pairs)

def depth(node):
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)

def parse(text, pairs):  # numbers as (source,), so that none is rounded; NaN and Infinity refused
    wrap = lambda source: (source,)
    return json.loads(text, object_pairs_hook=pairs, parse_constant=int, parse_int=wrap, parse_float=wrap)

def members_of(value):  # decoded; and as written, every escape made U+FFFD
    text = value.decode('utf-8')
    assert len(value) <= 1_000_000 and text[:1] == '{' and text[-1:] == '}'
    decoded = parse(text, unique)
    assert depth(decoded) <= 32
    return decoded, parse(re.sub(r'\\(u....|.)', '\ufffd', text), dict)

def text_of(value, grammar, kind=str):
    source = value[0] if kind is tuple and isinstance(value, tuple) else value
    assert isinstance(value, kind) and re.fullmatch(grammar, source, re.DOTALL)
    return source

def judge(entry, value, opened, heads):
    decoded, written = members_of(value)
    if entry['key'] == '$log' and entry['partition'] not in opened:
        data = decoded['data']
        number, count, form = (int(text_of(data[n], '-?[0-9]+', tuple)) for n in ('partition', 'partitions', 'format'))
        epoch = int(text_of(data.get('epoch', ('1',)), '-?[0-9]+', tuple))
        assert text_of(data['logId'], '[^\ud800-\udfff]+') and decoded['type'] == 'LogOpened' and form == 2
        assert number == entry['partition'] and 0 <= number < count < 2**31 and 1 <= epoch < 2**31
        opened.add(number)
        return 'opening'
    tenant = text_of(written['tenant'], '[A-Za-z0-9][A-Za-z0-9._-]{0,63}')
    sequence = int(text_of(written['sequence'], '[1-9][0-9]{0,14}', tuple))
    previous = text_of(written['previous'], '[0-9a-f]{64}')
    assert tenant == entry['key'] and partition_of(tenant.encode()) == entry['partition']
    if entry['partition'] not in opened or heads.get(tenant, (0, '0' * 64)) != (sequence - 1, previous):
        return 'superseded'
    heads[tenant] = sequence, hashlib.sha256(value).hexdigest()
    return 'history'

def bytes_of(part):
    if isinstance(part, str): return part.encode()
    return bytes.fromhex(part['hex']) if 'hex' in part else part['repeat'].encode() * part['times']

opened, heads, count = set(), {}, 0
for count, line in enumerate(open(sys.argv[1], encoding='utf-8'), 1):
    golden = json.loads(line)
    try: verdict = judge(golden, b''.join(map(bytes_of, golden['value'])), opened, heads)
    except (AssertionError, ValueError, KeyError, TypeError, RecursionError): verdict = 'foreign'
    if verdict != golden['verdict']: sys.exit(f"{golden['note']}: {verdict}, not {golden['verdict']}")
sys.exit(0 if count >= 80 else f'only {count} entries')
