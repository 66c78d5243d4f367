#!/usr/bin/env bash
# check_layers.sh finds each kind of fault that is planted, and nothing in a clean tree.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fresh() {
  rm -rf "${root:?}"/*
  mkdir -p "$root"/{events,projections,command,query,infra/http,tests}
  echo '#include "events/a.h"' >"$root/command/b.cc"
  echo 'add_library(b b.cc)' >"$root/command/CMakeLists.txt"
}
expect() { # WHAT MESSAGE: the check fails and says MESSAGE
  local said
  if said=$("$here/check_layers.sh" "$root" 2>&1); then
    echo "not found: $1" >&2
    exit 1
  fi
  if [[ $said != *"$2"* ]]; then
    echo "$1: said '$said', not '$2'" >&2
    exit 1
  fi
}

fresh
"$here/check_layers.sh" "$root"
echo 'set_source_files_properties(b.cc PROPERTIES X ON)' >>"$root/command/CMakeLists.txt"
"$here/check_layers.sh" "$root"
fresh && echo '#include "query/list/list.h"' >>"$root/command/b.cc"
expect 'command that reads query' 'put the lookup into projections/view_lookup.h'
fresh && echo '#include "projections/store/view_store.h"' >>"$root/command/b.cc"
expect 'command that reads views' 'must not include "projections/store/view_store.h"'
fresh && echo '#include <rocksdb/db.h>' >>"$root/command/b.cc"
expect 'RocksDB in command' 'use ViewStore'
fresh && echo '#include "b.h"' >>"$root/command/b.cc"
expect 'relative include' 'write the path from the root'
fresh && echo '#include "infra/identity/sessions.h"' >"$root/infra/http/c.h"
expect 'front that knows sessions' 'belongs to infra/api/'
fresh && touch "$root/command/lost.cc"
expect 'source in no target' 'is in no CMakeLists.txt'
fresh && echo 'add_library(c b.cc)' >>"$root/command/CMakeLists.txt"
expect 'source in two targets' 'is listed 2 times'
fresh && printf '// %s\n' {1..121} >"$root/events/a.h"
expect 'long header' 'at most 120'
fresh && printf 'time%s(1)\n' '.sleep' >"$root/tests/t.py"
expect 'sleeping test' 'never sleeps'
# A picture of the tree above.
draw() {
  fresh
  printf '%s\n' '```mermaid' '  client(["client"])' '  http["infra/http<br/>front"]' '  events["events<br/>records"]' \
    '  command["command"]' '  client ==>|"1 request"| http' '  command -->|"2 record"| events' "$@" '```' \
    'Left out of the picture: `projections`, `query`,' '`tests`.' >"$root/README.md"
}
draw
"$here/check_layers.sh" "$root"
draw '  events -.-> command'
"$here/check_layers.sh" "$root"
draw '  events --> command'
expect 'arrow against the rules' 'an arrow by which events/ would include command/'
draw '  command -.-> events'
expect 'dotted arrow against the rules' 'an arrow by which events/ would include command/'
draw '  command --> evnts'
expect 'arrow to no box' 'a name without a box:   command --> evnts'
draw '  redis["infra/redis"]'
expect 'box of no folder' 'names infra/redis/, which is not there'
draw && mkdir "$root/infra/redis"
expect 'folder without a box' 'infra/redis/ is not in the picture'
draw '  command ---> events'
expect 'unreadable arrow' 'a line that this check cannot read'
echo 'each planted fault was found'
