#!/usr/bin/env python3
"""A run's results.json through lm-evaluation-harness's own table tool, by
scripts/check_lm_eval_table.py. MONO_LM_EVAL_PYTHON names a Python that has PyPI's lm_eval (default:
this one); without lm_eval the exit code is 77.

    lm_eval_table_test.py MONO_EVAL SOURCE_FOLDER
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from made_runs import make_run

PYTHON = os.environ.get("MONO_LM_EVAL_PYTHON", sys.executable)
MONO_EVAL, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])

if subprocess.run([PYTHON, "-c", "import lm_eval.utils"], stderr=subprocess.DEVNULL).returncode:
    print("skipped: PyPI's lm_eval is not installed; see scripts/check_lm_eval_table.py")
    sys.exit(77)

with tempfile.TemporaryDirectory() as name:
    results = make_run(MONO_EVAL, pathlib.Path(name), "base", 4) / "results.json"
    check = [PYTHON, SOURCE / "scripts/check_lm_eval_table.py", results]
    shown = subprocess.run(check, stdout=subprocess.PIPE, check=True, text=True).stdout
    print(shown)
    assert "|ocrbench.vek" in shown.replace(" ", ""), "the table has no line of the task"
    results.write_text(results.read_text().replace('"n-samples"', '"n-rows"'))
    refused = subprocess.run(check, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert refused.returncode != 0, "a key that lm-evaluation-harness does not have was accepted"
