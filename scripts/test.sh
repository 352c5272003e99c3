#!/usr/bin/env bash
# Sets up, builds and runs every test. `--sanitize` does the same under ASan and UBSan in a build
# folder of its own. Further arguments go to ctest: scripts/test.sh -L golden
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
# Judges' prompts are other projects' texts: found in their packages, and what is recorded of them
# is compared. Where that fails, the tests say what they skip.
prompts=$PWD/build-judge-prompts
if [ ! -d "$prompts" ]; then
  rm -rf "$prompts.new"  # of a call that was interrupted
  ! scripts/judge_prompts.py --output "$prompts.new" >/dev/null || mv "$prompts.new" "$prompts"
fi
if [ -d "$prompts" ]; then export MONO_JUDGE_PROMPTS=${MONO_JUDGE_PROMPTS:-$prompts}; fi
ctest --test-dir "$folder" --output-on-failure "$@"
