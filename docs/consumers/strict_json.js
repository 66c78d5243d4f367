// JSON of which nothing is lost: JSON.parse takes the last of two members, rounds numbers and decodes names.
const need = truth => { if (!truth) throw new RangeError('not as history is written'); };

// An object becomes a Map from each decoded name to [name, value], both as they are written. The value is an
// object again, an (empty) array, or the source text. Throws for what is no JSON by RFC 8259, for a member
// twice, and for more than 32 levels.
function parse(text) {
  JSON.parse(text); // the grammar, on which the tokens rely
  const open = [];
  let root, name;
  for (const [token] of text.matchAll(/"(?:[^"\\]+|\\.)*"|[{}[\]]|[^\s{}[\],:"]+/g)) {
    const outer = open[open.length - 1];
    if (token === '}' || token === ']') {
      open.pop();
    } else if (outer instanceof Map && !name) {
      name = token;
    } else {
      const value = token === '{' ? new Map() : token === '[' ? [] : token;
      if (name) {
        need(!outer.has(JSON.parse(name)));
        outer.set(JSON.parse(name), [name, value]);
      }
      if (value !== token) need(open.push(value) <= 32);
      root = root || value;
      name = '';
    }
  }
  return root;
}

module.exports = { need, parse };
