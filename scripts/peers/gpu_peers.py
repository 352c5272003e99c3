#!/usr/bin/env python3
"""Mono-InternVL-2B's shape on one GPU: mono-bench beside PyTorch and transformers, in turns.

    python3 gpu_peers.py MONO_BENCH CHECKPOINT --json OUT [--rounds 3] [--device cuda]

CHECKPOINT comes from make_synthetic_checkpoint.py mono-internvl-2b; all programs read it. Peers:
mono_torch.py (the published mathematics with both experts for every token; each expert's tokens
gathered; torch._grouped_mm) and transformers' LlamaForCausalLM with the same language weights, eager
and with a static cache under torch.compile. First what they answer is compared, then times: ours,
peers, ours, ... Each part stands alone: one that fails says so and the others go on.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time
import traceback

import torch

from mono_torch import MonoTorch

TEXT_BEFORE, TEXT_TOKENS, TOKENS_PER_TILE = 40, 64, 256
CONTEXT = 1024  # of text, where tokens are timed


def prompt_of(context, tiles, text_tokens=TEXT_TOKENS):
    """As mono-bench's."""
    ids = [3 + i * 7 % 200 for i in range(text_tokens)]
    picture = [context] * (tiles * TOKENS_PER_TILE)
    return torch.tensor(ids[:TEXT_BEFORE] + picture + ids[TEXT_BEFORE:])


def pixels_of(tiles, is_cuda):
    torch.manual_seed(0)
    pixels = torch.randn(tiles, 3, 448, 448).to(torch.bfloat16)
    return pixels.pin_memory() if is_cuda else pixels


def timed(work, device, times):
    seconds = []
    for _ in range(times):
        if device == "cuda":
            torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def ours(options, tiles, new_tokens, repetitions, text_tokens=TEXT_TOKENS):
    """Seconds of mono-bench: to the first token and per token, and what it says."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([options.mono_bench, "latency", "--device", options.device, "--dtype",
                        options.dtype, "--model", f"ours={options.checkpoint}", "--modes", "free",
                        "--tiles", str(tiles), "--text-tokens", str(text_tokens), "--new-tokens", str(new_tokens), "--repetitions",
                        str(repetitions), "--json", file.name], check=True, capture_output=True)
        entries = json.load(open(file.name))["benchmarks"]
    first = [e["real_time"] / 1e3 for e in entries
             if e["name"].endswith("first_token") and e["run_type"] == "iteration"]
    token = [e["real_time"] / 1e3 for e in entries if e["name"].endswith("per_token") and e["run_type"] == "iteration"]
    return first, token, next(e["token_ids"] for e in entries if "token_ids" in e)


def llama(options, model):
    """transformers' class of the same mathematics, with the language weights of the checkpoint."""
    from transformers import AutoModelForCausalLM, LlamaConfig
    c = model.config
    config = LlamaConfig(
        vocab_size=c["vocab_size"], hidden_size=c["hidden_size"], rms_norm_eps=c["rms_norm_eps"],
        intermediate_size=c["intermediate_size"], num_hidden_layers=c["num_hidden_layers"],
        num_attention_heads=model.heads, num_key_value_heads=model.kv, tie_word_embeddings=False,
        max_position_embeddings=32768, bos_token_id=None, eos_token_id=None, pad_token_id=0,
        rope_parameters={"rope_type": "default", "rope_theta": c["rope_theta"]},
        attn_implementation=options.attention)
    with torch.device(options.device):  # not .to(dtype), which would round the rotation too
        peer = AutoModelForCausalLM.from_config(config, dtype=model.dtype).eval()
    state, group = {}, model.heads // model.kv
    names = {"feed_forward.w1": "mlp.gate_proj", "feed_forward.w3": "mlp.up_proj",
             "feed_forward.w2": "mlp.down_proj", "attention.wo": "self_attn.o_proj",
             "attention_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
    for i in range(c["num_hidden_layers"]):
        for name, theirs in names.items():
            state[f"model.layers.{i}.{theirs}.weight"] = model.layer(i, f"{name}.weight")
        qkv = model.layer(i, "attention.wqkv.weight").view(
            model.kv, group + 2, model.head_dim, c["hidden_size"])
        for part, rows in (("q", qkv[:, :group]), ("k", qkv[:, group]), ("v", qkv[:, group + 1])):
            state[f"model.layers.{i}.self_attn.{part}_proj.weight"] = rows.reshape(
                -1, c["hidden_size"])
    state["model.embed_tokens.weight"] = model.w["language_model.model.tok_embeddings.weight"]
    state["model.norm.weight"] = model.w["language_model.model.norm.weight"]
    state["lm_head.weight"] = model.w["language_model.output.weight"]
    peer.load_state_dict(state)
    return peer


def per_token(options, peer, ids, **settings):
    """Seconds of one more token, of differences of whole calls; and the first token."""
    ids = ids[None].to(options.device)
    mask = torch.ones_like(ids)

    def say(count):
        return lambda: peer.generate(ids, attention_mask=mask, do_sample=False, min_new_tokens=count,
                                     max_new_tokens=count, **settings)
    said = say(2)()[0, ids.shape[1]].item()
    for count in (2, 34):
        timed(say(count), options.device, 2)  # warm
    few = timed(say(2), options.device, options.repetitions)
    many = timed(say(34), options.device, options.repetitions)
    return [(b - a) / 32 for a, b in zip(sorted(few), sorted(many))], said


def behind(peer, ids, token):
    """By how much a token's logit is behind the largest of a peer's; one step of bf16 there."""
    logits = peer(ids[None].to(peer.device)).logits[0, -1].float()
    top = logits.max()
    return (top - logits[token]).item(), top.abs().item() / 128


class Report:
    def __init__(self, path):
        self.path, self.rows = path, []

    def add(self, measure, peer, theirs, own, same, gap=0):
        """gap: of our first token's logit to the peer's largest, where the peer says another."""
        if not same:
            self.fail(measure, peer, "the first token differs: no time is reported")
            return
        ratio = statistics.median(theirs) / statistics.median(own)
        self.rows.append({"measure": measure, "peer": peer, "peer_ms": [t * 1e3 for t in theirs],
                          "ours_ms": [t * 1e3 for t in own], "ratio": ratio, "same_answer": same,
                          "behind_in_logits_of_peer": gap})
        print(f"{measure:<28} {peer:<44} {statistics.median(theirs) * 1e3:9.2f} ms "
              f"{statistics.median(own) * 1e3:9.2f} ms  {ratio:6.2f}", flush=True)
        self.write()

    def fail(self, measure, peer, why):
        self.rows.append({"measure": measure, "peer": peer, "error": why})
        print(f"{measure:<28} {peer:<44} {why.strip().splitlines()[-1][:120]}", flush=True)
        self.write()

    def write(self):
        versions = {"torch": torch.__version__, "device": torch.cuda.get_device_name()
                    if torch.cuda.is_available() else "cpu"}
        self.path.write_text(json.dumps({"context": versions, "rows": self.rows}, indent=1) + "\n")


def prefill_and_loop(options, report):
    ids = pixels = None
    for routing, attention, name in (
            ("blend", "eager", "T1 published mathematics, eager attention"),
            ("blend", "sdpa", "T1 published mathematics, SDPA"),
            ("gather", "sdpa", "T2 experts' tokens gathered, SDPA"),
            ("grouped", "sdpa", "T3 torch._grouped_mm, SDPA")):
        try:
            peer = MonoTorch(options.checkpoint, options.device, options.torch_dtype, routing,
                             attention)
            ids, pixels = prompt_of(peer.context, options.tiles), pixels_of(
                options.tiles, options.device == "cuda")
            said = peer.answer(ids, pixels, 4)
            own, theirs, same = [], [], True
            for _ in range(options.rounds):
                first, _, words = ours(options, options.tiles, 4, options.repetitions)
                own += first
                same = same and words[0] == said[0]
                theirs += timed(lambda: peer.answer(ids, pixels, 1), options.device,
                                options.repetitions)
            report.add("first token", name, theirs, own, same)
            if routing == "blend" and attention == "eager":
                item = timed(lambda: peer.answer(ids, pixels, 10), options.device, 5)
                report.add("T11 an answer of 10 tokens", "one after the other", item,
                           alone_and_together(options), same)
        except Exception:
            report.fail("first token", name, traceback.format_exc())
        peer = None
        torch.cuda.empty_cache()


def alone_and_together(options):
    """Seconds an item of mono-bench's, many together."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([options.mono_bench, "throughput", "--device", options.device, "--dtype",
                        options.dtype, "--model", f"ours={options.checkpoint}", "--modes", "free",
                        "--items", str(options.items), "--alone", "2", "--repetitions", "2",
                        "--tiles", str(options.tiles), "--json", file.name], check=True, capture_output=True)
        return [e["real_time"] / 1e3 for e in json.load(open(file.name))["benchmarks"]
                if e["name"].endswith("/together") and e["run_type"] == "iteration"]


def decoding(options, report):
    model = MonoTorch(options.checkpoint, options.device, options.torch_dtype)
    for attention, settings, name in (
            ("eager", {}, "T6 transformers, eager generate"),
            ("sdpa", {"cache_implementation": "static"}, "T7 static cache, torch.compile")):
        try:
            options.attention = attention
            peer = llama(options, model)
            _, own, words = ours(options, 0, 34, options.repetitions, CONTEXT)
            ids = prompt_of(model.context, 0, CONTEXT)
            theirs, said = per_token(options, peer, ids, **settings)
            gap, step = (0, 0) if words[0] == said else behind(peer, ids, words[0])
            report.add("a token, context 1k", name, theirs, own, gap <= step, gap)
        except Exception:
            report.fail("a token, context 1k", name, traceback.format_exc())
        peer = None


def pillow(options, report):
    """T10: one core, 1920 x 1080 to 4 x 3 tiles of 448, from pixels."""
    try:
        from PIL import Image
        picture = Image.frombytes("RGB", (1920, 1080), bytes(1920 * 1080 * 3))

        def cut():
            whole = picture.resize((1792, 1344))
            for row in range(3):
                for column in range(4):
                    whole.crop((column * 448, row * 448, column * 448 + 448, row * 448 + 448)).load()
        seconds = timed(cut, "cpu", 9)
        report.rows.append({"measure": "T10 tiles", "peer": "Pillow, one core",
                            "peer_ms": [t * 1e3 for t in seconds]})
        print(f"T10 Pillow: {statistics.median(seconds) * 1e3:.2f} ms; ours: tiles_from_rgb of "
              "mono-bench kernels", flush=True)
    except Exception:
        report.fail("T10 tiles", "Pillow", traceback.format_exc())
    report.write()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mono_bench")
    parser.add_argument("checkpoint")
    parser.add_argument("--json", type=pathlib.Path, required=True)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--dtype", default="bf16", choices=("bf16", "fp32"))
    parser.add_argument("--tiles", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=7, help="of each round")
    parser.add_argument("--items", type=int, default=256, help="of the offline run")
    options = parser.parse_args()
    options.torch_dtype = torch.bfloat16 if options.dtype == "bf16" else torch.float32
    report = Report(options.json)
    pillow(options, report)
    prefill_and_loop(options, report)
    decoding(options, report)


if __name__ == "__main__":
    main()
