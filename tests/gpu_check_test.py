#!/usr/bin/env python3
"""What gpu_check.sh says without torch, and how gpu_check_report.py judges its steps.

    gpu_check_test.py SOURCE
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(sys.argv.pop(1)) / "scripts"
RAN_NOTHING = "[==========] 0 tests from 0 test suites ran. (0 ms total)\n[  PASSED  ] 0 tests.\n"
RAN_TWO = "[==========] 2 tests from 1 test suite ran. (9 ms total)\n[  PASSED  ] 2 tests.\n"


class Report(unittest.TestCase):
    def judged(self, kind, text, left_out=None):
        """Exit code of the report and its results, for one step of which all that is known is text."""
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            steps = folder / "work/steps"
            steps.mkdir(parents=True)
            (folder / "out").mkdir()
            (steps / "engine_memcheck.log").write_text(text)
            (steps / "engine_memcheck.tsv").write_text(f"engine_memcheck\t0\t10\t{kind}\n")
            shutil.copy(SCRIPTS / "gpu_check_report.py", folder)
            if left_out:
                (folder / "left_out").write_text(left_out)
            ended = subprocess.run([sys.executable, folder / "gpu_check_report.py", folder / "work",
                                    folder / "out", "abc"], capture_output=True, text=True)
            return (ended.returncode, json.loads((folder / "out/results.json").read_text()),
                    (folder / "out/summary.md").read_text())

    def test_a_step_that_ran_no_case_fails(self):
        code, results, _ = self.judged("golden", RAN_NOTHING + "========= ERROR SUMMARY: 0 errors\n")
        self.assertEqual(code, 1)
        self.assertEqual(results["steps"][0]["state"], "ran nothing")

    def test_a_step_that_ran_cases_passes_and_shows_the_sanitizers_summary(self):
        code, results, summary = self.judged("golden", RAN_TWO + "========= ERROR SUMMARY: 0 errors\n")
        self.assertEqual(code, 0)
        self.assertEqual(results["steps"][0]["cases"]["ran"], 2)
        self.assertIn("2 cases, 0 failed, 0 skipped<br>ERROR SUMMARY: 0 errors", summary)

    def test_what_was_left_out_is_named(self):
        _, results, summary = self.judged("golden", RAN_TWO, "mono_v15_own\ninternvl15_vit6b\n")
        self.assertEqual(results["left_out"], ["mono_v15_own", "internvl15_vit6b"])
        self.assertIn("left out for want of room: mono_v15_own, internvl15_vit6b", summary)

    def test_repetitions_stand_beside_their_median(self):
        sys.path.insert(0, str(SCRIPTS))
        sys.dont_write_bytecode = True
        from gpu_check_report import lean
        entry = {"run_name": "a", "real_time": 1.23456789}
        measured = {"context": {}, "benchmarks": [
            {**entry, "run_type": "iteration", "floor_ms": 0.5}, {**entry, "run_type": "iteration", "real_time": 2},
            {**entry, "run_type": "aggregate", "real_time": 1.5}, {"run_name": "b", "error": "x"}]}
        self.assertEqual(lean(measured), {"context": {}, "benchmarks": [
            {**entry, "run_type": "aggregate", "real_time": 1.5, "repetition_times": [1.2346, 2],
             "repetition_floors": [0.5]},
            {"run_name": "b", "error": "x"}]})
        self.assertEqual(lean({"rows": []}), {"rows": []})

    def test_the_sanitizers_steps_are_judged_by_their_cases(self):
        script = (SCRIPTS / "gpu_check.sh").read_text()
        for name in ("engine_memcheck", "batch_memcheck"):
            self.assertIn(f"step {name} golden ", script)


class Steps(unittest.TestCase):
    """The functions step and timed of the script, without the rest of it."""

    def stepped(self, lines):
        """What the lines leave in the steps' folder: {name: (exit code, log)}."""
        script = (SCRIPTS / "gpu_check.sh").read_text()
        functions = "".join(re.findall(r"^(?:step|timed)\(\) \{\n.*?^\}\n", script, re.M | re.S))
        with tempfile.TemporaryDirectory() as folder:
            steps = pathlib.Path(folder) / "steps"
            steps.mkdir()
            subprocess.run(["bash", "-c", f"work={folder}; {functions}\n{lines}"], check=True,
                           capture_output=True)
            return {file.stem: (int(file.read_text().split("\t")[1]),
                                file.with_suffix(".log").read_text()) for file in steps.glob("*.tsv")}

    def test_one_that_is_cut_off_keeps_what_it_said(self):
        done = self.stepped("budget_seconds=60\n"
                            "step slow bench 1 bash -c 'trap \"echo told; exit\" TERM; sleep 9 & wait'")
        self.assertEqual(done["slow"], (124, "told\n"))

    def test_none_outlives_the_budget_of_the_whole(self):
        done = self.stepped("budget_seconds=2\nstep one bench 60 sleep 9\nstep two bench 60 sleep 9")
        self.assertEqual({name: code for name, (code, _) in done.items()}, {"one": 124, "two": 124})

    def test_a_timed_one_has_its_own_file(self):
        done = self.stepped("budget_seconds=60\nbench=(echo)\nreport() { :; }\n"
                            "timed latency 9 latency --tiles 7")
        code, said = done["latency"]
        self.assertEqual(code, 0)
        self.assertRegex(said, r"^latency --device cuda --json \S+/latency.json --tiles 7$")

    def test_every_file_of_a_timed_one_is_reported(self):
        script = (SCRIPTS / "gpu_check.sh").read_text()
        report = (SCRIPTS / "gpu_check_report.py").read_text()
        names = set(re.findall(r"^ *timed (\w+) \d", script, re.M)) - {"profile"}
        self.assertIn("latency_paper", names)
        for name in names:
            self.assertIn(f'"{name}"', report)


class WithoutDevice(unittest.TestCase):
    def test_it_says_so_and_ends_with_3_before_anything_is_measured(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            shutil.copy(SCRIPTS / "gpu_check.sh", folder)
            (folder / "commit").write_text("abc\n")
            (folder / "torch").mkdir()
            for path, text in (("bin/kernels_launch_check", "echo no CUDA device; exit 3"),
                               ("path/python3", f"echo {folder}/torch")):
                file = folder / path
                file.parent.mkdir()
                file.write_text(f"#!/bin/sh\n{text}\n")
                file.chmod(0o755)
            subprocess.run(["tar", "-czf", folder / "payload.tar.gz", "-C", folder, "bin"], check=True)
            ended = subprocess.run(["bash", folder / "gpu_check.sh"], capture_output=True, text=True,
                                   env={**os.environ, "PATH": f"{folder}/path:/usr/bin:/bin"})
            self.assertEqual(ended.returncode, 3, ended.stdout + ended.stderr)
            self.assertIn("no CUDA device: nothing was checked, nothing was measured", ended.stdout)


class WithoutTorch(unittest.TestCase):
    def test_it_says_so_and_ends_with_3(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder) / "build/gpu_check"
            folder.mkdir(parents=True)
            shutil.copy(SCRIPTS / "gpu_check.sh", folder)
            subprocess.run(["tar", "-czf", folder / "payload.tar.gz", "-T", "/dev/null"], check=True)
            (folder / "commit").write_text("abc\n")
            fake = folder / "bin"
            fake.mkdir()
            (fake / "python3").write_text("#!/bin/sh\nexec /usr/bin/python3 -I -S \"$@\"\n")
            (fake / "python3").chmod(0o755)
            shutil.copy(fake / "python3", fake / "python")
            ended = subprocess.run(["bash", folder / "gpu_check.sh"], capture_output=True, text=True,
                                   env={**os.environ, "PATH": f"{fake}:/usr/bin:/bin"})
            self.assertEqual(ended.returncode, 3, ended.stderr)
            self.assertIn("no Python here has torch", ended.stderr)
            self.assertNotIn("Traceback", ended.stderr)


if __name__ == "__main__":
    unittest.main()
