#!/usr/bin/env bash
# Builds the fuzzers of the text half and runs them, two at a time; fails if one finds anything, or
# has tried no input at all.
#   scripts/fuzz.sh SECONDS [NAME ...]   each for that long: tsv json parquet sheet predictions ...
# A finding is kept as build-fuzz/findings/<name>-*; run the fuzzer on it to see it again.
set -euo pipefail
source "$(dirname "$0")/common.sh"
[ $# -ge 1 ] || { echo "usage: scripts/fuzz.sh SECONDS [NAME ...]" >&2; exit 2; }
export SECONDS_EACH=$1
shift
scripts/setup.sh --fuzz

build=build-fuzz
CC=clang-14 CXX=clang++-14 build_in $build -DMONO_FUZZ=ON -DCMAKE_BUILD_TYPE=None
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for folder in tests/fuzz/corpus/*/; do names+=("$(basename "$folder")"); done
fi

run_one() {
  local name=$1 build=build-fuzz
  mkdir -p $build/corpus/"$name" $build/findings
  # detect_leaks: Arrow keeps its memory pools until the process ends.
  if ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
    $build/tests/fuzz/fuzz_"$name" -max_total_time="$SECONDS_EACH" -timeout=25 -rss_limit_mb=4096 \
    -max_len=4096 -artifact_prefix=$build/findings/"$name"- -print_final_stats=1 \
    $build/corpus/"$name" tests/fuzz/corpus/"$name" >$build/"$name".log 2>&1; then
    local inputs
    inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' $build/"$name".log)
    [ "${inputs:-0}" -gt 0 ] || { echo "fuzz: $name: NO INPUT tried; see $build/$name.log"; return 1; }
    echo "fuzz: $name: $inputs inputs, no finding"
  else
    echo "fuzz: $name: FINDING; the end of $build/$name.log:"
    tail -n 60 $build/"$name".log
    return 1
  fi
}
export -f run_one
printf '%s\n' "${names[@]}" | xargs -P 2 -I{} bash -c 'run_one {}'
echo "fuzz: ${#names[@]} fuzzers, $SECONDS_EACH s each, no finding"
