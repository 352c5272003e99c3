#include "evaluator/record.h"

#include <nlohmann/json.hpp>

#include "evaluator/states.h"
#include "tasks/text/utf8.h"

namespace mono::evaluator {

namespace {

using nlohmann::ordered_json;

template <typename Value>
void put(ordered_json& json, const char* name, const std::optional<Value>& value) {
  if (value) json[name] = *value;
}

ordered_json decoding_json(const model::Decoding& decoding) {
  ordered_json json = {{"do_sample", decoding.do_sample},
                       {"max_new_tokens", decoding.max_new_tokens}};
  put(json, "min_new_tokens", decoding.min_new_tokens);
  put(json, "num_beams", decoding.num_beams);
  put(json, "temperature", decoding.temperature);
  put(json, "top_p", decoding.top_p);
  put(json, "top_k", decoding.top_k);
  put(json, "repetition_penalty", decoding.repetition_penalty);
  put(json, "length_penalty", decoding.length_penalty);
  if (decoding.do_sample) json["seed"] = decoding.seed;
  return json;
}

ordered_json image_json(const model::ImageInput& image) {
  ordered_json json = {{"name", image.name}, {"max_tiles", image.max_tiles}};
  if (image.doubles_size) json["doubles_size"] = true;
  if (image.reencodes_as_jpeg) json["reencodes_as_jpeg"] = true;
  if (image.drops_alpha_of_gray) json["drops_alpha_of_gray"] = true;
  if (image.keeps_stored_mode) json["keeps_stored_mode"] = true;
  return json;
}

/// Steps by name; one that comes several times, once a run of a grader, as a list.
ordered_json steps_json(const tasks::Score& score) {
  auto json = ordered_json::object();
  for (const auto& [name, value] : score.steps) {
    auto& entry = json[name];
    if (entry.is_string()) entry = ordered_json::array({entry});
    if (entry.is_array()) {
      entry.push_back(value);
    } else {
      entry = value;
    }
  }
  return json;
}

ordered_json exchange_json(const tasks::JudgeExchange& exchange) {
  return {{"prompt_sha256", exchange.prompt_sha256},
          {"reply", exchange.reply},
          {"temperature", exchange.temperature}};
}

}  // namespace

ordered_json request_json(const model::Request& request) {
  ordered_json parts = ordered_json::array();
  for (const auto& part : request.parts) {
    if (part.image >= 0) {
      parts.push_back({{"image", request.images.at(static_cast<size_t>(part.image)).name}});
    } else {
      parts.push_back({{"text", part.text}});
    }
  }
  ordered_json images = ordered_json::array();
  for (const auto& image : request.images) images.push_back(image_json(image));
  ordered_json json = {{"parts", parts}, {"question", request.question}, {"images", images}};
  if (request.shares_image_block) json["shares_image_block"] = true;
  json["generation"] = decoding_json(request.decoding);
  return json;
}

ordered_json sample_json(const tasks::Sample& sample, const model::Request& request,
                         const model::Response& response) {
  ordered_json json = {{"id", sample.id}, {"request", request_json(request)}};
  json["num_tiles"] = response.num_tiles;
  json["prompt_tokens"] = response.prompt_tokens;
  json["new_tokens"] = response.new_tokens;
  json["pixels_sha256"] = response.pixels_sha256;
  json["prompt_sha256"] = response.prompt_sha256;
  json["output_sha256"] = response.output_sha256;
  json["stop"] = response.stop;
  json["targets"] = sample.targets;
  json["response"] = response.text;
  auto error = response.error;  // may name a file whose name is no UTF-8
  tasks::repair_utf8(error);
  json["error"] = std::move(error);
  return json;
}

ordered_json score_json(const tasks::Row& row) {
  if (!row.score) return nullptr;
  const auto& score = *row.score;
  ordered_json json = {{"value", score.value},
                       {"state", state_name(score.state)},
                       {"answer", score.answer},
                       {"how", score.how},
                       {"is_counted", score.is_counted}};
  if (!score.log.empty()) json["log"] = score.log;
  if (!score.steps.empty()) json["steps"] = steps_json(score);
  if (score.run_values.size() > 1) json["run_values"] = score.run_values;
  for (const auto& exchange : score.asked) json["judge"].push_back(exchange_json(exchange));
  return json;
}

ordered_json timing_json(const std::string& id, const model::Response& response,
                         const WorkTime& work) {
  ordered_json json = {{"id", id},
                       {"preprocess_seconds", response.preprocess_seconds},
                       {"prefill_seconds", response.prefill_seconds},
                       {"decode_seconds", response.decode_seconds}};
  if (work.pace.empty()) return json;
  json["wall_seconds"] = work.wall_seconds;
  json["call"] = work.call;
  json["rows_in_call"] = work.rows_in_call;
  json["pace"] = work.pace;
  return json;
}

}  // namespace mono::evaluator
