#include "model/native/native_adapter.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "model/native/digest.h"
#include "model/native/pipeline.h"
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
      : pipeline_(checkpoint, options) {
    const auto& config = pipeline_.engine().config();
    info_.kind = "native";
    info_.fingerprint = checkpoint_fingerprint(checkpoint);
    info_.registration =
        options.registration.empty() ? implied_registration(checkpoint) : options.registration;
    info_.details = {{"architecture", std::string(name_of(config.language.architecture))},
                     {"device", options.device},
                     {"dtype", options.dtype},
                     {"mode", "parity"},
                     {"template", config.template_name}};
    if (options.loses_hash_merges) info_.details.emplace_back("tokenizer", "loses hash merges");
  }

  const AdapterInfo& info() const override { return info_; }

  std::vector<Response> answer(std::span<const Request> requests) override {
    std::vector<Response> responses;
    responses.reserve(requests.size());
    for (const auto& request : requests) {
      try {
        responses.push_back(pipeline_(request));
      } catch (const SetupError& cause) {
        // Of this request alone: an image that cannot be read, a prompt that cannot be built.
        responses.push_back({.error = cause.what()});
      }
    }
    return responses;
  }

 private:
  Pipeline pipeline_;
  AdapterInfo info_{};
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
