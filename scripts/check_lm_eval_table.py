#!/usr/bin/env python3
"""Reads runs' results.json as lm-evaluation-harness does and prints them with its own table tool, which
fails on a file that is not of its layout; keys it does not know are refused, but for ours, `ext`.
Needs PyPI's lm_eval (tried with 0.4.13); the test lm_eval_table runs it where that is installed:

    scripts/check_lm_eval_table.py runs/mono/results.json
"""
import json
import sys

from lm_eval.result_schema import EvalResults
from lm_eval.utils import make_table

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        results = json.load(file)
    unknown = set(results) - set(EvalResults.__annotations__) - {"ext"}
    if unknown:
        sys.exit(f"{path}: keys that lm-evaluation-harness does not have: {sorted(unknown)}")
    print(make_table(results))
