#!/usr/bin/env python3
"""Turns what gpu_check.sh left behind into results.json, summary.md and a log for each kind.

    gpu_check_report.py WORK OUT COMMIT

Exit code 1 if a step failed: its exit code is not 0, it was cut off, or a test binary ran no case
or skipped one for want of a device.
"""

import json
import pathlib
import re
import sys

LONGEST_LOG = 4_000_000  # characters of a step
KINDS = ("checks", "tests", "golden", "bench", "device")
TIMED_OUT = (124, 137)


def read_steps(work):
    steps = []
    for file in sorted((work / "steps").glob("*.tsv"), key=lambda path: path.stat().st_mtime):
        name, code, milliseconds, kind = file.read_text().rstrip("\n").split("\t")
        text = file.with_suffix(".log").read_text(errors="replace")[:LONGEST_LOG]
        steps.append({"name": name, "kind": kind, "exit_code": int(code),
                      "seconds": int(milliseconds) / 1000, "text": text})
    return steps


def cases_of(text):
    """What a GoogleTest binary says of itself."""
    ran = re.search(r"^\[=+\] (\d+) tests? from .* ran", text, re.M)
    return {
        "ran": int(ran[1]) if ran else 0,
        "failed": sorted(set(re.findall(r"^\[  FAILED  \] (\S+?)(?:,.*)?(?: \(\d+ ms\))?$", text, re.M))),
        "skipped": len(set(re.findall(r"^\[  SKIPPED \] (\S+\.\S+)", text, re.M))),
        "without_device": text.count("no CUDA device"),
    }


def judge(step):
    if step["exit_code"] in TIMED_OUT:
        return "timed out"
    if step["exit_code"] != 0:
        return "failed"
    cases = step.get("cases")
    if cases and (cases["ran"] == 0 or cases["without_device"]):
        return "ran nothing"
    return "passed"


def detail_of(step):
    summaries = re.findall(r"ERROR SUMMARY: .*|RACECHECK SUMMARY: .*|^FAIL .*", step["text"], re.M)[:4]
    if "cases" in step:
        cases = step["cases"]
        text = f"{cases['ran']} cases, {len(cases['failed'])} failed, {cases['skipped']} skipped"
        return text + "".join(f"<br>{name}" for name in cases["failed"][:12] + summaries)
    if summaries:
        return "; ".join(summaries)
    lines = [line for line in step["text"].splitlines() if line.strip()]
    return lines[-1][:160] if lines and step["state"] != "passed" else ""


def clocks_of(work):
    path = work / "clocks.csv"
    rows = [line.split(", ") for line in path.read_text().splitlines()] if path.exists() else []
    rows = [[float(cell) for cell in row] for row in rows
            if all(re.fullmatch(r"[\d.]+", cell) for cell in row)]
    names = ("sm_mhz", "memory_mhz", "watts", "celsius")
    return {name: {"least": min(column), "most": max(column)} for name, column in
            zip(names, zip(*rows))}


def json_of(path):
    """A file's content; the repetitions of a measurement are a list beside its median."""
    try:
        measured = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return lean(measured)


def lean(measured):
    if not isinstance(measured, dict) or "benchmarks" not in measured:
        return measured
    lists = {}
    for entry in measured["benchmarks"]:
        if entry.get("run_type") == "iteration":
            beside = lists.setdefault(entry["run_name"], {})
            for name, field in (("repetition_times", "real_time"), ("repetition_floors", "floor_ms")):
                if field in entry:
                    beside.setdefault(name, []).append(float(f"{entry[field]:.5g}"))
    rows = [{**entry, **lists.get(entry["run_name"], {})}
            if entry.get("run_type") == "aggregate" else entry
            for entry in measured["benchmarks"] if entry.get("run_type") != "iteration"]
    return {**measured, "benchmarks": rows}


def markdown(steps, results):
    lines = [f"# GPU check of {results['commit']}", "", "```"]
    lines += [step["text"].strip() for step in steps if step["kind"] == "device"]
    lines += ["```", "", f"While timing: {json.dumps(results['clocks'])}", "",
              "| step | result | seconds | |", "| --- | --- | --- | --- |"]
    lines += [f"| {s['name']} | {s['state']} | {s['seconds']:.1f} | {detail_of(s)} |" for s in steps]
    if results["left_out"]:
        lines += ["", f"Golden variants left out for want of room: {', '.join(results['left_out'])}"]
    for step in steps:
        if step["kind"] == "bench" and not step["name"].startswith("checkpoint"):
            lines += ["", f"## {step['name']}", "", "```", step["text"].rstrip(), "```"]
    return "\n".join(lines) + "\n"


def main():
    work, out, commit = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3].strip()
    steps = read_steps(work)
    for step in steps:
        if step["kind"] in ("tests", "golden"):
            step["cases"] = cases_of(step["text"])
        step["state"] = judge(step)
    left_out = pathlib.Path(__file__).with_name("left_out")
    results = {"commit": commit, "clocks": clocks_of(work),
               "left_out": left_out.read_text().split() if left_out.exists() else [],
               "device": [s["text"] for s in steps if s["kind"] == "device"],
               "steps": [{k: v for k, v in s.items() if k != "text"} for s in steps]}
    for name in ("kernels", "kernels_tuned", "latency", "latency_prompts", "latency_paper",
                 "throughput", "peers"):
        results[name] = json_of(work / f"{name}.json")
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (out / "summary.md").write_text(markdown(steps, results))
    for kind in KINDS:
        logs = [f"==== {s['name']}: {s['state']}, exit {s['exit_code']}\n{s['text']}\n"
                for s in steps if s["kind"] == kind]
        (out / f"{kind}.log").write_text("".join(logs))
    for step in steps:
        print(f"{step['state']:<12} {step['name']:<28} {step['seconds']:7.1f} s  "
              f"{detail_of(step).replace('<br>', ' ')[:300]}")
    failed = [s["name"] for s in steps if s["state"] != "passed"]
    print(f"gpu_check: {len(steps) - len(failed)} of {len(steps)} steps passed"
          + (f"; not: {', '.join(failed)}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
