"""Writes golden data of InternVLForConditionalGeneration: small random checkpoints in the Hugging
Face layout and what the class computes on them, in the layout of the golden folder `model`.

Run from the project's root, in an environment with transformers, torch and safetensors:

    python tests/golden/make_internvl_hf.py tests/golden/model
"""

import json
import pathlib
import sys

import safetensors.torch
import torch
import transformers
from transformers import InternVLConfig, InternVLForConditionalGeneration, LlamaConfig, Qwen2Config

IMAGE_TOKEN = 150
NEW_TOKENS = 16
VOCABULARY = 160
TEXT = dict(
    vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
    num_attention_heads=4, num_key_value_heads=2, hidden_act="silu", bos_token_id=1,
    eos_token_id=2, pad_token_id=None, tie_word_embeddings=False)
VISION = dict(
    hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=36,
    image_size=[56, 56], patch_size=[14, 14], use_mean_pooling=True, hidden_act="gelu",
    use_absolute_position_embeddings=True)

# Both language models, both kinds of vision layers. The first is stored under the names of older
# files; 28 positions are crossed by one_tile while decoding and by two_images in the prompt. The
# second is stored under the names the class has in memory, and without a head.
VARIANTS = {
    "internvl3_hf": dict(
        text=Qwen2Config(
            **TEXT, max_position_embeddings=28, rms_norm_eps=1e-6,
            rope_parameters=dict(rope_type="dynamic", rope_theta=10000.0, factor=2.0)),
        vision=dict(attention_bias=True, use_qk_norm=False, norm_type="layer_norm",
                    layer_norm_eps=1e-6),
        ties=False, older_names=True,
        cases=dict(text_only=[], one_tile=[1], two_images=[2, 1])),
    "internvl25_hf_llama": dict(
        text=LlamaConfig(
            **TEXT, max_position_embeddings=512, rms_norm_eps=1e-5, attention_bias=False,
            rope_parameters=dict(rope_type="default", rope_theta=1000000.0)),
        vision=dict(attention_bias=False, use_qk_norm=True, norm_type="rms_norm",
                    layer_norm_eps=1e-6),
        ties=True, older_names=False,
        cases=dict(one_tile=[1], two_images=[2, 1])),
}


def build(variant):
    config = InternVLConfig(
        text_config=variant["text"], vision_config={**VISION, **variant["vision"]},
        image_token_id=IMAGE_TOKEN, image_seq_length=4, downsample_ratio=0.5,
        vision_feature_layer=-1, tie_word_embeddings=variant["ties"])
    config._attn_implementation = "eager"
    model = InternVLForConditionalGeneration(config).eval()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, weight in sorted(model.named_parameters()):
            values = torch.randn(weight.shape, generator=generator)
            if weight.dim() == 1 and not name.endswith(".bias"):
                values = 1 + 0.2 * values  # a norm or a layer scale
            else:  # a gain of about one, so that a layer does not blow up the rounding before it
                values = values / weight[0].numel() ** 0.5
            weight.copy_(values.to(torch.bfloat16).float())
    model.tie_weights()
    return model


def stored_names(tensors, older):
    """The names of a file: those in memory, or those of files before Transformers 4.53."""
    def older_name(name):
        if name == "lm_head.weight":
            return "language_model.lm_head.weight"
        name = name.removeprefix("model.")
        prefix = "language_model."
        return prefix + "model." + name[len(prefix):] if name.startswith(prefix) else name
    return {older_name(name) if older else name: tensor for name, tensor in tensors.items()}


def write_checkpoint(model, variant, folder):
    tensors = {name: tensor.to(torch.bfloat16) for name, tensor in model.state_dict().items()}
    if variant["ties"]:
        del tensors["lm_head.weight"]
    folder.mkdir(parents=True, exist_ok=True)
    safetensors.torch.save_file(
        {n: t.contiguous().clone() for n, t in stored_names(tensors, variant["older_names"]).items()},
        folder / "model.safetensors")
    model.config.architectures = ["InternVLForConditionalGeneration"]
    (folder / "config.json").write_text(model.config.to_json_string(use_diff=True))


def prompt_of(tiles_per_image, generator):
    ids = [1] + torch.randint(3, 140, (6,), generator=generator).tolist()
    for tiles in tiles_per_image:
        ids += [151] + [IMAGE_TOKEN] * 4 * tiles + [152]
        ids += torch.randint(3, 140, (3,), generator=generator).tolist()
    return torch.tensor(ids + torch.randint(3, 140, (4,), generator=generator).tolist())


class Stages:
    """Keeps what the modules return during one forward pass."""

    def __init__(self, model):
        self.values = {}
        core = model.model
        vision = core.vision_tower
        hooks = [(vision.embeddings, "vit.embeddings", None),
                 (core.language_model.norm, "final_norm", 0)]
        hooks += [(m, f"vit.layer.{i}", None) for i, m in enumerate(vision.encoder.layer)]
        hooks += [(m, f"layer.{i}", 0) for i, m in enumerate(core.language_model.layers)]
        self.handles = [m.register_forward_hook(self.keep(n, d)) for m, n, d in hooks]
        self.handles.append(core.multi_modal_projector.register_forward_hook(self.keep_projector))
        self.handles.append(core.language_model.register_forward_pre_hook(
            lambda _, args, kwargs: self.put("inputs_embeds", kwargs["inputs_embeds"][0]),
            with_kwargs=True))

    def put(self, name, value):
        self.values[name] = value.detach().clone().contiguous()

    def keep(self, name, batch):
        def hook(_, inputs, output):
            value = output[0] if isinstance(output, tuple) else output
            self.put(name, value if batch is None else value[batch])
        return hook

    def keep_projector(self, _, inputs, output):
        self.put("mlp1.input", inputs[0])
        self.put("visual_embeds", output)

    def remove(self):
        for handle in self.handles:
            handle.remove()


@torch.no_grad()
def run(model, ids, pixels):
    """Stages and logits of the prompt, then the greedy answer with the logits of each step."""
    given = dict(input_ids=ids[None], attention_mask=torch.ones_like(ids)[None])
    if pixels is not None:
        given["pixel_values"] = pixels.to(model.dtype)
    stages = Stages(model)
    logits = model(**given).logits[0]
    stages.remove()
    values = dict(stages.values, logits_prefill=logits)
    if pixels is not None:
        values["vit.output"] = values[f"vit.layer.{VISION['num_hidden_layers'] - 1}"].clone()
    answer = model.generate(
        **given, max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=None, pad_token_id=0,
        output_logits=True, return_dict_in_generate=True)
    steps = torch.cat(answer.logits)
    values["logits_steps"] = steps.to(logits.dtype)
    values["greedy_ids"] = answer.sequences[0, len(ids):]
    best = steps.float().topk(2, dim=-1).values
    return values, best[:, 0] - best[:, 1]


def write_case(variant, tiles_per_image, path, generator):
    # Fresh models: their rotary tables remember the longest sequence they have seen.
    fp32, bf16 = build(variant), build(variant).to(torch.bfloat16)
    ids = prompt_of(tiles_per_image, generator)
    is_visual = (ids == IMAGE_TOKEN).long()
    case = dict(input_ids=ids, visual_token_mask=is_visual)
    pixels = None
    if tiles_per_image:
        tiles = sum(tiles_per_image)
        pixels = torch.randn(tiles, 3, 56, 56, generator=generator).to(torch.bfloat16).float()
        case.update(pixel_values=pixels.to(torch.bfloat16),
                    image_flags=torch.ones(tiles, dtype=torch.long),
                    num_patches_list=torch.tensor(tiles_per_image))
    values, margin = run(fp32, ids, pixels)
    rounded, rounded_margin = run(bf16, ids, pixels)
    case.update({name: value.contiguous() for name, value in values.items()}, margin=margin)
    for name in ("logits_prefill", "logits_steps", "greedy_ids", "visual_embeds"):
        if name in rounded:
            case[name + "_bf16"] = rounded[name].contiguous()
    case["margin_bf16"] = rounded_margin
    safetensors.torch.save_file(case, path)
    return dict(prompt_tokens=len(ids), tiles_per_image=tiles_per_image, batch=1,
                new_tokens=NEW_TOKENS, min_margin_fp32=margin.min().item(),
                min_margin_bf16=rounded_margin.min().item())


def write_variant(name, variant, folder):
    write_checkpoint(build(variant), variant, folder)
    (folder / "cases").mkdir(exist_ok=True)
    generator = torch.Generator().manual_seed(5)
    cases = {case: write_case(variant, tiles, folder / "cases" / f"{case}.safetensors", generator)
             for case, tiles in variant["cases"].items()}
    facts = dict(variant=name, img_context_token_id=IMAGE_TOKEN, tokens_per_tile=4,
                 new_tokens=NEW_TOKENS, cases=cases,
                 reference="transformers InternVLForConditionalGeneration, eager attention, CPU",
                 versions=dict(transformers=transformers.__version__,
                               torch=torch.__version__.split("+")[0]))
    (folder / "golden.json").write_text(json.dumps(facts, indent=1) + "\n")


def main():
    torch.set_num_threads(1)
    root = pathlib.Path(sys.argv[1])
    for name, variant in VARIANTS.items():
        write_variant(name, variant, root / name)


if __name__ == "__main__":
    main()
