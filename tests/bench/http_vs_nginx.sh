#!/usr/bin/env bash
# Requests a second of the front and of nginx serving files of the same sizes, taken in turns, the
# medians of ROUNDS, on this machine. Build the target http_front in a release build first.
#   tests/bench/http_vs_nginx.sh BUILD_DIR [SECONDS] [ROUNDS]
set -euo pipefail
build=$1
seconds=${2:-5}
rounds=${3:-3}
sizes=(13 39500 395000 3950000)
folder=$(mktemp -d)
trap 'kill $front $(cat "$folder/nginx.pid") 2>/dev/null || true; rm -rf "$folder"' EXIT

mkdir "$folder/files"
for size in "${sizes[@]}"; do head -c "$size" /dev/zero | tr '\0' x >"$folder/files/$size"; done
cat >"$folder/nginx.conf" <<END
pid $folder/nginx.pid;
error_log $folder/error.log;
worker_processes 2;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=100;
  default_type application/json;
  client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
  uwsgi_temp_path $folder; scgi_temp_path $folder;
  server { listen 127.0.0.1:19601; root $folder/files; }
}
END
chmod 755 "$folder" "$folder/files"
nginx -c "$folder/nginx.conf"
"$build/tests/http/http_front" 127.0.0.1:19600 "${sizes[@]}" >/dev/null &
front=$!
until curl -so /dev/null http://127.0.0.1:19600/13 && curl -so /dev/null http://127.0.0.1:19601/13; do :; done

rate() { wrk -t1 -c32 -d"${seconds}s" "http://127.0.0.1:$1/$2" | awk '/Requests\/sec/ {print $2}'; }
median() { sort -g | sed -n "$(((rounds + 1) / 2))p"; }
printf '%10s %12s %12s %6s\n' bytes front nginx ratio
for size in "${sizes[@]}"; do
  : >"$folder/front"
  : >"$folder/nginx"
  for ((i = 0; i < rounds; i++)); do
    rate 19600 "$size" >>"$folder/front"
    rate 19601 "$size" >>"$folder/nginx"
  done
  ours=$(median <"$folder/front")
  theirs=$(median <"$folder/nginx")
  printf '%10s %12s %12s %6s\n' "$size" "$ours" "$theirs" \
    "$(awk -v a="$ours" -v b="$theirs" 'BEGIN {printf "%.2f", a / b}')"
done
