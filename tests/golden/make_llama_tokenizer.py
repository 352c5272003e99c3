"""Writes golden data of the slow LlamaTokenizer: two small vocabularies' folders, laid out as those
of InternVL2-4B (Phi-3) and InternVL-1.2, and what the class makes of texts and ids.

Run from the project's root, in an environment with transformers 4.37.2, sentencepiece 0.1.99 and
protobuf:

    python tests/golden/make_llama_tokenizer.py tests/golden/llama_tokenizer
"""

import io
import json
import pathlib
import random
import sys

import sentencepiece
import transformers
from transformers import AddedToken, LlamaTokenizer

CORPUS = """What is written in the image? Answer the question using a single word or phrase.
Read all the text in this picture, then tell me how many cats and dogs sit on the red table.
The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs.
Please describe the image shortly. Is there a bird in the tree? Yes. No. A. cat B. dog
Provide a one-sentence caption for the provided image. 2024 1995 31 12 7 0.5 100%
print("hello, world")  # a comment
    for i in range(10): total += i * 2
请描述这张图片。 图中有多少人？ 一个 两个 三个 こんにちは 안녕
""".splitlines()

IMAGE_TOKENS = ["<img>", "</img>", "<IMG_CONTEXT>", "<quad>", "</quad>", "<ref>", "</ref>", "<box>",
                "</box>"]
PHI3_TOKENS = ["<|endoftext|>", "<|assistant|>", "<|placeholder1|>", "<|system|>", "<|end|>",
               "<|user|>"]
CHAT_TOKENS = ["<|im_start|>", "<|im_end|>"]


def phi3_options():
    """Control tokens that swallow the white space behind them; not all of them special."""
    control = [AddedToken(t, rstrip=t not in ("<|endoftext|>",), special=True, normalized=False)
               for t in PHI3_TOKENS]
    return dict(legacy=False, eos_token="<|endoftext|>", pad_token="<|endoftext|>"), control


def legacy_options():
    control = [AddedToken(t, special=True, normalized=False) for t in CHAT_TOKENS]
    return dict(legacy=True, eos_token="<|im_end|>", pad_token="<unk>"), control


VARIANTS = {"phi3": phi3_options, "legacy": legacy_options}

TEXTS = [
    "", " ", "  ", "\n", "a", " a", "  a", "a ", "a  b", "\ta\n", "Hello", " Hello, world!", "▁", "▁a",
    "a▁b", "<s>", "<s>a", "<s> a", "</s> a", "a</s>", "<unk>", "a<unk> b", "<img>", "<img> a</img>\na",
    "<|user|>\nWhat is it?<|end|>\n<|assistant|>\n", "<|system|>\n你是。<|end|><|user|>\n  two",
    "<|im_start|>user\nWhat is it?<|im_end|><|im_start|>assistant\n", "<|end|>  <|end|>\u3000x",
    "<img><IMG_CONTEXT><IMG_CONTEXT></img>\nWhat?", "x <|end|> y", "  <|user|> y", "<|user|>",
    "请描述这张图片。", "😀 emoji", "a\u00a0b", "tab\t\ttab", "12345 0.5", "e\u0301", "a\x00b",
    "This isn't , it 's . done !", "<box>[1,2]</box>", "▁<|user|> a", " <s>", "<s> <s>",
]


def train():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, vocab_size=460, model_type="bpe",
        byte_fallback=True, split_digits=True, add_dummy_prefix=True,
        remove_extra_whitespaces=False, normalization_rule_name="identity",
        allow_whitespace_only_pieces=True, character_coverage=0.98, minloglevel=2)
    return model.getvalue()


def random_texts(seed, added, count):
    chooser = random.Random(seed)
    parts = added + ["What", " is", "cat", " ", "  ", "\n", "▁", "图片", "x", ".", " ,", "3", "é", "\t"]
    return ["".join(chooser.choices(parts, k=chooser.randint(1, 9))) for _ in range(count)]


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows))


def write_variant(name, options, control, model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.model").write_bytes(model)
    tokenizer = LlamaTokenizer(str(folder / "tokenizer.model"), **options)
    tokenizer.add_tokens(control)
    if name == "phi3":
        tokenizer.add_tokens([AddedToken("</s>", rstrip=True, normalized=False)])
    images = [AddedToken(t, special=True, normalized=False) for t in IMAGE_TOKENS]
    tokenizer.add_special_tokens({"additional_special_tokens": images})
    tokenizer.save_pretrained(folder)
    tokenizer = LlamaTokenizer.from_pretrained(folder)  # as a checkpoint is read

    added = sorted(tokenizer.get_added_vocab())
    texts = TEXTS + random_texts(7, added, 160)
    write_rows(folder / "encode.jsonl", [dict(text=t, ids=tokenizer(t).input_ids) for t in texts])
    chooser = random.Random(11)
    ids = [tokenizer(t).input_ids for t in texts[:80]]
    ids += [chooser.choices(range(len(tokenizer)), k=chooser.randint(1, 8)) for _ in range(120)]
    write_rows(folder / "decode.jsonl", [
        dict(ids=i, text=tokenizer.decode(i, skip_special_tokens=True),
             text_with_special=tokenizer.decode(i)) for i in ids])


def main():
    root = pathlib.Path(sys.argv[1])
    model = train()
    for name, make in VARIANTS.items():
        options, control = make()
        write_variant(name, options, control, model, root / name)
    facts = dict(reference="transformers LlamaTokenizer, use_fast=False",
                 versions=dict(transformers=transformers.__version__,
                               sentencepiece=sentencepiece.__version__))
    (root / "versions.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
