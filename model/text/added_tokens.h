#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mono::model {

struct TokenizerFiles;

/// The id of a token of the vocabulary by its exact name; nothing if there is none.
using PieceLookup = std::function<std::optional<int64_t>(std::string_view)>;

/// One stretch of a prompt: ordinary text, or an added token.
struct TextSegment {
  std::string_view text{};
  std::optional<int64_t> token{};  // the id of the added token `text` is
};

/// Whether added tokens may swallow the white space beside them (`lstrip`, `rstrip`); where it is
/// kept a token that would is refused.
enum class WhiteSpace { kKept, kSwallowed };

/// The tokens a checkpoint adds to its vocabulary, or gives another name, and which are special.
class AddedTokens {
 public:
  /// Reads `added_tokens_decoder` of the configuration, added_tokens.json and the special tokens.
  /// \param config    The parsed tokenizer_config.json.
  /// \param listed    The list `added_tokens` of tokenizer.json; empty if there is no such file.
  /// \param piece_id  Gives the id of a special token that no file lists with one.
  /// \throws SetupError if two places give a token different ids or an id different texts, or if a
  ///         special token has no id.
  AddedTokens(const TokenizerFiles& files, const nlohmann::json& config,
              const nlohmann::json& listed, const PieceLookup& piece_id,
              WhiteSpace white_space = WhiteSpace::kKept);

  /// Cuts `text` at added tokens: left to right, the longest token first. Never yields empty text.
  /// White space that a token swallows is in no segment.
  std::vector<TextSegment> split(std::string_view text) const;

  const std::map<int64_t, std::string>& texts() const { return texts_; }
  const std::map<std::string, int64_t, std::less<>>& ids() const { return ids_; }

  /// Texts of the special tokens: those named bos, eos, unk, pad, sep, cls, mask or additional.
  const std::set<std::string, std::less<>>& special() const { return special_; }

  /// Texts of the special tokens listed as additional.
  const std::set<std::string, std::less<>>& additional() const { return additional_; }

  /// Number of ids of a vocabulary of `num_pieces` with these tokens on top.
  /// \param where  The vocabulary's file, for the message.
  /// \throws SetupError if ids between the vocabulary and an added token belong to nothing.
  int64_t extended_size(int64_t num_pieces, const std::string& where) const;

  /// Which ids are special [num_ids]; all of them must be below `num_ids`.
  std::vector<bool> special_ids(int64_t num_ids) const;

  /// The text of a named special token ("pad_token"); nothing if the checkpoint has none.
  std::optional<std::string> named(std::string_view name) const;

 private:
  void add(int64_t id, const std::string& text, const std::string& where);
  void read_flags(const nlohmann::json& token, const std::string& text, const std::string& where);
  std::string_view without_swallowed(std::string_view text, std::optional<int64_t> before,
                                     std::optional<int64_t> after) const;
  void read_added_tokens_decoder(const nlohmann::json& config, const std::string& where);
  void read_listed(const nlohmann::json& listed, const std::string& where);
  void read_special_tokens(const nlohmann::json& map, const std::string& where);
  void add_special_pieces(const PieceLookup& piece_id, const std::string& where);
  void index_first_bytes();

  WhiteSpace white_space_;
  std::set<std::string, std::less<>> swallows_left_{};   // texts of tokens with `lstrip`
  std::set<std::string, std::less<>> swallows_right_{};  // with `rstrip`
  std::map<int64_t, std::string> texts_{};
  std::map<std::string, int64_t, std::less<>> ids_{};
  std::set<std::string, std::less<>> special_{};
  std::set<std::string, std::less<>> additional_{};
  std::map<std::string, std::string, std::less<>> named_{};
  std::vector<std::vector<std::pair<std::string, int64_t>>> by_first_byte_{};  // longest first
};

}  // namespace mono::model
