#!/usr/bin/env python3
"""Writes two made-up runs of TextVQA (three questions a picture, about a kilobyte a row, with times) and
measures `mono-eval compare` over them, three times: seconds, peak resident memory, and how loaded the
machine was.

    scripts/bench_compare.py build/evaluator/mono-eval FOLDER [ROWS]
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import time

QUESTION = ("what is the brand name printed on the second bottle from the left in the picture?\n"
            "Answer the question using a single word or phrase.")

PACE = "batch 16, prefix reuse, deterministic"


def header(seed, rows):
    return {"header": {
        "schema": "mono-eval.samples", "schema_version": "1.0", "task": "textvqa", "profile": "vek",
        "profile_version": 1, "registration": "v2.0", "adapter": "replay",
        "model_fingerprint": f"{seed:064x}", "data_file": "TextVQA_VAL.tsv", "data_sha256": "0" * 64,
        "rows_in_dataset": rows}}


def row(i, value):
    digest = f"{i // 3:064x}"
    return {
        "id": str(i),
        "request": {"parts": [{"image": f"TextVQA_VAL/{i}.jpg"}, {"text": QUESTION}],
                    "question": QUESTION,
                    "images": [{"name": f"TextVQA_VAL/{i}.jpg", "max_tiles": 6}],
                    "generation": {"do_sample": False, "max_new_tokens": 1024}},
        "num_tiles": 7, "prompt_tokens": 1843, "new_tokens": 3, "pixels_sha256": digest,
        "prompt_sha256": digest, "output_sha256": digest, "stop": "stop_token",
        "targets": ["nokia", "nokia", "nokia", "toshiba"], "response": f"nokia {value:g}", "error": "",
        "score": {"value": value, "answer": "nokia", "how": "vqa", "is_counted": True}}


def results(rows):
    about = {"task": "textvqa", "profile": "vek", "profile_version": 1, "status": "complete",
             "rows": rows, "scored": rows, "rows_in_dataset": rows, "main_metric": "Overall",
             "main_value": 70.0, "table_value": 70.0, "table_interval": None,
             "samples": "textvqa.vek/samples.jsonl"}
    return {"results": {}, "config": {}, "model_name": "made", "date": 1.5,
            "ext": {"schema": "mono-eval.results", "schema_version": "1.0", "status": "complete",
                    "tasks": {"textvqa.vek": about}}}


def write_run(folder, rows, changed, seed):
    draw, common = random.Random(seed), random.Random(1)
    task = folder / "textvqa.vek"
    task.mkdir(parents=True, exist_ok=True)
    with open(task / "samples.jsonl", "w") as samples, open(task / "timings.jsonl", "w") as times:
        samples.write(json.dumps(header(seed, rows)) + "\n")
        for i in range(rows):
            value = float(common.random() < 0.7)
            if draw.random() < changed:
                value = float(draw.random() < 0.65)
            samples.write(json.dumps(row(i, value), separators=(",", ":")) + "\n")
            times.write(json.dumps({"id": str(i), "preprocess_seconds": draw.uniform(0.01, 0.02),
                                    "prefill_seconds": draw.uniform(0.1, 0.2),
                                    "decode_seconds": draw.uniform(0.05, 0.1),
                                    "wall_seconds": draw.uniform(0.02, 0.04), "call": i // 48,
                                    "rows_in_call": min(48, rows - i // 48 * 48),
                                    "pace": PACE}) + "\n")
    (folder / "results.json").write_text(json.dumps(results(rows)))


def compare(program, folder):
    """Seconds, peak MiB and exit code of one comparison."""
    begin = time.monotonic()
    compared = subprocess.Popen([program, "compare", folder / "base", folder / "new"],
                                stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(compared.pid, 0)
    return {"seconds": round(time.monotonic() - begin, 2),
            "user_seconds": round(usage.ru_utime, 2), "peak_mib": round(usage.ru_maxrss / 1024),
            "exit_code": os.waitstatus_to_exitcode(status),
            "load_average": round(os.getloadavg()[0], 1)}


program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
rows = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
write_run(folder / "base", rows, 0, 1)
write_run(folder / "new", rows, 0.05, 2)
files = {file: sum((folder / run / "textvqa.vek" / file).stat().st_size for run in ("base", "new"))
         for file in ("samples.jsonl", "timings.jsonl")}
print(json.dumps({"rows": rows, "bytes_of_both": files, "cores": os.cpu_count(),
                  "rounds": [compare(program, folder) for _ in range(3)]}, indent=1))
