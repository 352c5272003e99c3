#!/usr/bin/env python3
"""The JUnit file of a comparison against tests/junit.xsd. Needs xmllint; exit code 77 says it is not
there. MONO_JUNIT_XSD names a folder of further schemas that it must hold to, as
scripts/junit_schemas.py makes it, or one schema.

    junit_schema_test.py MONO_EVAL
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from made_runs import make_run

if shutil.which("xmllint") is None:
    print("skipped: xmllint (Debian's libxml2-utils) is not installed")
    sys.exit(77)

MONO_EVAL = sys.argv[1]
OURS = pathlib.Path(__file__).parent / "junit.xsd"


def further_schemas():
    named = os.environ.get("MONO_JUNIT_XSD")
    if not named:
        return []
    path = pathlib.Path(named)
    schemas = sorted(path.glob("*.xsd")) if path.is_dir() else [path]
    assert schemas, f"{path} holds no schema"
    return schemas


def is_valid(file, schema):
    checked = subprocess.run(["xmllint", "--noout", "--schema", schema, file],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if checked.returncode not in (0, 3, 4):
        sys.exit(f"xmllint: {checked.stdout}")
    return checked.returncode == 0


def check_refusals(text, folder, schemas):
    """A schema that accepts everything would pass the checks above."""
    broken = folder / "broken.xml"
    broken.write_text(text.replace("testcase", "test"))
    for schema in schemas:
        assert not is_valid(broken, schema), f"{schema} accepted an element 'test'"
    for before, after in ((' tests="1"', ""), (' type="regression"', ""),
                          (' failures="1"', ' failures="one"'), ("system-out", "output")):
        assert before in text, before
        broken.write_text(text.replace(before, after))
        assert not is_valid(broken, OURS), f"accepted with '{after}' for '{before}'"


SCHEMAS = [OURS] + further_schemas()
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    base, same = (make_run(MONO_EVAL, folder, name, 0) for name in ("base", "same"))
    worse, again = (make_run(MONO_EVAL, folder, name, 9) for name in ("worse", "again"))
    junit = folder / "gate.xml"
    for new, code in ((same, 0), (folder / "absent", 3), (again, 5)):
        compared = subprocess.run([MONO_EVAL, "compare", base, new, "--baseline", worse, "--junit",
                                   junit], stdout=subprocess.DEVNULL)
        assert compared.returncode == code, compared.returncode
        for schema in SCHEMAS:
            assert is_valid(junit, schema), schema
    check_refusals(junit.read_text(), folder, SCHEMAS)
names = ", ".join(schema.name for schema in SCHEMAS)
print(f"the JUnit files hold to {names}, and damaged ones do not")
