"""Mono-InternVL's mathematics in plain PyTorch operations, for gpu_peers.py: what a straightforward
implementation costs. Written from the specification of the model, not from any implementation.

Three ways of the routed feed-forward: "blend" computes both experts for every token and selects (as
the published code does), "gather" gives each expert its tokens, "grouped" multiplies all tokens of
both in one torch._grouped_mm.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

EXPERTS = ("feed_forward", "feed_forward_ve")


class MonoTorch:
    def __init__(self, folder, device, dtype, routing="blend", attention="eager"):
        folder = pathlib.Path(folder)
        config = json.loads((folder / "config.json").read_text())
        language = config["llm_config"]
        self.config = language
        self.context = json.loads((folder / "added_tokens.json").read_text())["<IMG_CONTEXT>"]
        self.heads, self.kv = language["num_attention_heads"], language["num_key_value_heads"]
        self.head_dim = language["hidden_size"] // self.heads
        self.device, self.dtype = device, dtype
        self.routing, self.attention = routing, attention
        self.w = {name: tensor.to(device, dtype)
                  for name, tensor in load_file(folder / "model.safetensors").items()}
        if routing == "grouped":
            self.stack_experts()

    def stack_experts(self):
        for i in range(self.config["num_hidden_layers"]):
            for part in ("w1", "w3", "w2"):
                names = [self.layer_name(i, f"{expert}.{part}.weight") for expert in EXPERTS]
                both = torch.stack([self.w.pop(name) for name in names])
                self.w[self.layer_name(i, part)] = both.transpose(1, 2)

    @staticmethod
    def layer_name(i, name):
        return f"language_model.model.layers.{i}.{name}"

    def layer(self, i, name):
        return self.w[self.layer_name(i, name)]

    def see(self, pixels):
        """[tiles, 3, 448, 448] -> [tiles * 256, hidden]"""
        p = "vision_model.embeddings."
        x = F.conv2d(pixels, self.w[p + "patch_embedding.weight"], self.w[p + "patch_embedding.bias"],
                     stride=14).flatten(2).transpose(1, 2)
        x = torch.cat([self.w[p + "class_embedding"].expand(len(x), 1, -1), x], 1)
        x = (x + self.w[p + "position_embedding"])[:, 1:]
        side = int(x.shape[1] ** 0.5) // 2
        x = x.view(len(x), side, 2, side, 2, -1).transpose(2, 3).reshape(len(x), side * side, -1)
        x = F.layer_norm(x, x.shape[-1:], self.w["mlp1.0.weight"], self.w["mlp1.0.bias"], 1e-5)
        x = F.gelu(F.linear(x, self.w["mlp1.1.weight"], self.w["mlp1.1.bias"]))
        return F.linear(x, self.w["mlp1.3.weight"], self.w["mlp1.3.bias"]).flatten(0, 1)

    def norm(self, x, weight):
        rows = x.float()
        rows = rows * torch.rsqrt(rows.pow(2).mean(-1, keepdim=True) + self.config["rms_norm_eps"])
        return weight * rows.to(self.dtype)

    def angles(self, begin, end):
        d = self.head_dim
        frequency = self.config["rope_theta"] ** (
            -torch.arange(0, d, 2, device=self.device, dtype=torch.float32) / d)
        angle = torch.outer(torch.arange(begin, end, device=self.device).float(), frequency)
        angle = torch.cat([angle, angle], -1)
        return angle.cos().to(self.dtype), angle.sin().to(self.dtype)

    @staticmethod
    def rotate(x, cos, sin):
        first, second = x.chunk(2, -1)
        return x * cos[:, None] + torch.cat([-second, first], -1) * sin[:, None]

    def attend(self, i, x, angles, cache):
        n, group = len(x), self.heads // self.kv
        qkv = F.linear(x, self.layer(i, "attention.wqkv.weight")).view(n, self.kv, group + 2, -1)
        q = self.rotate(qkv[:, :, :group].reshape(n, self.heads, -1), *angles).transpose(0, 1)
        k = self.rotate(qkv[:, :, group], *angles)
        v = qkv[:, :, group + 1]
        if i in cache:
            k, v = torch.cat([cache[i][0], k]), torch.cat([cache[i][1], v])
        cache[i] = (k, v)
        keys = k.repeat_interleave(group, 1).transpose(0, 1)
        values = v.repeat_interleave(group, 1).transpose(0, 1)
        if self.attention == "sdpa":
            mixed = F.scaled_dot_product_attention(q[None], keys[None], values[None],
                                                   is_causal=n > 1)[0]
        else:
            scores = q @ keys.transpose(1, 2) / self.head_dim ** 0.5
            if n > 1:
                hidden = torch.full((n, n), float("-inf"), device=self.device, dtype=self.dtype)
                scores = scores + hidden.triu(1)
            mixed = torch.softmax(scores, -1, dtype=torch.float32).to(self.dtype) @ values
        return F.linear(mixed.transpose(0, 1).reshape(n, -1), self.layer(i, "attention.wo.weight"))

    def expert(self, i, name, x):
        gate = F.silu(F.linear(x, self.layer(i, f"{name}.w1.weight")))
        return F.linear(gate * F.linear(x, self.layer(i, f"{name}.w3.weight")),
                        self.layer(i, f"{name}.w2.weight"))

    def routes(self, is_visual):
        """What the layers of a pass share: nothing in them waits for the device."""
        if self.routing == "blend":
            return is_visual[:, None].to(self.dtype)
        places = [(is_visual == kind).nonzero().squeeze(1) for kind in (False, True)]
        if self.routing == "gather":
            return places
        ends = torch.tensor([len(places[0]), len(is_visual)], dtype=torch.int32)
        return torch.cat(places), ends.to(self.device)

    def feed_forward(self, i, x, routes):
        if self.routing == "blend":
            return (self.expert(i, EXPERTS[0], x) * (1 - routes)
                    + self.expert(i, EXPERTS[1], x) * routes)
        out = torch.empty_like(x)
        if self.routing == "gather":
            for name, places in zip(EXPERTS, routes):
                if len(places):
                    out.index_copy_(0, places, self.expert(i, name, x.index_select(0, places)))
            return out
        order, ends = routes
        rows = x.index_select(0, order)

        def product(a, part):
            return torch._grouped_mm(a, self.layer(i, part), offs=ends)
        y = product(F.silu(product(rows, "w1")) * product(rows, "w3"), "w2")
        return out.index_copy_(0, order, y)

    @torch.no_grad()
    def forward(self, ids, pixels, cache, begin=0):
        """Logits [vocab] behind the last of the ids."""
        is_visual = ids == self.context
        x = F.embedding(ids, self.w["language_model.model.tok_embeddings.weight"])
        if pixels is not None:
            x[is_visual] = self.see(pixels)
        angles = self.angles(begin, begin + len(ids))
        routes = self.routes(is_visual)
        for i in range(self.config["num_hidden_layers"]):
            x = x + self.attend(i, self.norm(x, self.layer(i, "attention_norm.weight")), angles,
                                cache)
            x = x + self.feed_forward(i, self.norm(x, self.layer(i, "ffn_norm.weight")), routes)
        last = self.norm(x[-1], self.w["language_model.model.norm.weight"])
        return F.linear(last, self.w["language_model.output.weight"]).float()

    def answer(self, ids, pixels, new_tokens):
        """The greedy ids; prompt and pixels come from the host, as ours do."""
        cache, said = {}, []
        logits = self.forward(ids.to(self.device), None if pixels is None else
                              pixels.to(self.device, self.dtype, non_blocking=True), cache)
        for step in range(new_tokens):
            said.append(int(logits.argmax()))
            if step + 1 < new_tokens:
                logits = self.forward(torch.tensor(said[-1:], device=self.device), None, cache,
                                      len(ids) + step)
        return said
