"""Copies history into SQLite and prints each of its records: history.py BROKERS TOPIC FILE (see docs/events.md)."""
import hashlib, json, re, sqlite3, sys
from confluent_kafka import Consumer, TopicPartition
def partition_of(key, partitions, m=0x5bd1e995, cut=0xffffffff):  # murmur2, as Kafka's Java client
    h = 0x9747b28c ^ len(key)
    for i in range(0, len(key), 4):
        k = int.from_bytes(key[i:i + 4], 'little')
        h = (h * m ^ (k * m & cut ^ (k * m & cut) >> 24) * m if i + 4 <= len(key) else (h ^ k) * m) & cut
    return (((h := (h ^ h >> 13) * m & cut) ^ h >> 15) & 0x7fffffff) % partitions
def need(truth):
    if not truth: raise ValueError
def unique(pairs): return dict(pairs) if len(dict(pairs)) == len(pairs) else need(False)
def depth(v): return type(v) in (dict, list) and 1 + max(map(depth, v.values() if type(v) is dict else v), default=0)
def parse(text, pairs, number=lambda source: (source,)):  # no number is rounded, and NaN is none
    return json.loads(text, object_pairs_hook=pairs, parse_constant=int, parse_int=number, parse_float=number)
def text(value, grammar, kind=str):
    return need(isinstance(value, kind) and re.fullmatch(grammar, ''.join(value), re.DOTALL)) or ''.join(value)

def judge(p, key, value):  # the tenant if it is history; otherwise None, or it raises
    members = parse(value.decode(), unique)
    need(len(value) <= 1_000_000 and value[:1] == b'{' and value[-1:] == b'}' and depth(members) <= 32)
    if key == b'$log' and p not in opened:
        data, integer = members['data'], lambda number: int(text(number, '-?[0-9]+', tuple))
        need(members['type'] == 'LogOpened' and text(data['logId'], '[^\ud800-\udfff]+'))
        need(integer(data['format']) == 2 and 1 <= integer(data.get('epoch', ('1',))) < 2**31)
        need(p == integer(data['partition']) < integer(data['partitions']) < 2**31)
        return opened.update({p: integer(data['partitions'])})
    slot = parse(re.sub(r'\\(u....|.)', '\ufffd', value.decode()), dict)  # an escape makes another name of it
    tenant, sequence = text(slot['tenant'], '[A-Za-z0-9][A-Za-z0-9._-]{0,63}'), slot['sequence']
    parent = int(text(sequence, '[1-9][0-9]{0,14}', tuple)) - 1, text(slot['previous'], '[0-9a-f]{64}')
    need(tenant.encode() == key and partition_of(key, opened[p]) == p and parent == heads.get(tenant, (0, '0' * 64)))
    heads[tenant] = parent[0] + 1, hashlib.sha256(value).hexdigest()
    return tenant
def take(entry):  # within a transaction; returns what is to be printed
    p, value, tenant = entry.partition(), entry.value() or b'', None
    place = entry.offset(), hashlib.sha256(value).hexdigest()
    if entry.error() or place[0] == places.get(p, place)[0] and place != places.get(p, place):
        sys.exit(f'{topic} [{p}]: {entry.error() or "another log than the one read so far"}')
    try: tenant = judge(p, entry.key(), value)
    except (ValueError, KeyError, TypeError, RecursionError): pass  # superseded, or foreign
    if tenant: db.execute('INSERT INTO history VALUES (?, ?, ?, ?)', (tenant, *heads[tenant], value))
    places[p] = place
    db.execute('REPLACE INTO place VALUES (?, ?, ?, ?)', (p, *place, opened.get(p)))
    return f'{value.decode()}\n' if tenant else ''

brokers, topic, file = sys.argv[1:]
db = sqlite3.connect(file)
db.execute('CREATE TABLE IF NOT EXISTS history (tenant, sequence, hash, record, PRIMARY KEY (tenant, sequence))')
db.execute('CREATE TABLE IF NOT EXISTS place (partition PRIMARY KEY, offset, hash, opened)')
heads = {t: tuple(head) for t, *head in db.execute('SELECT tenant, max(sequence), hash FROM history GROUP BY tenant')}
places = {p: (offset, sha256) for p, offset, sha256, _ in db.execute('SELECT * FROM place')}
opened = dict(db.execute('SELECT partition, opened FROM place WHERE opened'))
consumer = Consumer({'bootstrap.servers': brokers, 'group.id': 'none', 'enable.auto.commit': False,
                     'auto.offset.reset': 'error', 'isolation.level': 'read_uncommitted', 'check.crcs': True})
partitions = consumer.list_topics(topic, 30).topics[topic].partitions  # each from its last entry, to compare it
consumer.assign([TopicPartition(topic, p, places.get(p, (0,))[0]) for p in partitions])
while True:
    with db:  # one transaction for rows, heads and places
        lines = [take(entry) for entry in consumer.consume(1000, 0.2)]
    print(*lines, sep='', end='', flush=True)
