#pragma once

#include <string_view>

/// The words the PTB tokenizer knows by heart.
namespace mono::tasks {

/// Whether a period behind this word, which is not empty, is always part of it: `st.`, `Mass.`.
bool is_abbreviation(std::string_view word);

/// Whether a period behind this word is part of it where a number follows: `no. 5`.
bool is_abbreviation_before_number(std::string_view word);

/// Whether a word that often begins a sentence stands there, followed by a blank.
bool starts_sentence(std::u32string_view text, size_t start);

}  // namespace mono::tasks
