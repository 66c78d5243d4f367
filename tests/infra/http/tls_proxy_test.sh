#!/usr/bin/env bash
# The nginx server of docs/tls-proxy.md, with ports and files of its own, in front of the front.
#   tls_proxy_test.sh HTTP_FRONT DOCS
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
ACCESS_LOG=1 "$1" 127.0.0.1:0 3950000 >"$folder/port" 2>"$folder/log" &
front=$!
trap 'kill $front 2>/dev/null || true; [ -s "$folder/nginx.pid" ] && kill "$(cat "$folder/nginx.pid")"; rm -rf "$folder"' EXIT
until [ -s "$folder/port" ]; do kill -0 $front; done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=contacts.example.com \
  -addext subjectAltName=DNS:contacts.example.com -keyout "$folder/key" -out "$folder/pem" 2>/dev/null
{
  echo "pid $folder/nginx.pid; error_log $folder/error.log; events {}"
  echo "http { access_log off;"
  for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $folder/$kind;"; done
  sed -n '/^```nginx$/,/^```$/p' "$2/tls-proxy.md" | grep -v '^```' |
    sed -e "s|127.0.0.1:8080|127.0.0.1:$(cat "$folder/port")|" -e "s|listen 443|listen 127.0.0.1:$port|" \
      -e "s|/etc/ssl/contacts.pem|$folder/pem|" -e "s|/etc/ssl/contacts.key|$folder/key|"
  echo "}"
} >"$folder/nginx.conf"
nginx -e "$folder/error.log" -c "$folder/nginx.conf"

ask() {
  curl -sS --cacert "$folder/pem" --resolve "contacts.example.com:$port:127.0.0.1" \
    "$@"
}
base=https://contacts.example.com:$port
expect() {
  [ "$2" = "$3" ] || {
    echo "$1: expected \"$3\", got \"$2\"" >&2
    exit 1
  }
}
expect 'who asks' "$(ask -H 'X-Forwarded-For: 1.2.3.4' -H 'X-Forwarded-Proto: http' "$base/who")" \
  "127.0.0.1 https contacts.example.com:$port"
expect 'HTTP/1.1' "$(ask --http1.1 -d hello "$base/echo")" hello
expect 'a long answer' "$(ask "$base/3950000" | wc -c)" 3950000
expect 'keep-alive' "$(ask "$base/items/[1-500]" | wc -c)" 1392
expect 'not found' "$(ask -o /dev/null -w '%{http_code}' "$base/none")" 404
# A line for each request, with the client and without the query.
curl -sS -o /dev/null -H 'X-Request-Id: seen-1' "http://127.0.0.1:$(cat "$folder/port")/who?secret=1"
expect 'events' "$(ask "$base/events/1000" | grep -c '^data: ')" 1000
# Each text is passed on when it comes.
ask -N -o "$folder/events" "$base/events/0" &
listener=$!
until [ -s "$folder/events" ]; do kill -0 $listener; done
kill $front
wait $front $listener
expect 'the last event' "$(cat "$folder/events")" $':\n\nevent: bye'
expect 'ends of streams in the log' "$(grep -c 'stream ended end=complete bytes=[0-9]* ms=[0-9]* request_id=' "$folder/log")" 2
expect 'lines in the access log' "$(grep -c ' request ' "$folder/log")" 507
grep -q 'method=GET path=/who status=400 bytes=[0-9]* us=[0-9]* client=127.0.0.1 request_id=seen-1' "$folder/log"
expect 'no query in the log' "$(grep -c secret "$folder/log")" 0
echo "the proxy of docs/tls-proxy.md works"
