#!/usr/bin/env bash
# Other people's clients work with the front: every request answered, every gzip body read whole.
#   clients_test.sh HTTP_FRONT          CONTACTS_SOAK=1: a million requests each instead of 20,000
# Node finds undici by NODE_PATH (tools/test-packages).
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

answered=0
while [ "$answered" -lt "$requests" ]; do  # wrk stops by time only
  wrk -t1 -c16 -d2s "$base/13" >"$folder/wrk"
  grep -qE 'Socket errors|Non-2xx' "$folder/wrk" && fail "$(cat "$folder/wrk")"
  now=$(awk '/requests in/ {print $1}' "$folder/wrk")
  [ "$now" -gt 0 ] || fail "$(cat "$folder/wrk")"
  answered=$((answered + now))
done
echo "wrk: $answered"

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
client.request('GET', '/events/200000')
assert client.getresponse().read() == b''.join(b'data: %d\n\n' % i for i in range(1, 200001))
client.request('GET', '/items/after')
assert client.getresponse().read() == b'after'
print('python:', requests, 'gzip and events')
END

curl -sS "$base/text/9000" >"$folder/plain"
curl -sS --compressed "$base/text/9000" | cmp - "$folder/plain"
curl -sS -H 'Accept-Encoding: gzip' "$base/text/9000" | gzip -dc | cmp - "$folder/plain"
head -c 200000 /dev/zero | curl -sS -H 'Expect: 100-continue' --data-binary @- "$base/echo" | cmp - <(head -c 200000 /dev/zero)
if [ -e /usr/share/doc/zlib1g-dev/examples/minigzip.c ]; then  # left out where documentation is
  cc -o "$folder/minigzip" /usr/share/doc/zlib1g-dev/examples/minigzip.c -lz
  curl -sS -H 'Accept-Encoding: gzip' "$base/text/9000" | "$folder/minigzip" -d | cmp - "$folder/plain"
  echo "minigzip: read whole"
fi
seq 200000 | sed 's/.*/data: &\n/' >"$folder/events"
for version in 1.0 1.1; do curl -sS "--http$version" "$base/events/200000" | cmp - "$folder/events"; done
[ "$(curl -sS -I "$base/events/200000" | tr -d '\r' | grep -c '^HTTP/1.1 200 OK$')" = 1 ] || fail "curl: HEAD of events"
echo "curl: 200000 events, over HTTP/1.0, too"
echo "curl, gzip: compressed bodies read whole; 100-continue"

node - "$base" "$requests" "$folder/plain" <<'END'
const {readFileSync} = require('node:fs');
const {gunzipSync} = require('node:zlib');
const {Client} = require('undici');
const [base, requests, plain] = process.argv.slice(2);

// Calls ask(i) for each request, `together` of them at a time.
async function askAll(together, ask) {
  let next = 0;
  async function run() {
    for (let i = next++; i < Number(requests); i = next++) {
      const [status, text] = await ask(i);
      if (status !== 200 || text !== String(i)) throw new Error(`item ${i}: ${status} ${text}`);
    }
  }
  await Promise.all(Array.from({length: together}, run));
}

async function main() {
  const text = readFileSync(plain, 'utf8');
  await askAll(16, async (i) => {
    const answer = await fetch(`${base}/items/${i}`);
    return [answer.status, await answer.text()];
  });
  if ((await (await fetch(`${base}/text/9000`)).text()) !== text) throw new Error('fetch: gzip');
  let events = '';
  for await (const part of (await fetch(`${base}/events/200000`)).body) events += Buffer.from(part);
  if (events.length !== 2688895 || !events.endsWith('data: 200000\n\n')) throw new Error('fetch: events');
  console.log('node fetch:', requests, 'gzip and events');

  const client = new Client(base, {pipelining: 16});
  let connections = 0;
  client.on('connect', () => ++connections);
  await askAll(16, async (i) => {
    const answer = await client.request({path: `/items/${i}`, method: 'GET'});
    return [answer.statusCode, await answer.body.text()];
  });
  if (connections !== 1) throw new Error(`undici: ${connections} connections`);
  const packed = await client.request(
      {path: '/text/9000', method: 'GET', headers: {'accept-encoding': 'gzip'}});
  if (packed.headers['content-encoding'] !== 'gzip') throw new Error('undici: not compressed');
  if (gunzipSync(await packed.body.arrayBuffer()).toString() !== text) throw new Error('undici: gzip');
  await client.close();
  console.log('node undici:', requests, '16 pipelined on one connection, and gzip');
}
main().catch((error) => { console.error(error); process.exit(1); });
END
