#!/usr/bin/env python3
"""Writes a checkpoint of real shapes and names with random values, tensor by tensor.

    python3 scripts/make_synthetic_checkpoint.py mono-internvl-2b OUTPUT [--scale 1]

Kinds: mono-internvl-2b, internvl-1.5-2b, internvl3-1b. The folder holds config.json, one safetensors
file and added_tokens.json; no tokenizer, so `mono-bench` can run it and `mono-eval run` cannot.
`--scale N` divides the number of layers by N. Says nothing about any real model.
"""

import argparse
import json
import math
import pathlib
import random
import struct

VIT = {"hidden": 1024, "layers": 24, "heads": 16, "mlp": 4096}
MODELS = {
    "mono-internvl-2b": {
        "architecture": "InternLM2VEForCausalLM", "hidden": 2048, "layers": 24, "heads": 16, "kv": 8,
        "mlp": 8192, "vocab": 92553, "vision_layers": 0, "theta": 1e6, "eps": 1e-5,
        "context": 92546, "template": "internlm2-chat"},
    "internvl-1.5-2b": {
        "architecture": "InternLM2ForCausalLM", "hidden": 2048, "layers": 24, "heads": 16, "kv": 8,
        "mlp": 8192, "vocab": 92553, "vision_layers": 24, "theta": 1e6, "eps": 1e-5,
        "context": 92546, "template": "internlm2-chat"},
    "internvl3-1b": {
        "architecture": "Qwen2ForCausalLM", "hidden": 896, "layers": 24, "heads": 14, "kv": 2,
        "mlp": 4864, "vocab": 151674, "vision_layers": 24, "theta": 1e6, "eps": 1e-6,
        "context": 151667, "template": "internvl2_5"},
}


def vision_shapes(layers):
    c = VIT["hidden"]
    shapes = {
        "embeddings.class_embedding": [1, 1, c],
        "embeddings.position_embedding": [1, 1025, c],
        "embeddings.patch_embedding.weight": [c, 3, 14, 14],
        "embeddings.patch_embedding.bias": [c],
    }
    for i in range(layers):
        p = f"encoder.layers.{i}."
        shapes |= {
            p + "ls1": [c], p + "ls2": [c],
            p + "attn.qkv.weight": [3 * c, c], p + "attn.qkv.bias": [3 * c],
            p + "attn.proj.weight": [c, c], p + "attn.proj.bias": [c],
            p + "mlp.fc1.weight": [VIT["mlp"], c], p + "mlp.fc1.bias": [VIT["mlp"]],
            p + "mlp.fc2.weight": [c, VIT["mlp"]], p + "mlp.fc2.bias": [c],
            p + "norm1.weight": [c], p + "norm1.bias": [c],
            p + "norm2.weight": [c], p + "norm2.bias": [c],
        }
    return {"vision_model." + name: shape for name, shape in shapes.items()}


def internlm2_shapes(m):
    h, d = m["hidden"], m["hidden"] // m["heads"]
    shapes = {"model.tok_embeddings.weight": [m["vocab"], h], "model.norm.weight": [h],
              "output.weight": [m["vocab"], h]}
    experts = ["feed_forward", "feed_forward_ve"] if "VE" in m["architecture"] else ["feed_forward"]
    for i in range(m["layers"]):
        p = f"model.layers.{i}."
        shapes |= {p + "attention.wqkv.weight": [(m["heads"] + 2 * m["kv"]) * d, h],
                   p + "attention.wo.weight": [h, h],
                   p + "attention_norm.weight": [h], p + "ffn_norm.weight": [h]}
        for expert in experts:
            shapes |= {p + expert + ".w1.weight": [m["mlp"], h],
                       p + expert + ".w3.weight": [m["mlp"], h],
                       p + expert + ".w2.weight": [h, m["mlp"]]}
    return shapes


def qwen2_shapes(m):
    h, d = m["hidden"], m["hidden"] // m["heads"]
    shapes = {"model.embed_tokens.weight": [m["vocab"], h], "model.norm.weight": [h],
              "lm_head.weight": [m["vocab"], h]}
    for i in range(m["layers"]):
        p = f"model.layers.{i}."
        for name, rows in (("q", m["heads"]), ("k", m["kv"]), ("v", m["kv"])):
            shapes |= {p + f"self_attn.{name}_proj.weight": [rows * d, h],
                       p + f"self_attn.{name}_proj.bias": [rows * d]}
        shapes |= {p + "self_attn.o_proj.weight": [h, h],
                   p + "mlp.gate_proj.weight": [m["mlp"], h], p + "mlp.up_proj.weight": [m["mlp"], h],
                   p + "mlp.down_proj.weight": [h, m["mlp"]],
                   p + "input_layernorm.weight": [h], p + "post_attention_layernorm.weight": [h]}
    return shapes


def all_shapes(m):
    language = qwen2_shapes(m) if m["architecture"].startswith("Qwen2") else internlm2_shapes(m)
    h, z = m["hidden"], 4 * VIT["hidden"]
    return (vision_shapes(m["vision_layers"])
            | {"mlp1.0.weight": [z], "mlp1.0.bias": [z], "mlp1.1.weight": [h, z], "mlp1.1.bias": [h],
               "mlp1.3.weight": [h, h], "mlp1.3.bias": [h]}
            | {"language_model." + name: shape for name, shape in language.items()})


def config(m):
    vision = {"model_type": "intern_vit_6b" if m["vision_layers"] else "intern_vit_patch",
              "hidden_size": VIT["hidden"], "num_channels": 3, "patch_size": 14, "image_size": 448}
    if m["vision_layers"]:
        vision |= {"num_hidden_layers": m["vision_layers"], "num_attention_heads": VIT["heads"],
                   "intermediate_size": VIT["mlp"], "qkv_bias": True, "qk_normalization": False,
                   "norm_type": "layer_norm", "layer_norm_eps": 1e-6, "hidden_act": "gelu"}
    language = {"architectures": [m["architecture"]], "vocab_size": m["vocab"],
                "hidden_size": m["hidden"], "num_hidden_layers": m["layers"],
                "num_attention_heads": m["heads"], "num_key_value_heads": m["kv"],
                "intermediate_size": m["mlp"], "max_position_embeddings": 32768,
                "rms_norm_eps": m["eps"], "rope_theta": m["theta"], "hidden_act": "silu",
                "rope_scaling": {"type": "dynamic", "factor": 2.0}, "bias": False,
                "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": False}
    return {"architectures": ["InternVLChatModel"], "llm_config": language, "vision_config": vision,
            "force_image_size": 448, "downsample_ratio": 0.5, "ps_version": "v2", "select_layer": -1,
            "template": m["template"], "dynamic_image_size": True, "use_thumbnail": True,
            "min_dynamic_patch": 1, "max_dynamic_patch": 12}


ONE = struct.pack("<H", 0x3F80)     # bf16
TENTH = struct.pack("<H", 0x3DCD)
# The upper byte of a bf16 number: its sign and the exponent of +-[2^-7, 2^-5), whose last bit and
# mantissa are the lower byte.
UPPER = bytes(0x3C if byte < 128 else 0xBC for byte in range(256))


def constant_of(name):
    """What a tensor holds throughout, None if random values."""
    is_norm = "norm.weight" in name or "norm1.weight" in name or "norm2.weight" in name
    if is_norm or name == "mlp1.0.weight":
        return ONE
    return TENTH if name.endswith((".ls1", ".ls2")) else None


# How many random values there are; each tensor takes them in turn, from a place of its own. Prime,
# so that the rows of no matrix repeat one another.
POOL = (1 << 24) - 3


def make_pool(generator):
    block = bytearray(2 * POOL)
    block[0::2] = generator.randbytes(POOL)
    block[1::2] = generator.randbytes(POOL).translate(UPPER)
    return block


def write_values(file, name, count, pool, start):
    constant = constant_of(name)
    if constant:
        file.write(constant * count)
        return
    values = memoryview(pool)
    while count:
        size = min(count, POOL - start)
        file.write(values[2 * start:2 * (start + size)])
        count -= size
        start = 0


def write_safetensors(path, shapes):
    header, offset = {}, 0
    for name, shape in shapes.items():
        size = 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    generator = random.Random(0)
    pool = make_pool(generator)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in shapes.items():
            write_values(file, name, math.prod(shape), pool, generator.randrange(POOL))
    return offset


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=MODELS)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--scale", type=int, default=1, help="divides the number of layers")
    arguments = parser.parse_args()
    model = dict(MODELS[arguments.kind])
    model["layers"] = max(1, model["layers"] // arguments.scale)
    model["vision_layers"] //= arguments.scale
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "config.json").write_text(json.dumps(config(model), indent=2) + "\n")
    (arguments.output / "added_tokens.json").write_text(
        json.dumps({"<IMG_CONTEXT>": model["context"]}) + "\n")
    shapes = all_shapes(model)
    size = write_safetensors(arguments.output / "model.safetensors", shapes)
    parameters = sum(math.prod(shape) for shape in shapes.values())
    print(f"{arguments.output}: {len(shapes)} tensors, {parameters} parameters, {size} bytes")


if __name__ == "__main__":
    main()
