#!/usr/bin/env python3
"""Everything a run and a comparison write, against the JSON Schemas of results/schema, and the JUnit
file against the rules that its readers share. Needs jsonschema; exit code 77 says it is not there.

    schema_test.py MONO_EVAL SOURCE_FOLDER
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

from made_runs import make_run

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
    return int(root[0].get("failures"))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    base, new = make_run(MONO_EVAL, folder, "base", 0), make_run(MONO_EVAL, folder, "new", 9)
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
    refused = subprocess.run([MONO_EVAL, "compare", base, folder / "absent", "--json"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert refused.returncode == 3, refused.returncode
    validator("comparison").validate(json.loads(refused.stdout))
print("5 schemas and the JUnit rules hold")
