#include "model/batch/prefix_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace mono::model {
namespace {

constexpr int64_t kImage = 7;
constexpr PrefixRules kRules{.image_context_id = kImage, .max_length = 10};

struct Prompt {
  std::vector<int64_t> ids{};
  std::string image_key = "a";
};

/// Members and shared length of each group, "0,2:3 1:0".
std::string groups_of(const std::vector<Prompt>& prompts) {
  std::vector<PromptView> views;
  views.reserve(prompts.size());
  for (const auto& prompt : prompts) views.push_back({prompt.ids, prompt.image_key});
  std::string text;
  for (const auto& group : group_by_prefix(views, kRules)) {
    std::string members;
    for (const size_t member : group.members) {
      members += (members.empty() ? "" : ",") + std::to_string(member);
    }
    text += (text.empty() ? "" : " ") + members + ":" + std::to_string(group.shared_length);
  }
  return text;
}

TEST(PrefixGroupsTest, ShareTheLongestCommonPrefix) {
  EXPECT_EQ(groups_of({{{1, 7, 7, 5, 6}}, {{1, 7, 7, 5, 8}}}), "0,1:4");
  EXPECT_EQ(groups_of({{{1, 7, 5, 6}}, {{1, 7, 5, 6}}}), "0,1:3");
  EXPECT_EQ(groups_of({{{1, 7, 5}}, {{1, 7, 5, 6}}}), "0,1:2");
}

TEST(PrefixGroupsTest, AStrangerOpeningLeavesTheOthersTogether) {
  EXPECT_EQ(groups_of({{{1, 7, 5}}, {{2, 7, 5}}, {{1, 7, 6}}}), "0,2:2 1:0");
  EXPECT_EQ(groups_of({{{2, 7, 5}}, {{1, 7, 5}}, {{2, 7, 6}}, {{1, 7, 6}}}), "0,2:2 1,3:2");
  EXPECT_EQ(groups_of({{{1, 7, 7, 5}}, {{1, 7, 5}}, {{1, 7, 5}}}), "0:0 1,2:2");
}

TEST(PrefixGroupsTest, StandAloneWithoutCompany) {
  EXPECT_EQ(groups_of({{{1, 7, 5}}, {{1, 7, 5}, "b"}}), "0:0 1:0");
  EXPECT_EQ(groups_of({{{1, 5}, ""}, {{1, 5}, ""}}), "0:0 1:0");
  EXPECT_EQ(groups_of({{{1, 5}}, {{1, 5}}}), "0:0 1:0") << "no picture among the tokens";
  EXPECT_EQ(groups_of({{{1, 7}}, {{1, 7}}}), "0:0 1:0") << "nothing behind the picture";
  const std::vector<int64_t> longer(11, 7);
  EXPECT_EQ(groups_of({{longer}, {longer}}), "0:0 1:0");
}

}  // namespace
}  // namespace mono::model
