#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mono::model {

/// Text to token ids and back, exactly as the checkpoint's own tokenizer does it.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Token ids of a whole prompt [num_tokens]; added tokens become their ids wherever they stand.
  /// \param adds_bos  Puts the BOS id first where the checkpoint asks for it; false for a prompt
  ///                  whose text already begins with it.
  virtual std::vector<int64_t> encode(std::string_view text, bool adds_bos = true) const = 0;

  /// The text of token ids [num_tokens].
  /// \param skips_special  Drops special tokens, the only call the reference makes.
  /// \throws SetupError if an id has no text.
  virtual std::string decode(std::span<const int64_t> ids, bool skips_special = true) const = 0;

  /// The id of one token by its exact text; nothing if there is no such token.
  virtual std::optional<int64_t> token_id(std::string_view token) const = 0;

  /// Number of ids, added tokens included: ids are in [0, vocab_size).
  virtual int64_t vocab_size() const = 0;

  /// What fills the left of the shorter rows of a batch.
  virtual int64_t pad_id() const = 0;
};

/// The files a tokenizer is read from. An empty path is a file the checkpoint does not have.
struct TokenizerFiles {
  std::filesystem::path model{};               // tokenizer.model, a SentencePiece model
  std::filesystem::path vocabulary{};          // vocab.json, of a byte-level tokenizer
  std::filesystem::path merges{};              // merges.txt, likewise
  std::filesystem::path tokenizer_json{};      // tokenizer.json, likewise
  std::filesystem::path config{};              // tokenizer_config.json
  std::filesystem::path added_tokens{};        // added_tokens.json; may be empty
  std::filesystem::path special_tokens_map{};  // special_tokens_map.json; may be empty
};

/// Faults of pinned reference versions that can be had on request.
struct TokenizerOptions {
  /// The slow Qwen2 class of Transformers 4.37.2 takes merges that begin with `#` for comments:
  /// "##" is then two tokens. Corrected by 4.40. Concerns merges.txt only.
  bool loses_hash_merges = false;
};

/// The tokenizer files that lie in a checkpoint folder.

/// tokenizer.model; else vocab.json with merges.txt, which the slow classes read; else
/// tokenizer.json; else merges.txt alone. Only the chosen ones are named.
/// \throws SetupError naming the files looked for if none of a known kind is there.
TokenizerFiles find_tokenizer_files(const std::filesystem::path& checkpoint);

/// Reads the tokenizer of a checkpoint folder.
/// \throws SetupError if a file is absent, cut short or of another class, or if files disagree.
std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& checkpoint,
                                          const TokenizerOptions& options = {});

/// Reads a tokenizer from files that may lie in different folders; otherwise as above.
std::unique_ptr<Tokenizer> load_tokenizer(const TokenizerFiles& files,
                                          const TokenizerOptions& options = {});

}  // namespace mono::model
