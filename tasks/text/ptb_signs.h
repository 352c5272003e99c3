#pragma once

#include "tasks/text/ptb_characters.h"

/// Tokens of the PTB tokenizer that are no words. Each function looks at the text from `start` on
/// and returns how many characters of it belong to the token, 0 if none does.
namespace mono::tasks::ptb {

/// Web and mail addresses, `@name`, `#letters`.
size_t address(Characters text, size_t start);

/// `<b>`, `</b>`.
size_t markup(Characters text, size_t start);

/// `-5`, `1,000`, `5:30`, `.5`.
size_t number(Characters text, size_t start);

/// `US$`, `C#`, `C++`.
size_t letter_and_sign(Characters text, size_t start);

/// `:-)`
size_t smiley(Characters text, size_t start);

/// `...`, `. . .`, `…`; shown as `...`.
size_t ellipsis(Characters text, size_t start);

/// `--`, `–`, `—`; shown as `--`.
size_t dash(Characters text, size_t start);

/// One sign several times: `?!`, `**`, `__`, `##`, `<<`, `-----`.
size_t repeated(Characters text, size_t start);

}  // namespace mono::tasks::ptb
