#include "tasks/text/ptb_tokenizer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mono::tasks {
namespace {

std::string joined(const std::vector<std::string>& tokens) {
  std::string text;
  for (const auto& token : tokens) text += (text.empty() ? "" : " ") + token;
  return text;
}

std::string tokens_of(const std::string& line) {
  return joined(ptb_tokens({{line}}).front());
}

struct Case {
  std::string line;
  std::string tokens;
};

void expect_tokens(const std::vector<Case>& cases) {
  for (const auto& [line, tokens] : cases) EXPECT_EQ(tokens_of(line), tokens) << line;
}

TEST(PtbTokenizerTest, SplitsContractionsAndClitics) {
  expect_tokens({{"can't", "ca n't"},
                 {"won’t", "wo n't"},
                 {"N'T", "n't"},
                 {"cannot gonna gimme", "can not gon na gim me"},
                 {"y'all", "y' all"},
                 {"the dog's ball", "the dog 's ball"},
                 {"they'll we're I'm", "they 'll we 're i 'm"},
                 {"UMBRELLA'S", "umbrella 's"},
                 {"'tis 'twas", "'t is 't was"},
                 {"get 'em 'til", "get 'em 'til"},
                 {"rock 'n' roll", "rock 'n' roll"},
                 {"the '90s", "the '90s"}});
}

TEST(PtbTokenizerTest, KeepsSomeWordsWithAnApostropheWhole) {
  expect_tokens({{"o'clock ma'am s'mores c'mon", "o'clock ma'am s'mores c'mon"},
                 {"o'neil l'eau d'arnaud", "o'neil l'eau d'arnaud"},
                 {"o'n", "o 'n"},
                 {"graffiti'ed hallowe'en qu'il", "graffiti'ed hallowe'en qu'il"},
                 {"gov't", "gov ' t"},
                 {"dogs'", "dogs '"},
                 {"po'boy", "po ' boy"}});
}

TEST(PtbTokenizerTest, JoinsWordsNumbersAndAddresses) {
  expect_tokens(
      {{"t-shirt on/off 9-11 1/2", "t-shirt on/off 9-11 1/2"},
       {"bus.a man", "bus.a man"},
       {"AT&T and A&amp;M, salt&pepper", "at&t and a&m , salt & pepper"},
       {"U.S. at 5 p.m.", "u.s. at 5 p.m."},
       {"5:30 1,000 3.5 .5 -5 2/3/2011", "5:30 1,000 3.5 .5 -5 2/3/2011"},
       {"5,000-6,000", "5,000-6 ,000"},
       {"5% $5 £5 €5 5¢", "5 % $ 5 # 5 $ 5 5 cents"},
       {"½ ¼ ¾", "1/2 1/4 3/4"},
       {"see http://a.com/b, x.com or me@x.org.", "see http://a.com/b , x.com or me@x.org ."},
       {"@name #tag <b>bold</b>", "@name #tag <b> bold </b>"}});
}

TEST(PtbTokenizerTest, NamesBracketsAndRunsOfSigns) {
  expect_tokens({{"(a) [b] {c}", "-lrb- a -rrb- -lsb- b -rsb- -lcb- c -rcb-"},
                 {"-LRB-", "-lrb-"},
                 {"nice :) ;-)", "nice :-rrb- ;--rrb-"},
                 {"wait.... so … or . . .", "wait ... so ... or ..."},
                 {"a -- b – c — d ----- e", "a -- b -- c -- d ----- e"},
                 {"what?! yes!! no?", "what ?! yes !! no ?"},
                 {"**bold** __init__", "** bold ** __ init __"},
                 {"\"quoted\" ‘so’", "'' quoted '' ' so '"}});
}

TEST(PtbTokenizerTest, KeepsThePeriodOfAbbreviations) {
  expect_tokens({{"St. Louis Rd. etc.", "st. louis rd. etc."},
                 {"No. 5 and no. five", "no. 5 and no . five"},
                 {"Tacoma, Wash. wash.", "tacoma , wash. wash ."},
                 {"a cat.", "a cat ."},
                 {"bat., ball", "bat. , ball"},
                 {"Plan B. a plan", "plan b. a plan"},
                 {"Plan B. The plan", "plan b . the plan"}});
}

TEST(PtbTokenizerTest, LooksAcrossTheLineEndForTheNextSentence) {
  const std::vector<std::string> lines = {"A Wii U.", "A dog.", "A Wii U.", "two dogs"};
  const auto tokens = ptb_tokens(lines);
  EXPECT_EQ(joined(tokens[0]), "a wii u .");
  EXPECT_EQ(joined(tokens[2]), "a wii u.");
}

TEST(PtbTokenizerTest, PassesOverWhatIsNoCharacterOfText) {
  expect_tokens({{"", ""},
                 {" \t", ""},
                 {"😀 smile", "smile"},
                 {"a\xC2\xAD"
                  "b",
                  "ab"}});
}

TEST(PtbTokenizerTest, KeepsOtherScripts) {
  expect_tokens({{"café crème", "café crème"}, {"一只猫在沙发上", "一只猫在沙发上"}});
}

TEST(PtbTokenizerTest, LeavesPunctuationOutOfCaptions) {
  const std::vector<std::string> captions = {"A man (left),\nsmiling; \"hi\".", "What??", "."};
  const std::vector<std::string> expected = {"a man -lrb- left -rrb- smiling hi", "what ??", ""};
  EXPECT_EQ(tokenized_captions(captions), expected);
}

TEST(PtbTokenizerTest, IsIndifferentToBlanksAndGivesOneListALine) {
  const std::vector<std::string> lines = {"  a  cat ,sat", "", "on\u00A0mats"};
  const auto tokens = ptb_tokens(lines);
  ASSERT_EQ(tokens.size(), 3U);
  EXPECT_EQ(joined(tokens[0]), "a cat , sat");
  EXPECT_TRUE(tokens[1].empty());
  EXPECT_EQ(joined(tokens[2]), "on mats");
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string without_punctuation(const std::string& tokenized) {
  std::istringstream stream(tokenized);
  std::vector<std::string> kept;
  for (std::string token; stream >> token;) {
    if (!is_caption_punctuation(token)) kept.push_back(token);
  }
  return joined(kept);
}

/// Real captions beside what the tokenizer itself made of them: `<name>hypo.txt` and
/// `<name>tokenized_hypo.txt`.
TEST(PtbTokenizerTest, GivesTheTokensOfRealCaptions) {
  const char* const root = std::getenv("MONO_FIXTURES");
  const std::filesystem::path folder = root != nullptr ? root : MONO_DEFAULT_FIXTURES;
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << folder << " is absent";
  constexpr std::string_view kSuffix = "tokenized_hypo.txt";
  int num_files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    auto name = entry.path().filename().string();
    if (!name.ends_with(kSuffix)) continue;
    ++num_files;
    name.replace(name.size() - kSuffix.size(), kSuffix.size(), "hypo.txt");
    const auto captions = lines_of(entry.path().parent_path() / name);
    const auto expected = lines_of(entry.path());
    ASSERT_EQ(captions.size(), expected.size()) << entry.path();
    const auto tokenized = tokenized_captions(captions);
    for (size_t i = 0; i < captions.size(); ++i) {
      ASSERT_EQ(tokenized[i], without_punctuation(expected[i])) << name << ":" << i + 1;
    }
  }
  if (num_files == 0) GTEST_SKIP() << "no tokenised captions below " << folder;
}

}  // namespace
}  // namespace mono::tasks
