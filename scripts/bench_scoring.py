#!/usr/bin/env python3
"""Measures the text half on one core, three times each, and writes every value down: scoring a million
rows of MMBench (circular), TextVQA and DocVQA, from a table of predictions to the numbers and the scoring
alone, and reading a table of 1200 MB of pictures.

    scripts/bench_scoring.py BUILD SCRATCH > results/measured/scoring_<machine>_<commit>.json

BUILD has mono-eval, mmbench_bench, mono_tasks_bench, docvqa_bench and reader_memory_test; SCRATCH takes
2 GB. The rows are those of ../shared, again and again.
"""
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROWS = 1_000_000
STEP = 1_000_000  # from one rotation of a question to the next
REPEATS = 3
CORE = "1"
TABLE_MEGABYTES = 1200
ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def mmbench_rows():
    rows = [json.loads(line) for line in open(SHARED / "golden/scores/MMBench.vek.jsonl")][1:]
    places = {}
    for row in rows:
        places.setdefault(int(row["row"]["index"]) % STEP, len(places))
    columns = [*rows[0]["row"], "prediction"]
    yield columns
    for i in range(ROWS):
        copy, place = divmod(i, len(rows))
        cells = dict(rows[place]["row"], prediction=rows[place]["response"])
        rotation, base = divmod(int(cells["index"]), STEP)
        cells["index"] = rotation * STEP + places[base] + copy * len(places)
        yield [cells[name] for name in columns]


def repeated(rows):
    yield ["index", "question", "answer", "prediction"]
    for i in range(ROWS):
        yield [i, *rows[i % len(rows)]]


def textvqa_rows():
    lines = [json.loads(line) for line in open(SHARED / "fixtures/TextVQA/vila/vila_13b_TextVQA_VAL.jsonl")]
    return repeated([[r["question"], r["answer"], r["prediction"]] for r in lines if "prediction" in r])


def as_list(answers):
    return answers if isinstance(answers, list) else [answers]


def docvqa_rows(model):
    rows = json.load(open(SHARED / f"fixtures/DocVQA/MultimodalOCR/{model}_docVQA.json"))
    return repeated([[r["question"], repr(as_list(r["gt_answers"])), r["answer"]] for r in rows])


def write_table(path, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)
    return path


def measured(command, environment=None):
    """Seconds, processor seconds, peak resident megabytes and what was printed."""
    begin = time.monotonic()
    process = subprocess.Popen(["taskset", "-c", CORE, *map(str, command)], stdout=subprocess.PIPE,
                               text=True, env={**os.environ, **(environment or {})})
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):  # 4: some rows failed; the states say how many
        sys.exit(f"{command}: failed with {status}: {text[-300:]}")
    return {"seconds": round(time.monotonic() - begin, 2),
            "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
            "peak_megabytes": usage.ru_maxrss // 1024}, text


def score(build, table, task, profile):
    command = [build / "evaluator/mono-eval", "score", "--task", task, "--profile", profile,
               "--predictions", table, "--json"]
    runs = []
    for _ in range(REPEATS):
        figures, text = measured(command)
        runs.append(figures)
    scored = json.loads(text)
    return {"what": f"mono-eval score, {task} {profile}, table of {table.stat().st_size >> 20} MB to numbers",
            "rows": scored["rows"], "states": scored["states"], "runs": runs}


def scoring_alone(build, name, pattern):
    runs = {}
    for _ in range(REPEATS):
        _, text = measured([build / "tests" / name, f"--benchmark_filter={pattern}", "--benchmark_format=json"])
        for result in json.loads(text)["benchmarks"]:
            runs.setdefault(result["name"], []).append(round(result["cpu_time"], 3))
    return [{"what": f"{name}: verdicts and metrics of rows in memory, {case}", "rows": ROWS,
             "processor_seconds": values} for case, values in runs.items()]


def reading(build):
    runs = []
    for _ in range(REPEATS):
        figures, text = measured([build / "tests/reader_memory_test", "--gtest_filter=*ATable*"],
                                 {"MONO_DATA_MEGABYTES": str(TABLE_MEGABYTES)})
        found = re.findall(r"tsv: (\d+) MB, (\d+) rows; peak (\d+) kB over before .*?, (\d+) kB", text)
        runs.append([dict(zip(("table_megabytes", "rows", "peak_kilobytes_over_before", "own_kilobytes_after"),
                              map(int, numbers))) for numbers in found])
        runs[-1][-1]["seconds_with_writing_the_tables"] = figures["seconds"]
    return {"what": "reader_memory_test: a table read with every picture, a small and a large one", "runs": runs}


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    return {"processor": re.search(r"model name\s*: (.*)", info)[1], "cores": os.cpu_count(),
            "memory_megabytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
            "load_before": os.getloadavg()[0]}


def main():
    build, scratch = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    about = machine()
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short=7", "HEAD"], capture_output=True,
                            text=True, check=True).stdout.strip()
    results = [{"what": "mono-eval ls tasks: what every start of the program takes, its libraries above all",
                "runs": [measured([build / "evaluator/mono-eval", "ls", "tasks"])[0] for _ in range(REPEATS)]}]
    for name, task, rows in (("mmbench", "mmbench_en", mmbench_rows()), ("textvqa", "textvqa", textvqa_rows()),
                             ("docvqa_t5", "docvqa_val", docvqa_rows("T5")),
                             ("docvqa_minigpt4", "docvqa_val", docvqa_rows("MiniGPT4"))):
        table = write_table(scratch / f"{name}.tsv", rows)
        results += [dict(score(build, table, task, profile), data=name) for profile in ("vek", "vek-2024")]
        table.unlink()
    for name, pattern in (("mmbench_bench", "vek|ivl"), ("mono_tasks_bench", "vek|ivl"),
                          ("docvqa_bench", "vek|ivl")):
        results += scoring_alone(build, name, pattern)
    print(json.dumps({"commit": commit, "machine": about, "one_core": True,
                      "command": "scripts/bench_scoring.py BUILD SCRATCH", "results": results,
                      "reading": reading(build)}, indent=1))


main()
