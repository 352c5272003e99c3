#!/usr/bin/env python3
"""Writes tests/data/sample: a few rows of three benchmarks in their real file formats, with images.

The pictures are OpenCompass's own MMBench samples (Apache-2.0); the MMBench questions are the ones
published beside them, with their circular rotations; the OCRBench and TextVQA questions are ours.
They show how the tool works and are no statement about any model.

usage: make_sample_data.py SHARED/fixtures OUTPUT
"""
import base64
import csv
import json
import pathlib
import shutil
import sys

OCRBENCH = [  # picture, question, answers, category
    ("1", "what is the first word in the image?", ["apple"], "Regular Text Recognition"),
    ("1745", "what is written in the image?", ["TAKE CARE OF THE PLANET"], "Regular Text Recognition"),
    ("2368", "which city is named on the diving board?", ["TOKYO", "Tokyo 2020"], "Scene Text-centric VQA"),
    ("318", "What is the solvent volume of solution A?", ["40 mL", "40"], "Doc-oriented VQA"),
    ("2705", "which number is printed in green?", ["8"], "Digit String Recognition"),
]
TEXTVQA = [  # picture, question, the ten answers
    ("1", "which fruit is listed last?", ["cherry"] * 9 + ["cherries"]),
    ("1745", "what should we take care of?", ["the planet"] * 6 + ["planet"] * 4),
    ("2368", "what year is on the board?", ["2020"] * 10),
    ("2705", "what number is red?", ["6"] * 9 + ["six"]),
]
MMBENCH = [  # index, picture, question, options, answer, l2-category, category
    (21, "21", "Which one is the correct caption of this image?",
     ["A man rides a surfboard on a large wave.",
      "a young boy barefoot holding an umbrella touching the horn of a cow",
      "A giraffe standing by a stall in a field.",
      "A stop sign that has been vandalized with graffiti."], "B", "coarse_perception", "image_topic"),
    (672, "672", "How many trucks are in this photo?", ["six", "five", "seven", "eight"], "A",
     "finegrained_perception (instance-level)", "object_localization"),
    (812, "812", "Which scene category matches this image the best?",
     ["rock_arch", "train_interior", "shopfront", "office_cubicles"], "A", "coarse_perception",
     "image_scene"),
    (2222, "2222", "Based on this image, please predict what will happen next?",
     ["This egg will become cooked", "This egg will fall down", "The egg will be broken"], "C",
     "logic_reasoning", "future_prediction"),
]


def encoded(pictures, name):
    return base64.b64encode((pictures / f"{name}.jpg").read_bytes()).decode()


def write_tsv(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def mmbench_rows(pictures):
    """Each question with its rotations: index + k * 1e6, whose image is the index of the base row."""
    for index, picture, question, options, answer, level2, category in MMBENCH:
        right = options["ABCD".index(answer)]
        for turn in range(len(options)):
            turned = options[turn:] + options[:turn]
            image = encoded(pictures, picture) if turn == 0 else str(index)
            cells = turned + [""] * (4 - len(turned))
            yield [index + turn * 1_000_000, question, "", *cells, "ABCD"[turned.index(right)], category,
                   image, "sample", level2, "", "dev"]


def main():
    fixtures, output = map(pathlib.Path, sys.argv[1:])
    pictures = fixtures / "MMBench" / "samples"
    output.mkdir(parents=True, exist_ok=True)
    write_tsv(output / "OCRBench.tsv", ["index", "image", "question", "answer", "category"],
              [[i, encoded(pictures, p), q, repr(a), c] for i, (p, q, a, c) in enumerate(OCRBENCH)])
    write_tsv(output / "TextVQA_VAL.tsv", ["index", "image", "question", "answer"],
              [[34602 + i, encoded(pictures, p), q, repr(a)] for i, (p, q, a) in enumerate(TEXTVQA)])
    write_tsv(output / "MMBench_DEV_EN.tsv",
              ["index", "question", "hint", "A", "B", "C", "D", "answer", "category", "image", "source",
               "l2-category", "comment", "split"], mmbench_rows(pictures))

    # TextVQA again, in the layout of InternVL's evaluation scripts.
    folder = output / "data" / "textvqa"
    (folder / "train_images").mkdir(parents=True, exist_ok=True)
    annotations = []
    with open(folder / "textvqa_val.jsonl", "w", encoding="utf-8") as file:
        for i, (picture, question, answers) in enumerate(TEXTVQA):
            shutil.copyfile(pictures / f"{picture}.jpg", folder / "train_images" / f"{picture}.jpg")
            file.write(json.dumps({"image": f"data/textvqa/train_images/{picture}.jpg", "question": question,
                                   "question_id": 34602 + i, "answer": answers[0]}) + "\n")
            annotations.append({"question_id": 34602 + i,
                                "answers": [{"answer": a, "answer_id": k + 1} for k, a in enumerate(answers)]})
    (folder / "textvqa_val_annotations.json").write_text(json.dumps({"annotations": annotations}) + "\n")


if __name__ == "__main__":
    main()
