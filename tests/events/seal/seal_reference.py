"""A second implementation of events/seal/README.md, from its wording, with the standard library alone (so without AES).
It must agree with vectors.json in every leaf, key, opening and commitment, and in every step of two erasures."""
import base64, hashlib, json, sys

BITS = 64
LEFT, RIGHT, OPENING, ACTOR = b'\0', b'\1', b'\4', b'\5'  # 02 and 03 make the AES key and the nonce

def sha256(*parts): return hashlib.sha256(b''.join(parts)).digest()

def leaf_of(name):  # 'contact 42, generation 1', 'actor ext:u-77', 'month 2026-11': as 64 binary digits
    kind, rest = name.split(' ', 1)
    if kind == 'contact':
        contact, _, generation = rest.partition(', generation ')
        return '00' + format(int(generation or 0), '014b') + format(int(contact), '048b')
    if kind == 'actor':
        return '01' + ''.join(format(byte, '08b') for byte in sha256(b'actor\0', rest.encode()))[:62]
    year, month = rest.split('-')
    return '10' + format(12 * (int(year) - 1970) + int(month) - 1, '062b')

def derive(seed, path):  # down the tree, a bit a step
    for bit in path: seed = sha256(RIGHT if bit == '1' else LEFT, seed)
    return seed

def other(bit): return '0' if bit == '1' else '1'

class Tree:  # a stored node is the path to it from the root, so the root is ''
    def __init__(self, root): self.nodes, self.erased = {'': root}, set()

    def covering(self, leaf): return [leaf[:depth] for depth in range(BITS + 1) if leaf[:depth] in self.nodes]

    def key(self, leaf):
        if leaf in self.erased: return 'erased'
        above = self.covering(leaf)
        return derive(self.nodes[above[-1]], leaf[len(above[-1]):]) if above else 'lost'

    def changes_to_erase(self, leaf):  # all siblings, the marker, all deletes
        above = self.covering(leaf)
        puts = [('put', leaf[:depth] + other(leaf[depth]), derive(self.nodes[top], leaf[len(top):depth] + other(leaf[depth])))
                for top in above for depth in range(len(top), BITS)]
        return puts + [('mark', leaf, None)] + [('delete', top, None) for top in above]

    def apply(self, verb, what, seed):
        if verb == 'put': self.nodes[what] = seed
        elif verb == 'mark': self.erased.add(what)
        else: del self.nodes[what]

def actor_key(actor, month): return sha256(ACTOR, actor, month)

def padded(plain): return plain.ljust(-(-len(plain) // 64) * 64, b' ')

def opening_of(key, record, part): return sha256(OPENING, key, record.encode(), b'\0', part.encode())

def as_in_vectors(verb, what, seed):
    number = str(int(what or '0', 2))
    return [verb, number if verb == 'mark' else [len(what), number], seed.hex() if seed else None]

def text_of(key): return key if isinstance(key, str) else key.hex()

checked = 0
def same(what, ours, theirs):
    global checked
    checked += 1
    if ours != theirs: sys.exit(f'{what}: {ours}, not {theirs}')

def check_block(name, key, block):
    plain, opening = padded(block['plain'].encode()), opening_of(key, block['record'], block['part'])
    same(f'opening of {name}', opening.hex(), block['opening'])
    same(f'commitment of {name}', sha256(opening, plain).hex(), block['commitment'])
    sealed = base64.b64decode(block['sealed'], validate=True)
    same(f'Base64 of {name}', base64.b64encode(sealed).decode(), block['sealed'])
    same(f'size of {name}', len(sealed), len(plain) + 16)

def check_erasure(vectors, tree, name, leaf):
    changes = tree.changes_to_erase(leaf)
    same(name, [as_in_vectors(*change) for change in changes], vectors[name])
    for change in changes: tree.apply(*change)

def check_other_answers(root):
    tree, whole = Tree(root), Tree(root)
    gone = [leaf_of(name) for name in ('contact 7', 'contact 6', 'actor 7', 'month 1970-01')]
    for leaf in gone:
        for change in tree.changes_to_erase(leaf): tree.apply(*change)
    for leaf in map(leaf_of, ('contact 5', 'contact 8', 'actor 8', 'month 1970-02', 'contact 7, generation 1')):
        same('a neighbour of the erased', tree.key(leaf), whole.key(leaf))
    same('the erased', [tree.key(leaf) for leaf in gone], ['erased'] * len(gone))
    same('stored nodes above the erased', [tree.covering(leaf) for leaf in gone], [[]] * len(gone))
    tree.erased.clear()
    same('without their markers', [tree.key(leaf) for leaf in gone], ['lost'] * len(gone))

with open(sys.argv[1], encoding='utf-8') as file: vectors = json.load(file)
root = bytes.fromhex(vectors['root'])
tree, leaves = Tree(root), {name: leaf_of(name) for name in vectors['leaves']}
for name, leaf in leaves.items():
    same(f'leaf of {name}', str(int(leaf, 2)), vectors['leaves'][name])
    same(f'key of {name}', text_of(tree.key(leaf)), vectors['keys'][name])
actor = actor_key(tree.key(leaves['actor 7']), tree.key(leaves['month 2026-11']))
same('key of the block of actor 7', actor.hex(), vectors['actor key 7, 2026-11'])
for name, key in (('created', tree.key(leaves['contact 42'])), ('changed', tree.key(leaves['contact 42'])), ('actor', actor)):
    check_block(name, key, vectors[name])
check_erasure(vectors, tree, 'erase contact 42', leaves['contact 42'])
check_erasure(vectors, tree, 'then erase contact 43', leaf_of('contact 43'))
for name, leaf in leaves.items(): same(f'key of {name} afterwards', text_of(tree.key(leaf)), vectors['keys after'][name])
check_other_answers(root)
sys.exit(0 if checked >= 40 else f'only {checked} checks')
