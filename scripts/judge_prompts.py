#!/usr/bin/env python3
"""Makes the folder of judge prompts that `mono-eval --judge-prompts` and MONO_JUDGE_PROMPTS name.

The prompts are other projects' texts and no part of this one, which knows each by its length and
SHA-256 alone (tasks/judge_prompts.cc). This script finds them in published Python packages, or in
checkouts of the upstream repositories, by reading the sources; nothing of them is run or installed.

  scripts/judge_prompts.py --output DIR                       from PyPI
  scripts/judge_prompts.py --output DIR --from VLMEvalKit     from checkouts, offline
"""

import argparse
import ast
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

PACKAGES = ["ms-vlmeval==0.0.20", "lmms-eval==0.7.3"]
TABLE = pathlib.Path(__file__).resolve().parent.parent / "tasks" / "judge_prompts.cc"


def known_prompts():
    """name -> (where upstream keeps it, number of characters, SHA-256)."""
    pattern = re.compile(
        r'\.name = "([^"]+)",\s*\.source = "([^"]+)".*?'
        r'\.num_characters = (\d+),\s*\.sha256 = "([0-9a-f]{64})"', re.DOTALL)
    return {name: (source, int(length), sha256)
            for name, source, length, sha256 in pattern.findall(TABLE.read_text())}


def download(folder):
    for package in PACKAGES:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                        "--only-binary=:all:", "--disable-pip-version-check", "--dest", folder,
                        package], check=True)


def sources(folders):
    """Every Python source in the folders and in the wheels that lie in them."""
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*.py")):
            yield path, path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(pathlib.Path(folder).rglob("*.whl")):
            with zipfile.ZipFile(path) as wheel:
                for name in wheel.namelist():
                    if name.endswith(".py"):
                        yield f"{path.name}: {name}", wheel.read(name).decode("utf-8", "replace")


def assembled(assigned):
    """VLMEvalKit builds MathVista's prompt of these texts, question and response in its slots."""
    names = ["task_description"] + [f"example_{i}" for i in range(1, 6)]
    if not all(name in assigned for name in names):
        return []
    examples = "".join(assigned[name] + "\n" for name in names[1:])
    return [assigned["task_description"] + examples + "{}\nModel respone: {}Extracted answer:"]


def reworded(text):
    """MM-Vet's grading prompt as lmms-eval has it, where a renamed variable changed one word and a
    blank line went."""
    return text.replace("\ngpt_query_prompt | Ground truth", "\n\nQuestion | Ground truth")


def texts_in(source):
    """The string constants of a source, and prompts that are made of them."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    assigned = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            if "gpt_query_prompt" in node.value:
                yield reworded(node.value)
        if (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
                and isinstance(node.targets[0], ast.Name) and isinstance(node.value.value, str)):
            assigned[node.targets[0].id] = node.value.value
    yield from assembled(assigned)


def digests(text):
    """SHA-256 of a text as it is, and with its slots filled as MathVista's is known."""
    forms = [text]
    if text.count("{}") == 2:
        forms.append(text.replace("{}", "Q", 1).replace("{}", "P", 1))
    return [hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest() for form in forms]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, type=pathlib.Path, help="folder to make")
    parser.add_argument("--from", dest="folders", action="append", default=[], metavar="DIR",
                        help="checkout or folder of wheels to search instead of PyPI; repeatable")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        if not pathlib.Path(folder).is_dir():
            parser.error(f"--from {folder}: no such folder")

    prompts = known_prompts()
    by_digest = {sha256: name for name, (_, _, sha256) in prompts.items()}
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        if not arguments.folders:
            download(scratch)
        for where, source in sources(arguments.folders or [scratch]):
            for text in texts_in(source):
                for digest in digests(text):
                    name = by_digest.get(digest)
                    if name and name not in found:
                        found[name] = (text, where)

    arguments.output.mkdir(parents=True, exist_ok=True)
    for name, (source, length, _) in prompts.items():
        if name in found:
            text, where = found[name]
            (arguments.output / f"{name}.txt").write_bytes(text.encode("utf-8"))
            print(f"{name}: {length} characters, SHA-256 as known, from {where}")
        else:
            print(f"{name}: NOT found; upstream keeps it in {source}")
    print(f"{len(found)} of {len(prompts)} prompts in {arguments.output}")
    return 0 if len(found) == len(prompts) else 1


if __name__ == "__main__":
    sys.exit(main())
