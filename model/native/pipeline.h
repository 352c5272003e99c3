#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/adapter.h"
#include "model/engine.h"
#include "model/native/native_adapter.h"
#include "model/text/chat_template.h"
#include "model/text/tokenizer.h"

namespace mono::model {

/// The tiles of all images of a request, uint8 [num_tiles, tile_size, tile_size, 3].
struct RequestTiles {
  std::vector<uint8_t> pixels{};
  std::vector<int> tiles_per_image{};
  int num_tiles = 0;
  std::string sha256{};  // of `pixels`; "" without images
};

/// What the network is given for one request.
struct Prompt {
  std::string text{};
  std::vector<int64_t> input_ids{};
};

/// How the engine runs under the options of the command line.
/// \throws UsageError for a device or dtype it does not know; SetupError for an absent device.
EngineOptions engine_options(const NativeOptions& options);

/// The id of a token that must be there.
/// \throws SetupError naming it.
int64_t required_id(const Tokenizer& tokenizer, std::string_view token);

/// A request on its way: what the network is asked, and what of the response is known already.
struct PreparedRequest {
  EngineRequest engine{};
  Response response{};
};

/// From a request to a response: pixels, tokens, forward passes, text.
class Pipeline {
 public:
  /// \throws SetupError if the checkpoint folder is unsound; UsageError for a bad option.
  Pipeline(const std::filesystem::path& checkpoint, const NativeOptions& options);

  /// \throws SetupError for a request that cannot be answered: an image that cannot be read, a
  ///   prompt whose image-context tokens do not match its tiles.
  Response operator()(const Request& request, const TraceSink& trace = nullptr) const;

  /// The first half: pixels and prompt.
  /// \throws SetupError as the call operator.
  PreparedRequest prepare(const Request& request) const;

  /// The second half: the text of what was generated.
  Response finish(Response response, const Generation& generation) const;

  RequestTiles tiles(const Request& request) const;
  Prompt prompt(const Request& request, const RequestTiles& tiles) const;

  const Engine& engine() const { return engine_; }
  const Tokenizer& tokenizer() const { return *tokenizer_; }

 private:
  at::Tensor empty_pixels(int64_t num_tiles) const;
  at::Tensor pixel_values(const RequestTiles& tiles) const;

  std::unique_ptr<Tokenizer> tokenizer_;
  Engine engine_;
  const ChatTemplate* chat_template_;
  int64_t stop_id_;
};

}  // namespace mono::model
