#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The judged step of a benchmark: a language model asked about an answer that rules cannot read.
namespace mono::tasks {

/// What a call that failed counts as having replied, in VLMEvalKit's words.
inline constexpr std::string_view kFailedCall = "Failed to obtain answer via API.";

/// One question to a judge: a prompt template by name, what fills its slots, and which try it is.
/// Templates are other projects' texts and no part of this one; see `JudgePrompts`.
struct JudgeCall {
  std::string sample_id{};
  std::string_view prompt{};         // the template's name, "vek-option-en"
  std::vector<std::string> slots{};  // in the order of the template's slots
  std::string suffix{};              // what a repeated question adds behind the prompt
  int run = 0;                       // from 0; a grader may grade everything several times
  int attempt = 0;                   // from 0; earlier ones gave no usable reply
  double temperature = 0;
  int max_tokens = 0;  // 0 where the pipeline sets none
};

/// What was asked about a row and what came back.
struct JudgeExchange {
  std::string prompt_sha256{};  // of the UTF-8 prompt without its suffix; "" where it is not known
  std::string reply{};
  double temperature = 0;
};

/// Somebody who answers.
class Judge {
 public:
  virtual ~Judge() = default;

  /// Whether anything can be asked at all; false for `no_judge()`. Profiles then fall back to their
  /// rules alone, or leave rows unscored.
  virtual bool is_present() const = 0;

  /// The reply to a call.
  /// \returns nothing where this judge has none, for instance none on record: the row stays
  ///          unscored.
  /// \throws model::SetupError if a reply on record belongs to another prompt.
  virtual std::optional<JudgeExchange> ask(const JudgeCall& call) = 0;
};

/// The judge that is never there.
Judge& no_judge();

}  // namespace mono::tasks
