#!/usr/bin/env python3
"""Everything a run and a comparison write, against the JSON Schemas of results/schema, and the JUnit
file against the rules that its readers share. Needs jsonschema; exit code 77 says it is not there.
With MONO_JUNIT_XSD, the schema file of docs/ci.md, xmllint checks the JUnit file against it too.

    schema_test.py MONO_EVAL SOURCE_FOLDER
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

MONO_EVAL, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])


def validator(name):
    schema = json.loads((SOURCE / "results/schema" / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def run(folder, name, wrong):
    rows = range(40)
    table = "index\timage\tquestion\tanswer\tcategory\n" + "".join(
        f"{i}\t{'QUJD' * 20}\tword {i}?\t\"['w{i}x']\"\tRegular Text Recognition\n" for i in rows)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/OCRBench.tsv").write_text(table)
    answers = [{"id": str(i), "response": "no" if i < wrong else f"w{i}x"} for i in rows]
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(a) + "\n" for a in answers))
    subprocess.run(
        [MONO_EVAL, "run", "--model", f"made={folder / name}.jsonl", "--tasks", "ocrbench",
         "--profile", "vek", "--data", folder / "data", "--output-path", folder / name],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / name / "made"


def check_lines(path, name):
    lines = path.read_text().splitlines()
    for line in lines:
        validator(name).validate(json.loads(line))
    assert lines, f"{path} is empty"


def check_refusals(results):
    """A schema that accepts everything would pass the checks above."""
    for damage in (lambda r: r.pop("results"), lambda r: r["ext"].update(status="done"),
                   lambda r: r["ext"].update(schema_version="2.0"),
                   lambda r: r["ext"]["tasks"]["ocrbench.vek"].pop("rows")):
        broken = json.loads(json.dumps(results))
        damage(broken)
        assert not validator("results").is_valid(broken)


def check_junit(path):
    root = xml.parse(path).getroot()
    assert root.tag == "testsuites"
    for number, suite in enumerate(root):
        needed = {"id", "package", "name", "timestamp", "hostname", "tests", "failures", "errors",
                  "time"}
        assert suite.tag == "testsuite" and set(suite.attrib) == needed, suite.attrib
        assert suite.get("id") == str(number) and len(suite.get("timestamp")) == 19
        tags = [child.tag for child in suite]
        cases = suite.findall("testcase")
        assert tags == ["properties"] + ["testcase"] * len(cases) + ["system-out", "system-err"]
        assert int(suite.get("tests")) == len(cases) > 0
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        for case in cases:
            assert set(case.attrib) == {"classname", "name", "time"}
            float(case.get("time"))
            for failure in case:
                assert failure.tag == "failure" and set(failure.attrib) == {"message", "type"}
    if schema := os.environ.get("MONO_JUNIT_XSD"):
        subprocess.run(["xmllint", "--noout", "--schema", schema, path], check=True)
    return int(root[0].get("failures"))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    base, new = run(folder, "base", 0), run(folder, "new", 9)
    for made in (base, new):
        results = json.loads((made / "results.json").read_text())
        validator("results").validate(results)
        validator("environment").validate(json.loads((made / "environment.json").read_text()))
        check_lines(made / "ocrbench.vek/samples.jsonl", "samples")
        check_lines(made / "ocrbench.vek/timings.jsonl", "timings")
    check_refusals(results)
    compared = subprocess.run([MONO_EVAL, "compare", base, new, "--json", "--junit",
                               folder / "gate.xml"], stdout=subprocess.PIPE)
    assert compared.returncode == 5, compared.returncode
    validator("comparison").validate(json.loads(compared.stdout))
    assert check_junit(folder / "gate.xml") == 1
print("5 schemas and the JUnit rules hold")
