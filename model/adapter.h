#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// The contract between the numeric half and the text half of the project: what is asked, what is
/// answered, and the two kinds of error that have an exit code of their own. Free of Torch.
namespace mono::model {

/// The caller asked for something that does not exist: a task, a profile, a flag. Exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Data, weights or a device that cannot be used. Exit code 3.
class SetupError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws `Error` with the parts joined: fail(path, ":", line, ": no 'answer'").
template <typename Error = SetupError, typename... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw Error(message.str());
}

/// How the pipeline a profile imitates handles one picture before it is cut into tiles.
struct ImageInput {
  std::string name{};                          // for messages: a path or "row 12, image 1"
  std::filesystem::path path{};                // the file; empty where `bytes` holds it
  std::shared_ptr<const std::string> bytes{};  // the encoded file; null where `path` names it
  int max_tiles = 6;                           // thumbnail not counted
  bool doubles_size = false;         // width and height doubled with BILINEAR before tiling
  bool reencodes_as_jpeg = false;    // JPEG round trip, quality 75, 4:2:0, before everything else
  bool drops_alpha_of_gray = false;  // before that round trip, which refuses gray with alpha
  bool keeps_stored_mode = false;    // tiled in the file's own mode, each tile converted to RGB
  int64_t max_pixels = 178956970;    // more are refused; Pillow's default limit, twice 89478485

  /// Of equal inputs the same bytes are in memory; equal bytes elsewhere are another input.
  bool operator==(const ImageInput&) const = default;
};

/// A piece of the message, in the order the pipeline builds it: text, or an image by its index.
struct Part {
  std::string text{};
  int image = -1;  // index into Request::images; -1 where the part is text

  bool operator==(const Part&) const = default;
};

/// How tokens are chosen. An absent value was not passed by the pipeline, and the reference's
/// default then holds: min_new_tokens 0, temperature 1, top_k 50, top_p 1, num_beams 1.
struct Decoding {
  int max_new_tokens = 16;  // counts the stop token, not the prompt
  std::optional<int> min_new_tokens{};
  bool do_sample = false;
  std::optional<double> temperature{};
  std::optional<double> top_p{};
  std::optional<int> top_k{};
  std::optional<int> num_beams{};
  std::optional<double> repetition_penalty{};
  std::optional<double> length_penalty{};
  uint64_t seed = 0;  // read only where do_sample is true

  bool operator==(const Decoding&) const = default;
};

/// What the model is asked.
struct Request {
  std::string id{};                  // the sample's id, unique in a run of one task
  std::vector<Part> parts{};         // the message as built, in order
  std::vector<ImageInput> images{};  // in order
  std::string question{};            // the text handed to the chat template, with its `<image>`s
  bool shares_image_block = false;   // all tiles of all images in one `<img>...</img>`
  Decoding decoding{};

  bool operator==(const Request&) const = default;
};

/// What the model answered. Hashes are lower-case hex SHA-256; empty where nothing was computed.
struct Response {
  std::string text{};
  std::string error{};  // why there is no answer; "" exactly when there is one
  int prompt_tokens = 0;
  int new_tokens = 0;
  int num_tiles = 0;
  std::string stop{};           // "stop_token" or "length"
  std::string pixels_sha256{};  // of the uint8 tiles [num_tiles, size, size, 3]
  std::string prompt_sha256{};  // of the prompt ids as little-endian int64
  std::string output_sha256{};  // of the new ids as little-endian int64
  double preprocess_seconds = 0;
  double prefill_seconds = 0;
  double decode_seconds = 0;
};

/// What a run stores about the thing it asked; two runs are comparable where these are equal.
struct AdapterInfo {
  std::string kind{};          // "native", "replay"
  std::string fingerprint{};   // SHA-256 over what decides the answers: weights, config, tokenizer
  std::string registration{};  // "v2.0" or "v1.5": how VLMEvalKit knows such a model
  std::vector<std::pair<std::string, std::string>> details{};  // device, dtype, mode, sizes ...
  /// How requests are worked at, which times depend on and answers may not: batch size, mode;
  /// "" where nothing is computed.
  std::string pace{};
};

/// Called once for each request of a call, with its position there.
using OnResponse = std::function<void(size_t request, Response)>;

/// One way to get answers: a checkpoint in this engine, or a file of predictions.
class ModelAdapter {
 public:
  virtual ~ModelAdapter() = default;

  virtual const AdapterInfo& info() const = 0;

  /// How many requests are worth handing over in one call.
  virtual size_t window() const { return 1; }

  /// Says what the call of `answer` behind the next one will most likely ask, so that an adapter
  /// can prepare it while that one is answered. A hint: it changes no answer, and may turn out
  /// wrong.
  virtual void announce(std::span<const Request> /*requests*/) {}

  /// Answers each request and hands each answer over as soon as it is there, in any order. A
  /// request that cannot be answered gets a Response with `error` set; only what would fail every
  /// later request too throws.
  virtual void answer(std::span<const Request> requests, const OnResponse& on_response) = 0;
};

}  // namespace mono::model
