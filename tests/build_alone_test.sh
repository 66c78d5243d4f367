#!/usr/bin/env bash
# `make build` wanted Python3 for tests that it does not build, and so failed on a bare machine.
# Configures the project as `make build` does, without the packages that only tests use.
#   tests/build_alone_test.sh ROOT
set -euo pipefail
root=$(cd "$1" && pwd)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
without=()
for package in GTest rapidcheck benchmark Python3; do
  without+=("-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON")
done
cmake --preset release -S "$root" -B "$build" "${without[@]}" >"$build/output" 2>&1 || {
  cat "$build/output" >&2
  exit 1
}
# Whatever else tests may look up, nothing of theirs was read.
if grep -qF "$root/tests/" "$build/build.ninja"; then
  echo 'make build reads the CMake files of tests; put them behind CONTACTS_TESTS' >&2
  exit 1
fi
