#!/usr/bin/env bash
# The dependency rules of the folders and the habits that grep can see. Each message says what to do
# instead.
#   tests/check_layers.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"
folders=(events projections command query infra tests)
faults=0
fault() {
  echo "$1: $2" >&2
  faults=$((faults + 1))
}
sources() { find "${folders[@]}" -name '*.h' -o -name '*.cc' 2>/dev/null | sort; }

# file pattern, pattern of our includes that it may have, what to do instead; the first match counts.
# The folders stand in the order in which they build on each other: no folder includes one below it.
layers=(
  '^events/values/' '^events/values/'
  'a value needs nothing but other values'
  '^events/json/' '^events/(values|json)/'
  'JSON knows no type of the domain; let the type list its fields'
  '^events/rows/' '^events/(values|rows)/'
  'rows know no type of the domain; let the type list its fields'
  '^events/[^/]+$' '^events/((values|json|rows|seal)/|[^/]+$)'
  'events/ is the shared language and needs nothing of the others; move what you need into it'
  '^events/seal/' '^events/(values|seal)/'
  'sealing knows bytes and keys; which members are personal belongs to the field lists of events/'
  '^events/' '^events/'
  'events/ is the shared language and needs nothing of the others; move what you need into it'
  '^projections/store/' '^(events|projections/store)/'
  'the store knows rows and keys; what an event does to them belongs to projections/views/'
  '^projections/views/' '^(events|projections/(store|views))/'
  'a view knows events and rows; let the projector hand in what you need'
  '^projections/' '^(events|projections)/'
  'projections/ knows events/ only; let the caller hand in what you need'
  '^command/[^/]+$' '^events/|^command/[^/]+$|^projections/view_lookup\.h$'
  'put the lookup into projections/view_lookup.h, the rule into Decide'
  '^command/rules/' '^events/|^command/([^/]+$|rules/)'
  'a rule decides on what TenantState tells it; put the lookup there'
  '^command/' '^(events|command)/|^projections/view_lookup\.h$'
  'put the lookup into projections/view_lookup.h, the rule into Decide'
  '^query/[^/]+$' '^(events|projections)/|^query/[^/]+$'
  'query/list/ stands on query/, not the other way round'
  '^query/' '^(events|projections|query)/'
  'query/ only reads projections/; code that writes belongs to command/, code that talks HTTP to infra/api/'
  '^infra/base/' '^events/values/|^infra/base/'
  'base/ is code that any program needs; code about contacts belongs elsewhere'
  '^infra/http/' '^events/(values|json)/|^infra/(base|http)/'
  'the front knows requests and answers only; what they mean belongs to infra/api/'
  '^infra/redis/' '^events/values/|^infra/(base|redis)/'
  'the client of Redis knows nothing of sessions; they belong to infra/identity/'
  '^infra/rocksdb/' '^events/values/|^infra/(base|rocksdb)/'
  'code that all stores in RocksDB share knows none of them; code for one of them belongs to its folder'
  '^infra/embedded/' '^events/|^infra/(base|rocksdb|embedded)/'
  'an adapter knows its port only; join adapters in infra/node/'
  '^infra/kafka/' '^events/|^infra/(base|kafka)/'
  'an adapter knows its port only; join adapters in infra/node/'
  '^infra/keys/' '^events/|^infra/(base|keys)/'
  'the keys know the port of secrets only; join them to an adapter in infra/node/'
  '^infra/local_store/' '^events/|^infra/(base|rocksdb|local_store)/'
  'an adapter knows its port only; join adapters in infra/node/'
  '^infra/rocksdb_views/' '^(events|projections)/|^infra/(base|rocksdb|rocksdb_views)/'
  'an adapter knows its port only; join adapters in infra/node/'
  '^infra/instance/' '^(events|projections|command)/|^infra/(base|instance)/'
  'an instance joins log, views and writer; code that serves them belongs to infra/api/'
  '^infra/identity/' '^(events|projections)/|^infra/(base|redis|local_store|identity)/'
  'identity/ says who asks; rights belong to query/access, HTTP to infra/api/'
  '^infra/api/' '^(events|projections|command|query)/|^infra/(base|http|instance|identity|api)/'
  'api/ knows no adapter; let infra/node/ hand in what you need'
  '^infra/ops/' '^(events|projections|command|query)/|^infra/(base|http|instance|identity|api|ops)/'
  'operations know no adapter; let infra/node/ hand in what you need'
  '^infra/node/' '^(events|projections|command|query)/|^infra/(base|http|redis|embedded|kafka|local_store|rocksdb_views|keys|instance|identity|api|ops|node)/'
  'a node is made from the adapters; code that starts it belongs to infra/cli/ and infra/app/'
  '^infra/check/' '^(events|projections)/|^infra/(base|http|redis|kafka|keys|rocksdb_views|identity|node|check)/'
  'a look changes nothing; code that serves or prints belongs to infra/node/ and infra/cli/'
  '^infra/cli/' '^(events|projections|command|query)/|^infra/(base|http|redis|embedded|kafka|local_store|rocksdb_views|keys|instance|identity|api|ops|node|check|cli)/'
  'the command line is read by infra/app/main.cc, not the other way round'
  '^infra/' '^(events|projections|command|query|infra)/'
  'product code must not need the tests; move it out of tests/'
  '^tests/' '^(events|projections|command|query|infra|tests)/'
  'there is no such folder'
)

# pattern of a library's headers, where they may be included, what to do instead
libraries=(
  '^(pistache/|http_parser\.h)' '^infra/http/' 'let infra/http/message.h carry the value'
  '^rocksdb/' '^infra/(rocksdb|embedded|local_store|rocksdb_views)/' 'use ViewStore, EventLog or SecretStore'
  '^hiredis/' '^infra/redis/' 'ask through infra/redis/redis_client.h'
  '^sodium' '^infra/identity/' 'passwords are hashed in infra/identity/'
  '^openssl/' '^(events/(values|seal)|infra/(base|identity|redis))/' 'hash through events/values/hash.h, seal through events/seal/'
  '^CLI/' '^infra/cli/' 'options are read in infra/cli/'
  '^curl/' '^infra/cli/' 'the command line alone is a client of HTTP'
  '^spdlog/' '^infra/base/log\.' 'log through infra/base/log.h'
  '^prometheus/' '^infra/instance/metrics\.' 'count through infra/instance/metrics.h'
  '^cereal/' '^events/' 'use the archives of events/ (json/json_archive.h, rows/row_archive.h)'
  '^simdjson' '^events/values/' 'use events/json/ and events/values/utf8.h'
  '^unicode/' '^events/values/' 'use events/values/unicode.h'
  '^librdkafka/' '^infra/kafka/' 'use the EventLog port'
  '^(gtest|gmock|rapidcheck)[/.]' '^tests/' 'test code belongs to tests/'
)

check_ours() {
  local file=$1 include=$2 i
  if [[ $include != */* || $include == *..* ]]; then
    fault "$file" "\"$include\" is relative; write the path from the root, so that the dependency shows"
    return
  fi
  for ((i = 0; i < ${#layers[@]}; i += 3)); do
    [[ $file =~ ${layers[i]} ]] || continue
    [[ $include =~ ${layers[i + 1]} ]] ||
      fault "$file" "must not include \"$include\": ${layers[i + 2]}"
    return
  done
}

check_library() {
  local file=$1 include=$2 i
  if [[ $include =~ ^(events|projections|command|query|infra|tests)/ ]]; then
    fault "$file" "<$include> is ours; include it with quotes"
  fi
  for ((i = 0; i < ${#libraries[@]}; i += 3)); do
    if [[ $include =~ ${libraries[i]} && ! $file =~ ${libraries[i + 1]} && ! $file =~ ^tests/ ]]; then
      fault "$file" "must not include <$include>: ${libraries[i + 2]}"
    fi
  done
}

while IFS= read -r line; do
  file=${line%%:*}
  include=${line#*:}
  if [[ $include =~ \"([^\"]+)\" ]]; then
    check_ours "$file" "${BASH_REMATCH[1]}"
  elif [[ $include =~ \<([^\>]+)\> ]]; then
    check_library "$file" "${BASH_REMATCH[1]}"
  fi
done < <(sources | xargs grep -HE '^[[:space:]]*#[[:space:]]*include' || true)

# Each source belongs to exactly one target.
while IFS= read -r file; do
  folder=${file%/*}
  lists=0
  while [ -n "$folder" ]; do
    if [ -f "$folder/CMakeLists.txt" ]; then
      found=$(sed 's/#.*//' "$folder/CMakeLists.txt" | tr '\n' ' ' |
        sed -E 's/set_source_files_properties *\([^)]*\)//g' | tr -s ' ()\t' '\n' |
        grep -cxF -- "${file#"$folder"/}" || true)
      lists=$((lists + found))
    fi
    [[ $folder == */* ]] || break
    folder=${folder%/*}
  done
  if [ "$lists" = 0 ]; then
    fault "$file" "is in no CMakeLists.txt of its folder or above; list it there, or remove it"
  elif [ "$lists" -gt 1 ]; then
    fault "$file" "is listed $lists times; let one library have it and link that"
  fi
done < <(sources | grep '\.cc$')

while IFS= read -r file; do
  lines=$(wc -l <"$file")
  # A header full of templates is a source.
  if [[ $file == *.h && $lines -gt 120 && $file != tests/* ]] &&
    [ "$(grep -c '^ *template <' "$file")" -lt 5 ]; then
    fault "$file" "has $lines lines; a header is a contract of at most 120: split it by idea"
  elif [ "$lines" -gt 300 ]; then
    echo "warning: $file has $lines lines; split it by idea" >&2
  fi
done < <(sources)

# The picture in README.md. Each box names a folder, and each folder has a box or is named as left
# out. An arrow --> or ==> is an include that the rules allow from its tail to its head, an arrow -.->
# (a callback, or a port that the head implements) from its head to its tail.
may_include() {
  local i
  for ((i = 0; i < ${#layers[@]}; i += 3)); do
    [[ $1/x.h =~ ${layers[i]} ]] || continue
    [[ $2/x.h =~ ${layers[i + 1]} ]]
    return
  done
  return 1
}

check_arrow() {
  local from=$1 to=$2
  if [ -z "$from" ] || [ -z "$to" ]; then
    fault README.md "the picture has an arrow to or from a name without a box: $3; draw the box before it"
  elif [ "$from" != outside ] && [ "$to" != outside ] && ! may_include "$from" "$to"; then
    fault README.md "the picture has an arrow by which $from/ would include $to/: no rule allows that; draw what the code does"
  fi
}

check_picture() {
  local line folder
  local box='^ +([a-z_]+)\["([a-z_/]+)' round='^ +([a-z_]+)\(\["' arrow='^ +([a-z_]+) (-->|==>|-\.->)(\|"[^"]*"\|)? ([a-z_]+)$'
  declare -A folder_of=() shown=()
  while IFS= read -r line; do
    if [[ $line =~ $box ]]; then
      folder_of[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
      shown[${BASH_REMATCH[2]}]=1
    elif [[ $line =~ $round ]]; then
      folder_of[${BASH_REMATCH[1]}]=outside # not a folder
    elif [[ $line =~ $arrow ]]; then
      if [ "${BASH_REMATCH[2]}" = '-.->' ]; then
        check_arrow "${folder_of[${BASH_REMATCH[4]}]:-}" "${folder_of[${BASH_REMATCH[1]}]:-}" "$line"
      else
        check_arrow "${folder_of[${BASH_REMATCH[1]}]:-}" "${folder_of[${BASH_REMATCH[4]}]:-}" "$line"
      fi
    elif [[ $line == *'>'*'|'* || $line == *--* ]]; then
      fault README.md "the picture has a line that this check cannot read: $line"
    fi
  done < <(sed -n '/^```mermaid$/,/^```$/p' README.md)
  while IFS= read -r folder; do
    shown[$folder]=1
  done < <(sed -n '/^Left out of the picture:/,/^$/p' README.md | grep -o '`[a-z_/]*`' | tr -d '`')
  for folder in "${!shown[@]}"; do
    [ -d "$folder" ] || fault README.md "the picture names $folder/, which is not there"
  done
  for folder in "${folders[@]}" infra/*/; do
    folder=${folder%/}
    [ "$folder" = infra ] || [ -n "${shown[$folder]:-}" ] ||
      fault README.md "$folder/ is not in the picture; draw it, or name it as left out of the picture"
  done
}
[ ! -f README.md ] || check_picture

forbid() {
  local where=$1 pattern=$2 instead=$3 hit
  while IFS= read -r hit; do
    fault "${hit%%:*}" "line $(echo "$hit" | cut -d: -f2): $instead"
  done < <(find "$where" \( -name '*.h' -o -name '*.cc' -o -name '*.py' \) -print0 2>/dev/null |
    xargs -0 -r grep -nE "$pattern" || true)
}
forbid tests '(sleep_for|sleep_until|usleep|nanosleep|time\.sleep)\(' \
  'a test waits for a condition or a position, it never sleeps'
forbid tests 'GTEST_SKIP|DISABLED_|unittest\.skip' 'a test that does not run proves nothing; mend or remove it'
for folder in "${folders[@]}"; do
  forbid "$folder" '\b(TODO|FIXME|XXX)\b' 'say it in DECISIONS.md or do it'
done

if [ "$faults" -gt 0 ]; then
  echo "$faults faults" >&2
  exit 1
fi
