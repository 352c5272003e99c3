#!/usr/bin/env python3
"""Prints a run's results.json with lm-evaluation-harness's own table tool, which fails on a file that
is not of its layout. Needs PyPI's lm_eval (tried with 0.4.13); run by hand:

    scripts/check_lm_eval_table.py runs/mono/results.json
"""
import json
import sys

from lm_eval.utils import make_table

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        print(make_table(json.load(file)))
