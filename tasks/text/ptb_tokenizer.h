#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mono::tasks {

/// Lines as the Penn Treebank tokenizer of Stanford CoreNLP 3.4.1 splits them with the options
/// `-preserveLines -lowerCase`, which is what pycocoevalcap does with captions before it scores
/// them. The lines are one text: whether the period of a line's last word belongs to it can depend
/// on how the next line begins.
/// Rules: measured on the tokenizer that pycocoevalcap 1.2 ships.
/// \param lines  Without line ends.
/// \returns the tokens of each line; none for a blank one.
std::vector<std::vector<std::string>> ptb_tokens(std::span<const std::string> lines);

/// Whether pycocoevalcap leaves this token out: quotes, brackets in capitals, `. ? ! , : - -- ...
/// ;`. Brackets were put in small letters before, and stay.
bool is_caption_punctuation(std::string_view token);

/// Captions as pycocoevalcap scores them: line ends as blanks, tokens without punctuation, joined
/// by single blanks.
std::vector<std::string> tokenized_captions(std::span<const std::string> captions);

}  // namespace mono::tasks
