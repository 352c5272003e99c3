#!/usr/bin/env python3
"""Copies the part of the reference data that a clone carries with it: tests/golden, tests/fixtures.

Only what was made for this purpose (random weights, generated pixels and texts) or has a licence
that allows copying (InternLM2 tokenizer, Apache-2.0; InternVL2-2B tokenizer configuration, chat
templates and example picture, MIT). Together under 20 MB.

usage: copy_golden.py SHARED TESTS
"""
import json
import pathlib
import shutil
import sys

FILES = [
    "golden/model/mono_v1", "golden/model/mono_v1_pipeline",
    "golden/image/resize.jsonl", "golden/image/normalise_table.json",
    "golden/tiles/grids.jsonl", "golden/tiles/grids_min_num.jsonl",
    "golden/chat/templates.jsonl", "golden/chat/chat.jsonl",
    "golden/tokenizer/internlm2_decode.jsonl", "golden/tokenizer/internlm2_invalid_utf8.jsonl",
    "fixtures/tokenizers/internlm2/tokenizer.model",
    "fixtures/tokenizers/internvl2_2b/added_tokens.json",
    "fixtures/tokenizers/internvl2_2b/special_tokens_map.json",
    "fixtures/tokenizers/internvl2_2b/tokenizer_config.json",
    "fixtures/tokenizers/internvl2_2b/generation_config.json",
    "fixtures/images/internvl_examples/image1.jpg",
]
OWN_SOURCES = {"special", "random", "chat"}  # the other rows quote benchmarks
CHECKPOINT = "golden/model/mono_v1_pipeline"
TOKENIZER = ["internlm2/tokenizer.model", "internvl2_2b/added_tokens.json",
             "internvl2_2b/special_tokens_map.json", "internvl2_2b/tokenizer_config.json",
             "internvl2_2b/generation_config.json"]


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def main():
    shared, tests = map(pathlib.Path, sys.argv[1:])
    for name in FILES:
        copy(shared / name, tests / name)
    kept = [line for line in open(shared / "golden/tokenizer/internlm2_encode.jsonl", encoding="utf-8")
            if json.loads(line)["source"] in OWN_SOURCES]
    (tests / "golden/tokenizer/internlm2_encode.jsonl").write_text("".join(kept), encoding="utf-8")
    for name in TOKENIZER:  # so that the folder is a whole checkpoint
        link = tests / CHECKPOINT / pathlib.Path(name).name
        link.unlink(missing_ok=True)
        link.symlink_to(pathlib.Path("../../../fixtures/tokenizers") / name)


if __name__ == "__main__":
    main()
