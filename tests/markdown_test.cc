#include "results/markdown.h"

#include <gtest/gtest.h>

#include <string>

namespace mono::results {
namespace {

struct MarkdownCase {
  const char* name;
  std::string data;
  std::string markdown;
};

std::ostream& operator<<(std::ostream& out, const MarkdownCase& one) {
  return out << one.name;
}

class MarkdownTest : public testing::TestWithParam<MarkdownCase> {};

TEST_P(MarkdownTest, ShowsTextOfDataAsItIs) {
  EXPECT_EQ(markdown_text(GetParam().data), GetParam().markdown);
}

const MarkdownCase kCases[] = {
    {"Words", "a model's 2 words, (or 3)!", "a model's 2 words, (or 3)!"},
    {"Nothing", "", ""},
    {"Html", "<img src=x> & </details>", "&lt;img src=x&gt; &amp; &lt;/details&gt;"},
    {"Entity", "&copy;", "&amp;copy;"},
    {"Emphasis", "*a* **b**", "\\*a\\* \\*\\*b\\*\\*"},
    {"Underscores", "_a_ mmbench_en_dev", "\\_a\\_ mmbench\\_en\\_dev"},
    {"Strikethrough", "~a~ ~~b~~", "\\~a\\~ \\~\\~b\\~\\~"},
    {"Code", "```sh `x`", "\\`\\`\\`sh \\`x\\`"},
    {"Backslash", "\\alpha", "\\\\alpha"},
    {"EndOfACell", "a|b", "a\\|b"},
    {"BackslashAndEndOfACell", "a\\|b", "a\\\\\\|b"},
    {"Lines", "one\ntwo\r\nthree", "one two  three"},
    {"Picture", "![x](y)", "!\\[x\\](y)"},
    {"Footnote", "[^1]", "\\[^1\\]"},
    {"Formula", "$x$ and $$y$$",
     "<span>$</span>x<span>$</span> and "
     "<span>$</span><span>$</span>y<span>$</span><span>$</span>"},
    {"Mention", "@octocat or @1, a @ b", "@<!-- -->octocat or @<!-- -->1, a @ b"},
    {"Address", "me@example.org", "me@<!-- -->example.org"},
    {"Issue", "#123 o/r#4 C# #x", "\\#<!-- -->123 o/r\\#<!-- -->4 C\\# \\#x"},
    {"IssueInWords", "GH-12 gh-3 Gh-5 XGH-4 GH-x GH-",
     "GH-<!-- -->12 gh-<!-- -->3 Gh-<!-- -->5 XGH-4 GH-x GH-"},
    {"Link", "https://a.b www.a.b wwww", "https:<!-- -->//a.b www<!-- -->.a.b wwww"},
    {"Emoji", ":+1: :t_e: :100: 12:30:45 a: b :x",
     ":<!-- -->+1: :<!-- -->t\\_e: :<!-- -->100: 12:30:45 a: b :x"},
    {"Commit", "deadbee deadbe xdeadbee deadbeex", "d<!-- -->eadbee deadbe xdeadbee deadbeex"},
    {"LongestCommit", std::string(40, 'a'), "a<!-- -->" + std::string(39, 'a')},
    {"Digest", std::string(41, 'a'), std::string(41, 'a')},
    {"Heading", "# a", "\\# a"},
    {"Quote", "> a", "&gt; a"},
    {"Bullet", "- a", "\\- a"},
    {"OtherBullet", "+ a", "\\+ a"},
    {"LoneBullet", "-", "\\-"},
    {"Rule", "--- a", "\\--- a"},
    {"Underline", "==", "\\=="},
    {"LoneUnderline", "=", "\\="},
    {"NumberedItem", "1. a", "1\\. a"},
    {"OtherNumberedItem", "12) a", "12\\) a"},
    {"LoneNumber", "7.", "7\\."},
    {"Change", "+1.00", "+1.00"},
    {"Drop", "-1.00 - 2", "-1.00 - 2"},
    {"Decimal", "1.5", "1.5"},
    {"Indent", "    a", "&#32;   a"},
    {"IndentByALine", "\n- a", "&#32;- a"},
    {"Interval", "[-1.00, 2.00] 3.0*", "\\[-1.00, 2.00\\] 3.0\\*"},
};

INSTANTIATE_TEST_SUITE_P(, MarkdownTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mono::results
