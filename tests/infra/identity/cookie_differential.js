// Judges the same Cookie headers with our verifier and with the packages of express-session itself,
// `cookie` and `cookie-signature`: verdicts and session ids must be equal byte for byte.
//
// cookie_differential.js VERDICTS    VERDICTS: the program of cookie_verdicts.cc
'use strict';
const { execFileSync } = require('node:child_process');
const { createHmac } = require('node:crypto');
const { dirname } = require('node:path');

const CASES = 10000;
const NAME = 'connect.sid';
const SECRETS = ['keyboard cat', 'old secret é'];
const from = { paths: [dirname(require.resolve('express-session'))] };
const cookie = require(require.resolve('cookie', from));
const signature = require(require.resolve('cookie-signature', from));

// Does what getcookie() and unsigncookie() of express-session 1.19 do.
function expressVerdict(header) {
  const raw = cookie.parse(header)[NAME];
  if (!raw || raw.substr(0, 2) !== 's:') return '-';
  for (const secret of SECRETS) {
    const sid = signature.unsign(raw.slice(2), secret);
    if (sid !== false) return sid === '' ? '-' : Buffer.from(sid, 'utf8').toString('hex');
  }
  return '-';
}

let state = 20261124;
function random(below) {  // xorshift32, so that each run has the same cases
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}
const pick = (list) => list[random(list.length)];

function sign(sid, secret) {
  return createHmac('sha256', secret).update(sid).digest('base64');
}

const SIDS = ['T-tYZsfBjL59pr3vfL68LiAw7XNbzw_m', 'a', 'a.b.c', '.', 'x.', '.x', 'a b', 'a;b', 'a"b',
  'a=b', 'a%41b', 'é€😀', 'a,b', 's:a', "!'()*~", 'a\tb', '%', '{"a":1}'];

function value() {
  const sid = pick(SIDS);
  const mac = sign(sid, pick([SECRETS[0], SECRETS[0], SECRETS[1], 'another secret']));
  const whole = 's:' + sid + '.' + mac.replace(/=+$/, '');
  const [plain, encoded] = [whole, encodeURIComponent(whole)];
  switch (random(14)) {
    case 0: return plain;
    case 1: return encoded.toLowerCase();
    case 2: return encoded.replace(/%../g, (e) => e.toLowerCase());
    case 3: return '"' + encoded + '"';
    case 4: return '"' + plain + '"';
    case 5: return encodeURIComponent('s:' + sid + '.' + mac);  // with its padding
    case 6: return encodeURIComponent('s:' + sid + '.' + mac.replace(/\+/g, '-').replace(/\//g, '_'));
    case 7: return encodeURIComponent(sid + '.' + mac);
    case 8: return encodeURIComponent('s:' + sid);
    case 9: return encoded.slice(0, random(encoded.length + 1));
    case 10: return [...Buffer.from(whole)].map((b) => '%' + b.toString(16).padStart(2, '0')).join('');
    default: return encoded;
  }
}

const BYTES = ' \t;=,."%\\:+/-_~aAzZ09sS\'()!*\x01\x7f';
function mutated(text) {
  const bytes = [...text];
  for (let n = pick([0, 0, 0, 1, 1, 1, 2, 3]); n > 0; --n) {
    const at = random(bytes.length + 1);
    switch (random(5)) {
      case 0: bytes.splice(at, 0, pick(BYTES)); break;
      case 1: bytes.splice(at, 1); break;
      case 2: bytes.splice(at, 1, pick(BYTES)); break;
      case 3: bytes.splice(at, 0, ...bytes.slice(at, at + random(6))); break;
      default: bytes.splice(at, 1, ...(bytes[at] || '').toUpperCase());
    }
  }
  return bytes.join('');
}

function header() {
  const pairs = [];
  for (let n = random(3); n > 0; --n) {
    pairs.push(pick(['a=b', 'connect.sid', 'Connect.sid=x', 'xconnect.sid=y', '=z', 'connect.sid=', '',
      'q="a; b"', 'connect.sid="', '%63onnect.sid=z', 'connect.sid.=1']));
  }
  const at = random(pairs.length + 1);
  pairs.splice(at, 0, pick(['connect.sid=', 'connect.sid=', 'connect.sid=', ' connect.sid = ',
    '\tconnect.sid=\t']) + mutated(value()) + pick(['', '', ' ', '\t']));
  if (random(4) === 0) pairs.splice(random(pairs.length + 1), 0, 'connect.sid=' + value());
  const joined = pairs.join(pick(['; ', '; ', ';', ' ;\t']));
  return random(8) === 0 ? mutated(joined) : joined;
}

// A header is bytes, which Node hands on as one character each.
const headers = Array.from({ length: CASES }, () => Buffer.from(header(), 'utf8').toString('latin1'));
const output = execFileSync(process.argv[2], [NAME, ...SECRETS], {
  input: headers.map((h) => Buffer.from(h, 'latin1').toString('hex') + '\n').join(''),
  maxBuffer: 1 << 26,
}).toString().split('\n');

let accepted = 0;
let apart = 0;
headers.forEach((text, i) => {
  const theirs = expressVerdict(text);
  if (theirs !== '-') ++accepted;
  if (theirs === output[i]) return;
  if (++apart <= 10) console.error(`${JSON.stringify(text)}\n  express ${theirs}\n  ours    ${output[i]}`);
});
console.log(`${headers.length} headers, ${accepted} accepted by express-session, ${apart} judged otherwise by ours`);
if (apart > 0 || output.length !== CASES + 1 || accepted < CASES / 10 || accepted > CASES * 0.9) {
  process.exit(1);
}
