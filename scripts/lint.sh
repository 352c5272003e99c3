#!/usr/bin/env bash
# clang-format and clang-tidy on our own code; fails on the first finding of either.
#   scripts/lint.sh            every file
#   scripts/lint.sh --changed  clang-tidy only on the .cc files of the last commit
set -euo pipefail
source "$(dirname "$0")/common.sh"
scripts/setup.sh --lint

mapfile -t all < <(git ls-files '*.cc' '*.h' '*.cu' '*.cuh')
clang-format-14 --dry-run --Werror "${all[@]}"
echo "lint: clang-format is content with ${#all[@]} files"

# One of tests/walls/ must not compile.
cc=('*.cc' ':!tests/walls/')
if [ "${1:-}" = "--changed" ]; then
  base=$(git rev-parse --verify --quiet HEAD~1 || git hash-object -t tree /dev/null)
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" HEAD -- "${cc[@]}")
else
  mapfile -t files < <(git ls-files "${cc[@]}")
fi
[ ${#files[@]} -gt 0 ] || { echo "lint: no .cc file to look at"; exit 0; }

# A folder of its own: clang-tidy cannot read g++'s precompiled headers.
build=build-tidy
cmake -G Ninja -S . -B $build -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON &>/dev/null
ninja -C $build mono_git_commit >/dev/null
# The analyzer takes a fifth of the time in its shallow mode, most of which the tests' macros cost.
analyzer=(-Xclang -analyzer-config -Xclang mode=shallow)
printf '%s\n' "${files[@]}" |
  xargs -P 2 -n 1 clang-tidy -p $build --quiet "${analyzer[@]/#/--extra-arg=}" 2> >(grep -v 'warnings generated' >&2)
echo "lint: clang-tidy is content with ${#files[@]} files"
