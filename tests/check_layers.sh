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

# file pattern, pattern of the includes of ours that it may have, what to do instead; the first counts
layers=(
  '^events/' '^events/'
  'events/ is the shared language and needs nothing of the others; move what you need into it'
  '^projections/' '^(events|projections)/'
  'projections/ knows events/ only; let the caller hand in what you need'
  '^command/' '^(events|command)/|^projections/registry\.h$'
  'put the lookup into projections/registry.h, the rule into Decide'
  '^query/' '^(events|projections|query)/'
  'query/ only reads projections/; what writes belongs to command/, what talks HTTP to infra/api/'
  '^infra/http/' '^events/|^infra/(http/|(log|system_clock|thread_name)\.h$)'
  'the front knows requests and answers only; what they mean belongs to infra/api/'
  '^infra/embedded/' '^(events|projections)/|^infra/(embedded/|(log|system_clock|thread_name)\.h$)'
  'an adapter knows its port only; join adapters in infra/serve or infra/main.cc'
  '^infra/kafka/' '^events/|^infra/(kafka/|session/secret_store\.h$|(log|system_clock|thread_name)\.h$)'
  'an adapter knows its port only; join adapters in infra/serve or infra/main.cc'
  '^infra/session/' '^(events|projections)/|^infra/(session/|(log|system_clock|thread_name)\.h$)'
  'an adapter knows its port only; join adapters in infra/serve or infra/main.cc'
  '^infra/instance/' '^(events|projections|command)/|^infra/(instance/|(log|system_clock|thread_name)\.h$)'
  'an instance joins log, views and writer; what serves them belongs to infra/api/'
  '^infra/' '^(events|projections|command|query|infra)/'
  'product code must not need the tests; move it out of tests/'
  '^tests/' '^(events|projections|command|query|infra|tests)/'
  'there is no such folder'
)

# pattern of a library's headers, where they may be included, what to do instead
libraries=(
  '^(pistache/|http_parser\.h)' '^infra/http/' 'let infra/http/message.h carry the value'
  '^rocksdb/' '^(projections|infra/embedded|infra/session)/' 'use ViewStore, EventLog or SecretStore'
  '^hiredis/' '^infra/session/' 'ask through infra/session/redis_client.h'
  '^sodium' '^infra/session/' 'passwords and random session ids are made in infra/session/'
  '^openssl/' '^(events|infra/session)/' 'hash through events/hash.h'
  '^CLI/' '^infra/(cli/|config\.)' 'options are read in infra/config and infra/cli/'
  '^spdlog/' '^infra/log\.' 'log through infra/log.h'
  '^prometheus/' '^infra/metrics\.' 'count through infra/metrics.h'
  '^cereal/' '^events/' 'use the archives of events/ (json_archive.h, row_archive.h)'
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
