#pragma once

#include <functional>
#include <memory>
#include <string_view>

struct pcre2_real_code_8;

namespace mono::model {

/// A regular expression (PCRE2 syntax, Unicode properties) that cuts a text into words.
class SplitPattern {
 public:
  /// \throws SetupError naming the pattern and what is wrong with it.
  explicit SplitPattern(std::string_view pattern);

  /// Calls `on_word` for the matches in order; each begins where the one before ends.
  /// \param text  Valid UTF-8; may hold U+0000.
  /// \throws SetupError at a place where the pattern matches nothing.
  void for_each_word(std::string_view text,
                     const std::function<void(std::string_view)>& on_word) const;

 private:
  struct FreeCode {
    void operator()(pcre2_real_code_8* code) const;
  };
  std::unique_ptr<pcre2_real_code_8, FreeCode> code_;
};

}  // namespace mono::model
