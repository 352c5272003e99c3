#pragma once

#include "tasks/text/ptb_characters.h"

/// Words of the PTB tokenizer. Each function looks at the text from `start` on and returns how
/// many characters of it belong to the token, 0 if none does.
namespace mono::tasks::ptb {

/// What stands before `n't`: `ca` of `can't`.
size_t stem_before_not(Characters text, size_t start);

/// A word that is two tokens, all of it: `cannot`, `gonna`. Its first three letters are the first.
size_t double_word(Characters text, size_t start);

/// `'s 'm 'd 'll 're 've`, which are shown with a straight apostrophe.
size_t verb_clitic(Characters text, size_t start);

/// `'em 'til 'till 'cause 'n 'n' '90s`, and `'t` of `'tis`.
size_t other_clitic(Characters text, size_t start);

/// Words with an apostrophe inside or behind: `o'clock`, `l'eau`, `hallowe'en`, `ol'`.
size_t apostrophe_word(Characters text, size_t start);

/// A word without apostrophes: letters and digits joined by `-` or `_`, words joined by `.`, `!`
/// or `?`, capitals joined by `&` or `+`; the longest of these. A period in front of `,`, `;` or
/// `:` belongs to it.
size_t word(Characters text, size_t start);

/// Words joined by one or two `/`.
size_t alternatives(Characters text, size_t start);

/// `3 1/2`; its blank is shown as a no-break space.
size_t mixed_number(Characters text, size_t start);

/// A single word and its period, where the two belong together.
size_t abbreviation(Characters text, size_t start);

/// `U.S.`
size_t acronym(Characters text, size_t start);

}  // namespace mono::tasks::ptb
