#include "tasks/metric/contractions.h"

#include <array>
#include <unordered_map>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

using Table = std::unordered_map<std::string, std::string>;

// The key of each is the word without its apostrophes.
constexpr std::string_view kRegular =
    "'twas I'm I've ain't aren't can't could've couldn't didn't doesn't don't hadn't hasn't "
    "haven't he'd he's how'd how'll how's isn't it'd it'll ma'am might've mightn't must've mustn't "
    "needn't not've o'clock oughtn't shan't should've shouldn't somebody'll somebody's someone'd "
    "someone'll someone's something'd something'll that's there'd there're there's they'd they'll "
    "they're they've wasn't we've weren't what'll what're what's what've when's where'd where's "
    "where've who'd who'll who's who've why'll why're why's won't would've wouldn't y'all you'd "
    "you'll you're you've";

constexpr std::array<std::string_view, 12> kHaveWouldSubjects = {
    "I",         "he",    "it",   "she", "somebody", "someone",
    "something", "there", "they", "we",  "who",      "you"};

constexpr std::array<std::string_view, 5> kHaveNotVerbs = {"could", "had", "might", "should",
                                                           "would"};

Table make_table() {
  Table table;
  for (const auto word : split_whitespace(kRegular)) {
    table.emplace(replace_all(word, "'", ""), word);
  }
  for (const auto subject : kHaveWouldSubjects) {
    const std::string stem(subject);
    table[stem + "'dve"] = table[stem + "d've"] = stem + "'d've";
  }
  for (const auto verb : kHaveNotVerbs) {
    const std::string stem(verb);
    table[stem + "n'tve"] = table[stem + "nt've"] = stem + "n't've";
  }
  table["'ow'sat"] = table["'ows'at"] = table["ow's'at"] = "'ow's'at";
  table["y'all'dve"] = table["y'alld've"] = table["yall'd've"] = "y'all'd've";
  table["y'allll"] = table["yall'll"] = "y'all'll";
  table["let's"] = "let's";
  table["she's"] = "she's";
  table["somebody'd"] = "somebodyd";
  return table;
}

}  // namespace

std::string_view with_apostrophe(std::string_view word) {
  static const Table table = make_table();
  const auto found = table.find(std::string(word));
  return found == table.end() ? word : std::string_view(found->second);
}

}  // namespace mono::tasks
