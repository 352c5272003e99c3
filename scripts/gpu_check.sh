#!/usr/bin/env bash
# Everything that only a GPU can show, in one call: correctness, compute-sanitizer, times.
#
#   scripts/gpu_check.sh            builds, packs build/gpu_check/ and, where a GPU is, runs it
#   bash FOLDER/gpu_check.sh        runs a packed folder on a machine with a GPU, a Python that has
#                                   torch 2.11 (cu130), and neither this repository nor a network
#
# Results go to $OUT, by default FOLDER/out: results.json, summary.md and a log for each kind of
# check. STEPS, by default "checks golden times", says what runs; "peers" among it also times what
# other programs take (scripts/peers/gpu_peers.py; minutes). No step outlives BUDGET_SECONDS of the
# whole, by default 420. VARIANTS names the golden variants to pack, by default all that have room.
# Exit codes: 0 all right, 1 something failed, 2 the folder is too large or STEPS names no step, 3 no
# GPU (or no torch).
set -uo pipefail
steps=${STEPS:-checks golden times}
for word in $steps; do
  [[ " checks golden times peers " == *" $word "* ]] && continue
  echo "gpu_check: STEPS: expected checks, golden, times or peers, got '$word'" >&2
  exit 2
done
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
largest_bytes=$((64 << 20))  # of a packed folder and the repository, which may travel beside it

kernel_tests=(
  kernels_test kernel_activations_test kernel_attention_test kernel_decode_attention_test
  kernel_linear_test kernel_norms_test
  kernel_rotary_append_test kernel_row_copy_test kernel_tiles_test kernel_token_rows_test)
engine_tests=(decode_batch_test)
golden_tests=(golden_model_test golden_batch_test golden_rgb_test)
most_picture_bytes=5500000  # of the golden pictures, before they are compressed
needed_variants=(${VARIANTS:-mono_v1 internvl15_vit300m})  # by default those compute-sanitizer sees

# --- packing -----------------------------------------------------------------------------------

compressed() { tar --sort=name --mtime=@0 --owner=0 --group=0 -c -h -C "$1" "${@:2}" | gzip -n; }

# Whole variants only, those that are needed and then the smallest first, as many as have room
# beside the programs; $4 takes the names of the others.
pack_golden() {
  local from=$1 to=$2 room=$3 left_out=$4 size variant
  mkdir -p "$to"
  : > "$left_out"
  while read -r _ size variant; do
    [ "$size" -le "$room" ] || { echo "$variant" >> "$left_out"; continue; }
    cp -RL "$from/$variant" "$to/"
    chmod -R u+w "$to/$variant"
    room=$((room - size))
  done < <(for variant in "$from"/*/; do
    variant=$(basename "$variant")
    [[ -z ${VARIANTS:-} || " $VARIANTS " == *" $variant "* ]] || continue
    [[ " ${needed_variants[*]} " == *" $variant "* ]]
    printf '%s %s %s\n' "$?" "$(compressed "$from" "$variant" | wc -c)" "$variant"
  done | sort -n -k1,1 -k2,2 -k3,3)
  for variant in "${needed_variants[@]}"; do
    [ -d "$to/$variant" ] || { echo "gpu_check: no room for $variant, or not in $from" >&2; exit 2; }
  done
}

pack() {
  local folder=build/gpu_check payload=build/gpu_check_payload golden=${MONO_GOLDEN:-../shared/golden}
  local beside room
  [ -d "$golden/model" ] || golden=tests/golden
  rm -rf "$folder" "$payload"
  mkdir -p "$folder" "$payload/bin" "$payload/lib"
  cp build/tests/launch_checks/kernels_launch_check build/evaluator/bench/mono-bench "$payload/bin/"
  cp "${kernel_tests[@]/#/build/tests/}" "${engine_tests[@]/#/build/tests/}" \
    "${golden_tests[@]/#/build/tests/}" "$payload/bin/"
  cp build/kernels/libmono_kernels.so "$payload/lib/"
  strip "$payload"/bin/* "$payload"/lib/*
  cp scripts/gpu_check.sh scripts/gpu_check_report.py scripts/make_synthetic_checkpoint.py \
    scripts/peers/gpu_peers.py scripts/peers/mono_torch.py "$folder/"
  git rev-parse --short=12 HEAD > "$folder/commit"
  [ -z "$(git status --porcelain --untracked-files=no)" ] || echo dirty >> "$folder/commit"

  beside=$(git ls-files -z | du -cb --files0-from=- | tail -1 | cut -f1)
  room=$((largest_bytes - beside))
  mkdir "$payload/golden"
  MONO_GOLDEN=$golden build/tests/pack_rgb_pictures "$payload/golden" "$most_picture_bytes"
  pack_golden "$golden/model" "$payload/golden/model" \
    $((room - $(compressed "$payload" bin lib golden | wc -c) - (1 << 20))) "$folder/left_out"
  [ -d "$payload/golden/rgb" ] || echo golden_pictures >> "$folder/left_out"
  compressed "$payload" bin lib golden > "$folder/payload.tar.gz"
  echo "gpu_check: $folder: $(ls "$payload/golden/model" | wc -l) golden variants," \
    "$(wc -l < "$folder/left_out") left out for want of room," \
    "$(du -sb "$folder" | cut -f1) bytes; the repository: $beside"
  if [ "$(du -sb "$folder" | cut -f1)" -gt "$room" ]; then
    echo "gpu_check: together more than $largest_bytes bytes" >&2
    exit 2
  fi
}

if [ ! -f "$here/payload.tar.gz" ]; then
  source "$here/common.sh"
  build_in build -- kernels_launch_check mono-bench pack_rgb_pictures "${kernel_tests[@]}" "${engine_tests[@]}" \
    "${golden_tests[@]}" || exit 1
  pack
  exec bash build/gpu_check/gpu_check.sh
fi

# --- running a packed folder -------------------------------------------------------------------

out=${OUT:-$here/out}
budget_seconds=${BUDGET_SECONDS:-420}
work=$(mktemp -d)
trap 'rm -rf "$work" "${models:-$work}"' EXIT
mkdir -p "$out" "$work/steps"
tar -xzf "$here/payload.tar.gz" -C "$work" || { echo "gpu_check: broken payload" >&2; exit 1; }

# torch_of PYTHON: the folder of its torch; fails where it has none.
torch_of() {
  "$1" -c '
import importlib.util, sys
torch = importlib.util.find_spec("torch")
sys.exit(1) if torch is None else print(torch.submodule_search_locations[0])' 2>/dev/null
}

torch=
for python in python3 python "$here/../../.venv/bin/python"; do
  python=$(command -v "$python") && torch=$(torch_of "$python") && break
done
[ -n "$torch" ] || { echo "gpu_check: no Python here has torch: nothing was checked" >&2; exit 3; }
site=$(dirname "$torch")
libraries=$work/lib:$torch/lib
for folder in "$site"/nvidia/*/lib; do libraries+=:$folder; done
export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export MONO_GOLDEN=$work/golden MONO_DEVICE=cuda

# tool NAME: its path, wherever a toolkit may have put it.
tool() {
  local path
  for path in "$(command -v "$1")" /usr/local/{cuda*,nvidia}/bin/"$1" \
    /usr/local/cuda*/compute-sanitizer/"$1" "$site"/nvidia/*/bin/"$1" \
    $(timeout 10 find /opt /usr -name "$1" -type f 2>/dev/null); do
    [ -x "$path" ] && { echo "$path"; return; }
  done
  echo "$1"
}

# step NAME LOG SECONDS COMMAND ...: never ends the script; the report reads what is left behind.
# mono-bench, told to end, still says what its complete rounds gave: it has 15 seconds for that.
step() {
  local name=$1 log=$2 limit=$3 left=$((budget_seconds - SECONDS)) start code
  shift 3
  [ "$limit" -lt "$left" ] || limit=$((left > 1 ? left : 1))
  start=$(date +%s%N)
  timeout --kill-after=15 "$limit" "$@" > "$work/steps/$name.log" 2>&1
  code=$?
  printf '%s\t%s\t%s\t%s\n' "$name" "$code" $((($(date +%s%N) - start) / 1000000)) "$log" \
    > "$work/steps/$name.tsv"
  printf 'gpu_check: %-24s exit %-3s %7.1f s\n' "$name" "$code" \
    "$(( ($(date +%s%N) - start) / 100000000 ))e-1"
}

report() {
  "$python" "$here/gpu_check_report.py" "$work" "$out" "$(tr '\n' ' ' < "$here/commit")"
}

# runs NAME: whether it was asked for.
runs() { [[ " $steps " == *" $1 "* ]]; }

step launch_check checks 60 "$work/bin/kernels_launch_check"
if [ "$(cut -f2 "$work/steps/launch_check.tsv")" = 3 ]; then
  cat "$work/steps/launch_check.log"
  echo "gpu_check: no CUDA device: nothing was checked, nothing was measured"
  exit 3
fi

facts() {
  "$(tool nvidia-smi)" --query-gpu=name,driver_version,memory.total,clocks.sm,clocks.max.sm,clocks.mem,power.draw,power.limit,temperature.gpu --format=csv
  "$(tool nvcc)" --version | tail -2
  (cd "$site" && ls -d torch-*.dist-info nvidia_*.dist-info transformers-*.dist-info triton-*.dist-info)
  uname -sr
}
step device device 20 bash -c "$(declare -f facts tool); site=$site; facts"

# None of the checks is timed, so the checkpoints are written meanwhile.
sanitizer=$(tool compute-sanitizer)
memory_bytes=$(df -P --block-size=1 /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ "${memory_bytes:-0}" -gt 20000000000 ]; then place=/dev/shm; else place=${TMPDIR:-/tmp}; fi
models=$(mktemp -d -p "$place")
# Few at a time: two processes on the card, of which at most one is under the sanitizer.
sanitized() {
  local kind
  for kind in memcheck racecheck initcheck synccheck; do
    step "$kind" checks 60 "$sanitizer" --tool "$kind" --error-exitcode 9 \
      "$work/bin/kernels_launch_check"
  done
  local memcheck=(env PYTORCH_NO_CUDA_MEMORY_CACHING=1 "$sanitizer" --tool memcheck
    --error-exitcode 9)
  step engine_memcheck golden 100 "${memcheck[@]}" "$work/bin/golden_model_test" \
    '--gtest_filter=*mono_v1/one_tile.bf16.fused*:*internvl15_vit300m/one_tile.bf16.fused*'
  step batch_memcheck golden 100 "${memcheck[@]}" "$work/bin/golden_batch_test" \
    '--gtest_filter=*mono_v1.bf16.fused.7_*:*internvl15_vit300m.bf16.fused.7_with_prefixes'
}
tested() {
  local name
  for name in "${kernel_tests[@]}"; do
    step "$name" tests 120 env MONO_TILE_SIZES=5000 "$work/bin/$name" '--gtest_filter=*cuda*'
  done
  for name in "${engine_tests[@]}"; do step "$name" tests 120 "$work/bin/$name"; done
}
as_the_reference() {
  local name
  [ -d "$MONO_GOLDEN/rgb" ] || golden_tests=("${golden_tests[@]/golden_rgb_test}")
  for name in ${golden_tests[*]}; do step "$name" golden 120 "$work/bin/$name"; done
}
written() {
  local kind
  for kind in mono-internvl-2b internvl-1.5-2b; do
    step "checkpoint_$kind" bench 120 "$python" "$here/make_synthetic_checkpoint.py" "$kind" \
      "$models/$kind"
  done
}
runs checks && tested &
{ ! runs checks || sanitized; ! runs golden || as_the_reference; } &
written &
wait
report > /dev/null

# Times, one after the other, on a card that does nothing else.
"$(tool nvidia-smi)" --query-gpu=clocks.sm,clocks.mem,power.draw,temperature.gpu --format=csv,noheader,nounits \
  -lms 500 > "$work/clocks.csv" 2>/dev/null &
watcher=$!
bench=("$work/bin/mono-bench")
mono=(--model "mono=$models/mono-internvl-2b")
both=("${mono[@]}" --model "internvl-1.5=$models/internvl-1.5-2b")
# timed NAME SECONDS VERB OPTION ...: what was measured so far outlives a call that is cut off.
timed() {
  step "$1" bench "$2" "${bench[@]}" "$3" --device cuda --json "$work/$1.json" "${@:4}"
  report > /dev/null
}
all_timed() {
  timed kernels 90 kernels
  timed kernels_tuned 90 kernels --filter linear --tune-gemm
  timed latency 120 latency "${both[@]}" --new-tokens 32 --repetitions 20
  timed latency_prompts 75 latency "${mono[@]}" --tiles 1,3,7 --new-tokens 2 --repetitions 10 \
    --modes free,free-unrecorded,deterministic,deterministic-unrecorded,fast
  timed profile 60 latency "${mono[@]}" --modes free --tiles 1,7 --new-tokens 8 --repetitions 1 \
    --profile "$work/profile"
  timed latency_paper 90 latency "${both[@]}" --modes free --totals 1024,2048,4096 \
    --concurrency 16 --new-tokens 16 --repetitions 6
  timed throughput 90 throughput "${both[@]}" --items 64 --alone 4 --repetitions 6
}
if runs times; then all_timed; fi
if runs peers; then
  step peers bench 300 "$python" "$here/gpu_peers.py" "${bench[0]}" "$models/mono-internvl-2b" \
    --rounds 2 --items 1000 --json "$work/peers.json"
fi
kill "$watcher" 2>/dev/null
report
