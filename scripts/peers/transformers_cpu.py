#!/usr/bin/env python3
"""InternVL3-1B's shape on the CPU: mono-bench beside Hugging Face transformers, in turns.

Needs a Python with torch 2.11, transformers and safetensors:

    python scripts/peers/transformers_cpu.py build/evaluator/bench/mono-bench FOLDER [--rounds 7]

FOLDER gets a checkpoint in the Hugging Face layout with random weights, if it holds none; both
programs read it. Prints one JSON object: medians, and for prefill and decode the peer's time over
ours, round by round, with quartiles. Says nothing about any real model.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import transformers
from transformers import InternVLConfig, InternVLForConditionalGeneration, Qwen2Config

IMAGE_TOKEN = 151667
TOKENS_PER_TILE = 256
TEXT_BEFORE = 40


def shape():
    """OpenGVLab/InternVL3-1B-hf's config.json."""
    text = Qwen2Config(
        vocab_size=151674, hidden_size=896, intermediate_size=4864, num_hidden_layers=24,
        num_attention_heads=14, num_key_value_heads=2, max_position_embeddings=32768,
        rms_norm_eps=1e-6, tie_word_embeddings=False, bos_token_id=151643, eos_token_id=151645,
        rope_parameters=dict(rope_type="dynamic", rope_theta=1000000.0, factor=2.0))
    vision = dict(
        hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096,
        image_size=[448, 448], patch_size=[14, 14], use_mean_pooling=True, hidden_act="gelu",
        use_absolute_position_embeddings=True, attention_bias=True, use_qk_norm=False,
        norm_type="layer_norm", layer_norm_eps=1e-6)
    return InternVLConfig(
        text_config=text, vision_config=vision, image_token_id=IMAGE_TOKEN,
        image_seq_length=TOKENS_PER_TILE, downsample_ratio=0.5, vision_feature_layer=-1,
        tie_word_embeddings=False, architectures=["InternVLForConditionalGeneration"])


@torch.no_grad()
def write_checkpoint(folder):
    torch.manual_seed(3)
    model = InternVLForConditionalGeneration(shape()).to(torch.bfloat16)
    for weight in model.parameters():
        if weight.dim() > 1:  # a gain of about one, so that no layer drowns the one before
            weight.normal_(std=weight[0].numel() ** -0.5)
    model.save_pretrained(folder)


def prompt_of(tiles, text_tokens):
    """As mono-bench's."""
    text = [3 + i * 7 % 200 for i in range(text_tokens)]
    before = min(TEXT_BEFORE, text_tokens)
    image = [IMAGE_TOKEN] * (tiles * TOKENS_PER_TILE)
    return torch.tensor([text[:before] + image + text[before:]])


@torch.no_grad()
def answer(model, ids, pixels, new_tokens):
    """Greedy ids, seconds to the first and for each further token; no generate(), less overhead."""
    start = time.perf_counter()
    out = model(input_ids=ids, pixel_values=pixels, use_cache=True, logits_to_keep=1)
    chosen = [out.logits[0, -1].argmax().item()]
    first = time.perf_counter()
    cache = out.past_key_values
    for _ in range(new_tokens - 1):
        out = model(input_ids=torch.tensor([[chosen[-1]]]), past_key_values=cache, use_cache=True,
                    logits_to_keep=1)
        chosen.append(out.logits[0, -1].argmax().item())
    return chosen, first - start, (time.perf_counter() - first) / max(1, new_tokens - 1)


def ours(arguments, mode):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run(
            [arguments.mono_bench, "latency", "--model", f"ours={arguments.folder}", "--tiles",
             str(arguments.tiles), "--text-tokens", str(arguments.text_tokens), "--new-tokens",
             str(arguments.new_tokens), "--repetitions", "3", "--threads", str(arguments.threads),
             "--modes", mode, "--json", file.name],
            check=True, stdout=subprocess.DEVNULL)
        rows = json.load(open(file.name))["benchmarks"]
    of = lambda kind: statistics.median(
        row["real_time"] for row in rows if row["run_type"] == "iteration" and kind in row["name"])
    return {"prefill": of("first_token"), "decode": of("per_token"),
            "token_ids": next(row["token_ids"] for row in rows if "token_ids" in row)}


def quartiles(values):
    return [round(q, 3) for q in statistics.quantiles(values, n=4, method="inclusive")]


def common_length(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


def measure(arguments):
    model = InternVLForConditionalGeneration.from_pretrained(
        arguments.folder, dtype=torch.bfloat16, attn_implementation="sdpa").eval()
    ids = prompt_of(arguments.tiles, arguments.text_tokens)
    torch.manual_seed(0)
    pixels = torch.randn(arguments.tiles, 3, 448, 448).to(torch.bfloat16)
    answer(model, ids, pixels, 2)  # warm
    rounds = []
    for _ in range(arguments.rounds):
        theirs = [answer(model, ids, pixels, arguments.new_tokens) for _ in range(3)]
        rounds.append({
            "peer": {"prefill": statistics.median(t[1] for t in theirs),
                     "decode": statistics.median(t[2] for t in theirs)},
            **{mode: ours(arguments, mode) for mode in arguments.modes}})
        rounds[-1]["equal_ids"] = {
            mode: common_length(theirs[0][0], rounds[-1][mode]["token_ids"])
            for mode in arguments.modes}
    return rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mono_bench", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tiles", type=int, default=1)
    parser.add_argument("--text-tokens", type=int, default=64)
    parser.add_argument("--new-tokens", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--modes", nargs="+", default=["free", "deterministic"])
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if not (arguments.folder / "config.json").exists():
        write_checkpoint(arguments.folder)
    rounds = measure(arguments)
    result = {"peer": f"transformers {transformers.__version__}, torch {torch.__version__}, sdpa",
              "tiles": arguments.tiles, "new_tokens": arguments.new_tokens,
              "threads": arguments.threads, "rounds": len(rounds),
              "leading_equal_ids": rounds[0]["equal_ids"]}
    for kind in ("prefill", "decode"):
        result[f"{kind}_peer_ms"] = round(1e3 * statistics.median(r["peer"][kind] for r in rounds), 2)
        for mode in arguments.modes:
            result[f"{kind}_{mode}_ms"] = round(
                statistics.median(r[mode][kind] for r in rounds), 2)
            result[f"{kind}_peer_over_{mode}"] = quartiles(
                [r["peer"][kind] / (r[mode][kind] / 1e3) for r in rounds])
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
