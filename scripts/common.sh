# Sourced by the other scripts: where the build lives and how it is made.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/.venv/bin:$PATH"
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

# configure_in FOLDER [CMake option ...]: silent, but for the whole log where it fails.
configure_in() {
  local folder=$1 log=$1/configure.log
  shift
  mkdir -p "$folder"
  cmake -G Ninja -S . -B "$folder" "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }
}

# build_in FOLDER [CMake option ...] [-- target ...]
build_in() {
  local folder=$1 options=()
  shift
  while [ $# -gt 0 ] && [ "$1" != "--" ]; do options+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  configure_in "$folder" -DMONO_WERROR=ON "${options[@]}" || return 1
  if [ $# -gt 0 ]; then ninja -C "$folder" "$@"; else ninja -C "$folder"; fi
}
