#!/usr/bin/env bash
# clang-format and clang-tidy on our own code; fails on the first finding of either.
#   scripts/lint.sh            every file
#   scripts/lint.sh --changed  clang-tidy only on the .cc files that the last commit concerns
set -euo pipefail
source "$(dirname "$0")/common.sh"
scripts/setup.sh --lint

mapfile -t all < <(git ls-files '*.cc' '*.h' '*.cu' '*.cuh')
clang-format-14 --dry-run --Werror "${all[@]}"
echo "lint: clang-format is content with ${#all[@]} files"

# changed_sources: the .cc files of the last commit, and of its headers the sources and tests of
# the same name.
changed_sources() {
  local base file other
  base=$(git rev-parse --verify --quiet HEAD~1 || git hash-object -t tree /dev/null)
  git diff --name-only --diff-filter=d "$base" HEAD -- '*.cc' '*.h' '*.cuh' | while read -r file; do
    for other in "${file%.*}.cc" "tests/$(basename "${file%.*}")_test.cc"; do
      if [ -f "$other" ]; then echo "$other"; fi
    done
  done | sort -u
}

if [ "${1:-}" = "--changed" ]; then
  mapfile -t files < <(changed_sources)
else
  mapfile -t files < <(git ls-files '*.cc')
fi
# One of tests/walls/ must not compile.
mapfile -t files < <(printf '%s\n' "${files[@]}" | grep -v '^tests/walls/' | grep .)
[ ${#files[@]} -gt 0 ] || { echo "lint: no .cc file to look at"; exit 0; }

# A folder of its own: clang-tidy cannot read g++'s precompiled headers.
build=build-tidy
configure_in $build -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON
ninja -C $build mono_git_commit >/dev/null
# The analyzer takes a fifth of the time in its shallow mode, most of which the tests' macros cost.
analyzer=(-Xclang -analyzer-config -Xclang mode=shallow)
printf '%s\n' "${files[@]}" |
  xargs -P 2 -n 1 clang-tidy -p $build --quiet "${analyzer[@]/#/--extra-arg=}" 2> >(grep -v 'warnings generated' >&2)
echo "lint: clang-tidy is content with ${#files[@]} files"
