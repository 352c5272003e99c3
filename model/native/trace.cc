#include "model/native/trace.h"

#include <ATen/ATen.h>

#include <string>
#include <utility>
#include <vector>

#include "model/native/pipeline.h"
#include "model/weights/safetensors.h"

namespace mono::model {

namespace {

const char* dtype_name(at::ScalarType dtype) {
  switch (dtype) {
    case at::kFloat:
      return "F32";
    case at::kBFloat16:
      return "BF16";
    case at::kLong:
      return "I64";
    case at::kByte:
      return "U8";
    case at::kBool:
      return "BOOL";
    default:
      fail("trace: no safetensors name for dtype ", at::toString(dtype));
  }
}

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

  void add_text(const std::string& name, const std::string& text) {
    add(name, at::from_blob(const_cast<char*>(text.data()), {static_cast<int64_t>(text.size())},
                            at::kByte));
  }

  size_t write(const std::filesystem::path& path) {
    if (!steps_.empty()) tensors_.emplace_back("logits_steps", at::stack(steps_));
    std::vector<TensorToWrite> list;
    for (const auto& [name, tensor] : tensors_) {
      list.push_back(
          {.name = name,
           .dtype = dtype_name(tensor.scalar_type()),
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
  summary.response = pipeline(request, [&](std::string_view stage, const at::Tensor& value) {
    collector.add(stage, value);
  });
  collector.add_text("response", summary.response.text);
  summary.num_tensors = collector.write(output);
  return summary;
}

}  // namespace mono::model
