#pragma once

#include <memory>
#include <string_view>
#include <vector>

struct pcre2_real_code_8;

namespace mono::tasks {

/// A regular expression of Python's `re` on Unicode text, as far as PCRE2 writes it the same way:
/// `\d` is any character of category Nd, `\b` goes by letters, digits and `_`.
class Pattern {
 public:
  /// \throws model::SetupError naming the pattern and what is wrong with it.
  explicit Pattern(std::string_view pattern);

  /// `re.findall`: the matches from left to right, none of them inside another. Views into `text`,
  /// in which broken UTF-8 matches nothing.
  std::vector<std::string_view> find_all(std::string_view text) const;

 private:
  struct FreeCode {
    void operator()(pcre2_real_code_8* code) const;
  };
  std::unique_ptr<pcre2_real_code_8, FreeCode> code_;
};

}  // namespace mono::tasks
