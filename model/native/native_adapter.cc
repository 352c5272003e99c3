#include "model/native/native_adapter.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "model/gemm_plan_file.h"
#include "model/native/checkpoint_watch.h"
#include "model/native/digest.h"
#include "model/native/pipeline.h"
#include "model/native/prepared_ahead.h"
#include "model/out_of_memory.h"
#include "model/weights/visual_experts.h"

namespace mono::model {

namespace {

bool decides_answers(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  return name.ends_with(".safetensors") || name == "model.safetensors.index.json" ||
         name == "config.json" || name.starts_with("tokenizer") || name == "added_tokens.json" ||
         name == kVisualExpertsFile || name == "special_tokens_map.json" || name == "vocab.json" ||
         name == "merges.txt";
}

class NativeAdapter final : public ModelAdapter {
 public:
  NativeAdapter(const std::filesystem::path& checkpoint, const NativeOptions& options)
      : watch_(checkpoint),
        gemm_plans_(plans_of(options)),
        pipeline_(checkpoint, options),
        options_(options),
        ahead_([this](const Request& request) { return pipeline_.prepare(request); },
               options.prepare_threads > 0 ? options.prepare_threads : num_prepare_threads()) {
    const auto& config = pipeline_.engine().config();
    info_.kind = "native";
    info_.fingerprint = checkpoint_fingerprint(checkpoint);
    info_.registration =
        options.registration.empty() ? implied_registration(checkpoint) : options.registration;
    info_.details = {{"architecture", std::string(name_of(config.language.architecture))},
                     {"device", options.device},
                     {"dtype", options.dtype},
                     {"mode", mode_name(pipeline_.engine().options())},
                     {"template", config.template_name}};
    if (const auto passes = pipeline_.engine().passes(); passes != "plain passes") {
      info_.details.emplace_back("passes", passes);
    }
    if (options.loses_hash_merges) info_.details.emplace_back("tokenizer", "loses hash merges");
    if (!options.is_deterministic) {
      info_.details.emplace_back("batch_size", std::to_string(options.batch_size));
    }
    info_.pace = "batch size " + std::to_string(options.batch_size) +
                 (options.reuses_prefixes ? ", prefix reuse" : ", no prefix reuse") +
                 (options.is_deterministic ? ", deterministic" : ", not deterministic");
    if (gemm_plans_) info_.pace += ", plans of products from a file";
    if (options.prepare_threads > 0) {
      info_.pace += ", preparing threads " + std::to_string(options.prepare_threads);
    }
  }

  const AdapterInfo& info() const override { return info_; }

  size_t window() const override {
    constexpr size_t kBatchesAhead = 2;  // finished answers leave room that later requests fill
    return kBatchesAhead * static_cast<size_t>(options_.batch_size);
  }

  // No more than are in the making at a time: their pixels wait in memory beside those.
  void announce(std::span<const Request> requests) override {
    const auto most = static_cast<size_t>(options_.batch_size);
    ahead_.announce(requests.first(std::min(requests.size(), most)));
  }

  void answer(std::span<const Request> requests, const OnResponse& on_response) override {
    watch_.check();
    std::vector<EngineRequest> asked;
    std::vector<Response> responses;
    std::vector<size_t> positions;
    auto preparations = ahead_(requests);
    for (size_t i = 0; i < requests.size(); ++i) {
      auto& [prepared, error] = preparations[i];
      try {
        if (error) std::rethrow_exception(error);
        asked.push_back(std::move(prepared.engine));
        responses.push_back(std::move(prepared.response));
        positions.push_back(i);
      } catch (const SetupError& cause) {
        // Of this request alone: an image that cannot be read, a prompt that cannot be built.
        on_response(i, failed(cause.what()));
      } catch (const std::exception& cause) {
        if (!is_out_of_memory(cause)) throw;
        on_response(i, failed("its pictures and prompt need more memory than there is"));
      }
    }
    pipeline_.engine().answer(
        asked,
        {.schedule = {.max_sequences = options_.batch_size},
         .reuses_prefixes = options_.reuses_prefixes},
        [&](size_t i, const EngineAnswer& answer) {
          watch_.check();
          on_response(positions[i], answer.error.empty() ? pipeline_.finish(std::move(responses[i]),
                                                                            answer.generation)
                                                         : failed(answer.error));
        });
    if (gemm_plans_) gemm_plans_->save();
  }

 private:
  static std::optional<GemmPlanFile> plans_of(const NativeOptions& options) {
    if (options.gemm_plans.empty()) return std::nullopt;
    return GemmPlanFile(options.gemm_plans, engine_options(options).device);
  }

  static Response failed(std::string error) {
    Response response;
    response.error = std::move(error);
    return response;
  }

  CheckpointWatch watch_;  // from before the model is loaded
  std::optional<GemmPlanFile> gemm_plans_;
  Pipeline pipeline_;
  NativeOptions options_;
  AdapterInfo info_{};
  PreparedAhead ahead_;  // reads through the pipeline
};

}  // namespace

std::unique_ptr<ModelAdapter> open_checkpoint(const std::filesystem::path& checkpoint,
                                              const NativeOptions& options) {
  return std::make_unique<NativeAdapter>(checkpoint, options);
}

std::string implied_registration(const std::filesystem::path& checkpoint) {
  auto folder = std::filesystem::absolute(checkpoint).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  auto name = folder.filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  const bool is_v15 = name.find("internvl-chat-") != std::string::npos && name.ends_with("v1-5");
  return is_v15 ? "v1.5" : "v2.0";
}

std::string checkpoint_fingerprint(const std::filesystem::path& checkpoint) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(checkpoint)) {
    if (decides_answers(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Sha256 hash;
  for (const auto& file : files)
    hash.add(file.filename().string() + " " + sha256_of_file(file) + "\n");
  return hash.hex();
}

}  // namespace mono::model
