#!/usr/bin/env bash
# Sets up, builds and runs the main job: three benchmarks on a small checkpoint with random weights
# and a few rows in their real formats. With arguments, they go to mono-eval instead:
#   scripts/run.sh run --model mono=CHECKPOINT --tasks ocrbench --data LMUData
set -euo pipefail
source "$(dirname "$0")/common.sh"
scripts/setup.sh
build_in build -- mono-eval
# Threads that spin while they wait slow a small model down many times where others work too.
[ $# -gt 0 ] || export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
if [ $# -gt 0 ]; then exec build/evaluator/mono-eval "$@"; fi

echo
echo "A checkpoint with random weights answers a few rows: this shows how the tool works and says"
echo "nothing about any real model. Rows and answers: runs/demo"
build/evaluator/mono-eval run --model small-mono=tests/golden/model/mono_v1_pipeline \
  --tasks ocrbench,mmbench_en_dev,textvqa --profile vek --max-new-tokens 16 \
  --data tests/data/sample --output-path runs/demo
