#include "model/native/trace.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/native/pipeline.h"
#include "model/text/chat.h"
#include "model/weights/safetensors.h"
#include "model/weights/tensors.h"

namespace mono::model {

namespace {

/// Tensors in the order they came; rows that come one a call are stacked.
class Collector {
 public:
  void add(std::string_view stage, const at::Tensor& value) {
    auto copy = value.detach().to(at::kCPU).contiguous().clone();
    if (stage == "logits_steps") {
      steps_.push_back(std::move(copy));
    } else {
      tensors_.emplace_back(stage, std::move(copy));
    }
  }

  TraceSink sink() {
    return [this](std::string_view stage, const at::Tensor& value) { add(stage, value); };
  }

  void add_text(const std::string& name, const std::string& text) {
    add(name, at::from_blob(const_cast<char*>(text.data()), {static_cast<int64_t>(text.size())},
                            at::kByte));
  }

  size_t write(const std::filesystem::path& path) {
    if (!steps_.empty()) tensors_.emplace_back("logits_steps", at::stack(steps_));
    std::vector<TensorToWrite> list;
    list.reserve(tensors_.size());
    for (const auto& [name, tensor] : tensors_) {
      list.push_back(
          {.name = name,
           .dtype = std::string(stored_dtype_of(tensor.scalar_type())),
           .shape = tensor.sizes().vec(),
           .bytes = {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()}});
    }
    write_safetensors(path, list);
    return list.size();
  }

 private:
  std::vector<std::pair<std::string, at::Tensor>> tensors_{};
  std::vector<at::Tensor> steps_{};
};

at::Tensor ids_tensor(std::span<const int64_t> ids) {
  return at::from_blob(const_cast<int64_t*>(ids.data()), {static_cast<int64_t>(ids.size())},
                       at::kLong)
      .clone();
}

std::vector<int64_t> ids_in(const at::Tensor& tensor) {
  const auto ids = tensor.to(at::kLong).contiguous();
  return {ids.const_data_ptr<int64_t>(), ids.const_data_ptr<int64_t>() + ids.numel()};
}

/// A prompt as tensors.
struct TracedInputs {
  std::vector<int64_t> input_ids{};
  at::Tensor pixel_values{};               // undefined without images
  std::optional<int64_t> image_context{};  // where a mask shows it

  bool has_images() const { return pixel_values.defined() && pixel_values.numel() > 0; }
};

TracedInputs read_inputs(const std::filesystem::path& path) {
  const auto stored = read_safetensors(path);
  const auto ids = stored.find("input_ids");
  if (ids == stored.end()) fail(path.string(), ": holds no input_ids");
  if (ids->second.shape.size() != 1) {
    fail(path.string(), ": input_ids must be [num_tokens], got ",
         at::IntArrayRef(ids->second.shape));
  }
  TracedInputs inputs{.input_ids = ids_in(tensor_over(ids->second))};
  if (const auto pixels = stored.find("pixel_values"); pixels != stored.end()) {
    inputs.pixel_values = tensor_over(pixels->second);
  }
  if (const auto mask = stored.find("visual_token_mask"); mask != stored.end()) {
    const auto is_visual = ids_in(tensor_over(mask->second));
    if (is_visual.size() != inputs.input_ids.size()) {
      fail(path.string(), ": visual_token_mask has ", is_visual.size(), " values, input_ids ",
           inputs.input_ids.size());
    }
    for (size_t i = 0; i < is_visual.size(); ++i) {
      if (is_visual[i] != 0) inputs.image_context = inputs.input_ids[i];
    }
  }
  return inputs;
}

/// The id no prompt without images needs; the first of the vocabulary that the prompt lacks.
int64_t unused_id(const std::vector<int64_t>& ids) {
  for (int64_t id = 0;; ++id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) return id;
  }
}

int64_t image_context_of(const TracedInputs& inputs, const std::filesystem::path& checkpoint) {
  if (inputs.image_context) return *inputs.image_context;
  if (const auto id = read_config(checkpoint).image_context_id) return *id;
  if (!inputs.has_images()) return unused_id(inputs.input_ids);
  return required_id(*load_tokenizer(checkpoint), kImageContext);
}

}  // namespace

TraceSummary trace_request(const std::filesystem::path& checkpoint, const NativeOptions& options,
                           const Request& request, const std::filesystem::path& output) {
  const Pipeline pipeline(checkpoint, options);
  const auto tiles = pipeline.tiles(request);
  const auto prompt = pipeline.prompt(request, tiles);
  Collector collector;
  if (tiles.num_tiles > 0) {
    const auto size = pipeline.engine().config().image_size;
    collector.add("tiles", at::from_blob(const_cast<uint8_t*>(tiles.pixels.data()),
                                         {tiles.num_tiles, size, size, 3}, at::kByte));
  }
  collector.add_text("prompt", prompt.text);
  collector.add("input_ids", ids_tensor(prompt.input_ids));

  TraceSummary summary;
  summary.response = pipeline(request, collector.sink());
  collector.add_text("response", summary.response.text);
  summary.num_tensors = collector.write(output);
  return summary;
}

TraceSummary trace_inputs(const std::filesystem::path& checkpoint, const NativeOptions& options,
                          const std::filesystem::path& inputs_file, int max_new_tokens,
                          const std::filesystem::path& output) {
  const auto inputs = read_inputs(inputs_file);
  const Engine engine(checkpoint, image_context_of(inputs, checkpoint), engine_options(options));
  Collector collector;
  collector.add("input_ids", ids_tensor(inputs.input_ids));
  if (inputs.has_images()) collector.add("pixel_values", inputs.pixel_values);
  const auto generation = engine.generate(inputs.input_ids, inputs.pixel_values,
                                          {.max_new_tokens = max_new_tokens}, {}, collector.sink());
  collector.add("token_ids", ids_tensor(generation.token_ids));
  return {.response = {.prompt_tokens = static_cast<int>(inputs.input_ids.size()),
                       .new_tokens = static_cast<int>(generation.token_ids.size())},
          .num_tensors = collector.write(output)};
}

}  // namespace mono::model
