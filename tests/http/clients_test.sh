#!/usr/bin/env bash
# Other people's clients work with the front: every request answered, every gzip body read whole.
#   clients_test.sh HTTP_FRONT          CONTACTS_SOAK=1: a million requests each instead of 20,000
set -euo pipefail
requests=20000
[ "${CONTACTS_SOAK:-}" = 1 ] && requests=1000000
folder=$(mktemp -d)
"$1" 127.0.0.1:0 13 3950000 >"$folder/port" &
front=$!
trap 'kill $front; rm -rf "$folder"' EXIT
until [ -s "$folder/port" ]; do kill -0 $front; done
base=http://127.0.0.1:$(cat "$folder/port")
fail() {
  echo "$1" >&2
  exit 1
}

answered=$(curl -sS -w '%{http_code}\n' -o /dev/null "$base/items/[1-$requests]" | grep -c '^200$')
[ "$answered" = "$requests" ] || fail "curl: $answered of $requests"
echo "curl: $answered"

h2load --h1 -n "$requests" -c 16 -m 8 "$base/13" >"$folder/h2load"
grep -q "$requests succeeded, 0 failed, 0 errored, 0 timeout" "$folder/h2load" || fail "$(cat "$folder/h2load")"
echo "h2load: $requests, 8 pipelined"

wrk -t1 -c16 -d2s "$base/13" >"$folder/wrk"
grep -qE 'Socket errors|Non-2xx' "$folder/wrk" && fail "$(cat "$folder/wrk")"
[ "$(awk '/requests in/ {print $1}' "$folder/wrk")" -gt 0 ] || fail "$(cat "$folder/wrk")"
echo "wrk: $(awk '/requests in/ {print $1}' "$folder/wrk")"

python3 - "$base" "$requests" <<'END'
import gzip, http.client, sys, zlib
host, requests = sys.argv[1].removeprefix('http://'), int(sys.argv[2])
client = http.client.HTTPConnection(host)
for i in range(requests):
    client.request('GET', f'/items/{i}')
    answer = client.getresponse()
    assert answer.status == 200 and answer.read() == str(i).encode()
client.request('POST', '/echo', body=iter([b'a' * 1000, b'b' * 1000]), encode_chunked=True,
               headers={'Transfer-Encoding': 'chunked'})
assert client.getresponse().read() == b'a' * 1000 + b'b' * 1000
client.request('GET', '/text/9000')
plain = client.getresponse().read()
client.request('GET', '/text/9000', headers={'Accept-Encoding': 'gzip'})
answer = client.getresponse()
packed = answer.read()
assert answer.headers['Content-Encoding'] == 'gzip' and len(packed) < len(plain)
assert gzip.decompress(packed) == plain
member = zlib.decompressobj(31)
assert member.decompress(packed) == plain and member.eof and not member.unused_data
print('python:', requests, 'and gzip')
END

curl -sS "$base/text/9000" >"$folder/plain"
curl -sS --compressed "$base/text/9000" | cmp - "$folder/plain"
curl -sS -H 'Accept-Encoding: gzip' "$base/text/9000" | gzip -dc | cmp - "$folder/plain"
head -c 200000 /dev/zero | curl -sS -H 'Expect: 100-continue' --data-binary @- "$base/echo" | cmp - <(head -c 200000 /dev/zero)
echo "curl, gzip: compressed bodies read whole; 100-continue"

if command -v node >/dev/null; then
  node - "$base" "$requests" "$folder/plain" <<'END'
const [base, requests, plain] = process.argv.slice(2);
const {readFileSync} = require('node:fs');
let next = 0;
async function run() {
  for (let i = next++; i < Number(requests); i = next++) {
    const answer = await fetch(`${base}/items/${i}`);
    if (answer.status !== 200 || (await answer.text()) !== String(i)) throw new Error(`item ${i}`);
  }
}
(async () => {
  await Promise.all(Array.from({length: 16}, run));
  const text = await (await fetch(`${base}/text/9000`)).text();
  if (text !== readFileSync(plain, 'utf8')) throw new Error('gzip');
  console.log('node:', requests, 'and gzip');
})().catch((error) => { console.error(error); process.exit(1); });
END
fi
