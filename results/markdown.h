#pragma once

#include <string>

namespace mono::results {

/// Text of data as GitHub's Markdown that shows it as it is: on one line, without HTML, emphasis,
/// code, formulas, lists, links, mentions, references to issues and commits, emoji or ends of
/// cells.
std::string markdown_text(const std::string& content);

}  // namespace mono::results
