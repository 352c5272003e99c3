#!/usr/bin/env bash
# Sets up, builds and runs every test, two side by side where there are two cores. `--sanitize` does
# the same under ASan and UBSan in a build folder of its own. Further arguments go to ctest:
# scripts/test.sh -L golden
set -euo pipefail
source "$(dirname "$0")/common.sh"

folder=build options=()
if [ "${1:-}" = "--sanitize" ]; then
  shift
  folder=build-sanitize options=(-DMONO_SANITIZE=ON)
fi
scripts/setup.sh
build_in "$folder" "${options[@]}"
# detect_leaks: Torch keeps its dispatcher's tables until the process ends.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# Threads that wait do not take the core from one that works: tests run side by side.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
# make_once FOLDER SCRIPT: what a script finds in others' packages, for the tests that compare with it.
# Where it finds nothing, they say what they skip.
make_once() {
  [ -d "$1" ] && return
  rm -rf "$1.new"  # of a call that was interrupted
  ! "$2" --output "$1.new" >/dev/null || mv "$1.new" "$1"
}
make_once "$PWD/build-judge-prompts" scripts/judge_prompts.py
make_once "$PWD/build-junit-schemas" scripts/junit_schemas.py
if [ -d build-judge-prompts ]; then
  export MONO_JUDGE_PROMPTS=${MONO_JUDGE_PROMPTS:-$PWD/build-judge-prompts}
fi
if [ -d build-junit-schemas ]; then
  export MONO_JUNIT_XSD=${MONO_JUNIT_XSD:-$PWD/build-junit-schemas}
fi
beside=$(($(nproc) > 1 ? 2 : 1))
ctest --test-dir "$folder" --output-on-failure -j "$beside" "$@"
