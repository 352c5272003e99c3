#pragma once

#include <set>

#include "tests/golden_model_stages.h"

/// The checks of one case of the golden folder `model` in one arithmetic.
namespace mono::tests {

/// One prompt: every stage, the step logits behind the golden ids, and the answer left to itself.
inline void check_prompt(Variant& variant, const Tensors& expected, const Arithmetic& arithmetic) {
  const auto& engine = variant.engine(arithmetic);
  const auto input_ids = ids_of(need(expected, "input_ids"));
  const auto pixels =
      expected.contains("pixel_values") ? expected.at("pixel_values") : at::Tensor();
  const auto golden_ids = need(expected, "greedy_ids" + arithmetic.suffix());
  const auto margin = need(expected, "margin" + arithmetic.suffix());

  Recorder recorder;
  auto fed = ids_of(golden_ids);
  fed.pop_back();
  const auto steps = engine.forced_logits(input_ids, pixels, fed, recorder.sink());
  expect_stages(expected, recorder.stages, arithmetic);
  expect_close("logits_steps" + arithmetic.suffix(), steps,
               need(expected, "logits_steps" + arithmetic.suffix()), arithmetic.logits_limits());
  EXPECT_TRUE(at::equal(at::stack(recorder.steps), steps)) << "the traced steps are others";
  expect_choices(steps, golden_ids, margin, arithmetic);

  const model::Decoding decoding{.max_new_tokens = static_cast<int>(golden_ids.numel())};
  const auto generation = engine.generate(input_ids, pixels, decoding, {});
  EXPECT_EQ(generation.stop, model::StopReason::kLength);
  expect_same_answer(generation.token_ids, golden_ids, margin, arithmetic);
}

/// Row `row` of a left-padded batch, as if it were a case of its own.
inline Tensors row_of(const Tensors& batch, int64_t row, int64_t first_tile, int64_t num_tiles) {
  const int64_t padding = need(batch, "attention_mask")[row].eq(0).sum().item<int64_t>();
  Tensors single;
  for (const auto& [name, tensor] : batch) {
    const auto stage = without_suffix(name);
    if (stage == "attention_mask" || stage == "num_patches_list" || stage == "image_flags") {
      continue;
    }
    const bool is_of_tiles = stage == "pixel_values" || stage == "visual_embeds" ||
                             stage == "mlp1.input" || stage.starts_with("vit.");
    const bool is_of_steps = stage == "greedy_ids" || stage == "margin" || stage == "logits_steps";
    const bool is_of_cache = stage.ends_with(".k") || stage.ends_with(".v");
    if (is_of_tiles) {
      if (num_tiles > 0) single[name] = tensor.slice(0, first_tile, first_tile + num_tiles);
    } else if (is_of_steps) {
      single[name] = tensor[row];
    } else {
      single[name] = tensor[row].slice(is_of_cache ? 1 : 0, padding);
    }
  }
  if (num_tiles > 0) {
    single["num_patches_list"] = at::tensor({num_tiles}, at::kLong);
    single["image_flags"] = at::ones({num_tiles}, at::kLong);
  }
  return single;
}

inline void check_batch(Variant& variant, const Tensors& batch, const Arithmetic& arithmetic) {
  const int64_t tokens_per_tile = variant.engine(arithmetic).config().tokens_per_tile;
  const auto ids = need(batch, "input_ids");
  int64_t first_tile = 0;
  for (int64_t row = 0; row < ids.size(0); ++row) {
    SCOPED_TRACE("row " + std::to_string(row));
    const int64_t num_visual = ids[row].eq(variant.image_context_id()).sum().item<int64_t>();
    const auto single = row_of(batch, row, first_tile, num_visual / tokens_per_tile);
    expect_facts(variant, single);
    check_prompt(variant, single, arithmetic);
    first_tile += num_visual / tokens_per_tile;
  }
  const int64_t num_tiles = batch.contains("pixel_values") ? batch.at("pixel_values").size(0) : 0;
  EXPECT_EQ(first_tile, num_tiles) << "tiles of the batch";
}

inline std::vector<int64_t> stop_ids_of(const json& value) {
  return value.is_array() ? value.get<std::vector<int64_t>>()
                          : std::vector<int64_t>{value.get<int64_t>()};
}

/// A run under other settings, and the ids the reference gives there.
struct Extra {
  model::Decoding decoding{};
  std::vector<int64_t> stop_ids{};
  std::vector<int64_t> expected{};
};

/// What the extra result `field` of a case ran with.
/// \throws model::SetupError for a result this test does not know.
inline Extra extra_of(const std::string& field, const json& extras, int max_new_tokens) {
  Extra extra{.decoding = {.max_new_tokens = max_new_tokens}};
  if (field == "beam") {
    const auto& beam = extras.at("beam");
    extra.decoding = {.max_new_tokens = beam.at("max_new_tokens").get<int>(),
                      .num_beams = beam.at("num_beams").get<int>(),
                      .length_penalty = beam.at("length_penalty").get<double>()};
    extra.expected = beam.at("ids").get<std::vector<int64_t>>();
    return extra;
  }
  if (field == "ids_with_eos") {
    extra.stop_ids = stop_ids_of(extras.at("eos_token_id"));
  } else if (field == "ids_with_eos_list") {
    extra.stop_ids = stop_ids_of(extras.at("eos_list"));
  } else if (field == "ids_with_eos_and_min_new_tokens") {
    extra.stop_ids = stop_ids_of(extras.at("eos_token_id"));
    extra.decoding.min_new_tokens = extras.at("min_new_tokens").get<int>();
  } else if (field == "ids_with_repetition_penalty") {
    extra.decoding.repetition_penalty = extras.at("repetition_penalty").get<double>();
  } else {
    model::fail(field, ": a setting this test does not know");
  }
  extra.expected = extras.at(field).get<std::vector<int64_t>>();
  return extra;
}

/// What the reference says under other settings; fp32 only.
inline void check_extras(Variant& variant, const std::string& name, const Arithmetic& arithmetic) {
  static const std::set<std::string> kSettings = {"eos_token_id", "eos_list", "min_new_tokens",
                                                  "repetition_penalty"};
  const auto tensors = variant.tensors(name);
  const auto input_ids = ids_of(need(tensors, "input_ids"));
  const auto pixels = tensors.contains("pixel_values") ? tensors.at("pixel_values") : at::Tensor();
  const auto max_new_tokens = static_cast<int>(need(tensors, "greedy_ids").numel());
  const auto& extras = variant.about(name).at("generation_extras_fp32");
  int num_results = 0;
  for (const auto& [field, value] : extras.items()) {
    if (kSettings.contains(field)) continue;
    ++num_results;
    const auto extra = extra_of(field, extras, max_new_tokens);
    const auto generation =
        variant.engine(arithmetic).generate(input_ids, pixels, extra.decoding, extra.stop_ids);
    EXPECT_EQ(generation.token_ids, extra.expected) << field;
  }
  EXPECT_GT(num_results, 0) << "settings without a result";
}

/// A case of the whole pipeline, whose pixels are made elsewhere: the language model behind the
/// visual embeddings the case holds.
inline void check_behind_pixels(const Variant& variant, const std::string& name,
                                const Tensors& expected, const Arithmetic& arithmetic) {
  const auto model = variant.model(arithmetic);
  const auto input_ids = ids_of(need(expected, "input_ids"));
  const auto visual = need(expected, "visual_embeds" + arithmetic.suffix())
                          .flatten(0, 1)
                          .to(golden_device(), arithmetic.dtype);
  const auto golden_ids = need(expected, "greedy_ids" + arithmetic.suffix());
  const auto margin = need(expected, "margin" + arithmetic.suffix());

  Recorder recorder;
  const auto sink = recorder.sink();
  auto prefill = model.read(input_ids, visual, golden_ids.numel(), sink);
  for (const int64_t id : ids_of(golden_ids.slice(0, 0, golden_ids.numel() - 1))) {
    prefill.sequence->feed(id);
  }
  const auto steps = at::stack(recorder.steps);  // [n, vocab_size]
  for (const auto& [field, tensor] : expected) {
    const bool is_layer = field.starts_with("layer.") || field.starts_with("final_norm");
    if (is_layer) expect_stage(field, expected, recorder.stages, arithmetic);
  }
  const auto suffix = arithmetic.suffix();
  if (expected.contains("logits_first" + suffix)) {
    expect_close("logits_first" + suffix, steps[0], expected.at("logits_first" + suffix),
                 arithmetic.logits_limits());
  }
  const auto& largest = need(expected, "logits_steps_top64_ids" + suffix);
  expect_close("logits_steps_top64_values" + suffix, steps.gather(1, largest),
               need(expected, "logits_steps_top64_values" + suffix), arithmetic.logits_limits());
  expect_choices(steps, golden_ids, margin, arithmetic);

  const auto& settings = variant.about(name).at("generation_config_seen_by_generate");
  const auto stop_ids = stop_ids_of(settings.at("eos_token_id"));
  auto again = model.read(input_ids, visual, settings.at("max_new_tokens").get<int>(), {});
  const auto generation =
      model::continue_sequence(std::move(again.sequence), std::move(again.logits),
                               {.max_new_tokens = settings.at("max_new_tokens").get<int>(),
                                .min_new_tokens = settings.at("min_new_tokens").get<int>()},
                               stop_ids, model.config().language.bos_id);
  expect_same_answer(generation.token_ids, golden_ids, margin, arithmetic);
}

/// The cases of a variant with one picture share its visual embeddings, which not each repeats.
inline void add_visual_embeddings(const Variant& variant, Tensors& expected) {
  for (const auto& [name, about] : variant.golden().at("cases").items()) {
    if (expected.contains("visual_embeds") || !variant.golden().contains("image")) break;
    const auto other = variant.tensors(name);
    for (const std::string stage : {"visual_embeds", "visual_embeds_bf16"}) {
      if (other.contains(stage)) expected.emplace(stage, other.at(stage));
    }
  }
}

inline void check_case(Variant& variant, const std::string& name, const Arithmetic& arithmetic) {
  auto expected = variant.tensors(name);
  if (expected.contains("attention_mask")) return check_batch(variant, expected, arithmetic);
  const auto num_visual =
      need(expected, "input_ids").eq(variant.image_context_id()).sum().item<int64_t>();
  if (num_visual == 0 || expected.contains("pixel_values")) {
    expect_facts(variant, expected);
    return check_prompt(variant, expected, arithmetic);
  }
  add_visual_embeddings(variant, expected);
  check_behind_pixels(variant, name, expected, arithmetic);
}

}  // namespace mono::tests
