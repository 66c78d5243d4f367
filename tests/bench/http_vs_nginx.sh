#!/usr/bin/env bash
# The front and nginx with the same answers, taken in turns on this machine: requests a second, and the
# processor time of the server for one request, which other load disturbs less. Medians of ROUNDS.
# Build the target http_front in a release build first.
#   tests/bench/http_vs_nginx.sh BUILD_DIR [SECONDS] [ROUNDS]
set -euo pipefail
build=$1
seconds=${2:-5}
rounds=${3:-3}
sizes=(13 39500 395000 3950000)
folder=$(mktemp -d)
trap 'kill $front $(cat "$folder/nginx.pid") 2>/dev/null || true; rm -rf "$folder"' EXIT

"$build/tests/infra/http/http_front" 127.0.0.1:0 "${sizes[@]}" >"$folder/port" &
front=$!
until [ -s "$folder/port" ]; do kill -0 $front; done
ours=http://127.0.0.1:$(cat "$folder/port")
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
theirs=http://127.0.0.1:$port

mkdir -p "$folder/files/text"
for size in "${sizes[@]}"; do head -c "$size" /dev/zero | tr '\0' x >"$folder/files/$size"; done
curl -sS "$ours/text/3000" >"$folder/files/text/3000"
cat >"$folder/nginx.conf" <<END
pid $folder/nginx.pid;
error_log $folder/error.log;
worker_processes 2;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=100;
  default_type text/plain;
  gzip on; gzip_comp_level 5; gzip_min_length 1400; gzip_types text/plain;
  client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
  uwsgi_temp_path $folder; scgi_temp_path $folder;
  server { listen 127.0.0.1:$port; root $folder/files; }
}
END
chmod 755 "$folder" "$folder/files" "$folder/files/text"
nginx -e "$folder/error.log" -c "$folder/nginx.conf"
until curl -so "$folder/answer" "$theirs/13"; do :; done

# Clock ticks that the server's processes have used.
ticks() { for pid in $1; do cat "/proc/$pid/stat"; done | awk '{sum += $14 + $15} END {print sum}'; }
# measure FILE PIDS URL [HEADER]: appends requests a second and microseconds of processor time a request.
measure() {
  local before after
  before=$(ticks "$2")
  wrk -t2 -c32 -d"${seconds}s" ${4:+-H "$4"} "$3" >"$folder/wrk"
  after=$(ticks "$2")
  awk -v ticks=$((after - before)) -v hertz="$(getconf CLK_TCK)" \
    '/requests in/ {n = $1} /Requests\/sec/ {printf "%s %.2f\n", $2, ticks * 1e6 / hertz / n}' \
    "$folder/wrk" >>"$1"
}
median() { cut -d' ' -f"$2" "$1" | sort -g | sed -n "$(((rounds + 1) / 2))p"; }
etag() { curl -sSI "$1" | tr -d '\r' | awk 'tolower($1) == "etag:" {print $2}'; }
workers=$(pgrep -P "$(cat "$folder/nginx.pid")" | tr '\n' ' ')

# compare TITLE PATH [HEADER_FOR_US] [HEADER_FOR_NGINX]
compare() {
  : >"$folder/front"
  : >"$folder/nginx"
  for ((i = 0; i < rounds; i++)); do
    measure "$folder/front" "$front" "$ours/$2" "${3:-}"
    measure "$folder/nginx" "$workers" "$theirs/$2" "${4:-}"
  done
  awk -v title="$1" -v a="$(median "$folder/front" 1)" -v b="$(median "$folder/nginx" 1)" \
    -v x="$(median "$folder/front" 2)" -v y="$(median "$folder/nginx" 2)" \
    'BEGIN {printf "%-22s %10.0f %10.0f %6.2f %10.1f %10.1f %6.2f\n", title, a, b, a / b, x, y, y / x}'
}

echo "$rounds rounds of $seconds s in turns, 32 connections; load before: $(cut -d' ' -f1-3 /proc/loadavg)"
printf '%-22s %10s %10s %6s %10s %10s %6s\n' '' front nginx ratio 'front µs' 'nginx µs' ratio
for size in "${sizes[@]}"; do compare "$size bytes" "$size"; done
compare '304' 3950000 "If-None-Match: $(etag "$ours/3950000")" "If-None-Match: $(etag "$theirs/3950000")"
compare "gzip, $(stat -c %s "$folder/files/text/3000") bytes" text/3000 'Accept-Encoding: gzip' 'Accept-Encoding: gzip'
