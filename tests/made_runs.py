"""Runs of made-up rows, for the tests of what is written about them."""
import json
import subprocess


def make_run(mono_eval, folder, name, wrong):
    """Forty 0/1 rows, the first `wrong` of them answered wrong, through the real program.
    Returns the run's folder."""
    rows = range(40)
    table = "index\timage\tquestion\tanswer\tcategory\n" + "".join(
        f"{i}\t{'QUJD' * 20}{i:08}\tword {i}?\t\"['w{i}x']\"\tRegular Text Recognition\n" for i in rows)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/OCRBench.tsv").write_text(table)
    answers = [{"id": str(i), "response": "no" if i < wrong else f"w{i}x"} for i in rows]
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(a) + "\n" for a in answers))
    subprocess.run(
        [mono_eval, "run", "--model", f"made={folder / name}.jsonl", "--tasks", "ocrbench",
         "--profile", "vek", "--data", folder / "data", "--output-path", folder / name],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / name / "made"
