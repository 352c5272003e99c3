#include <gtest/gtest.h>

#include "tasks/judge_prompts.h"
#include "tasks/reader/judge_replies.h"
#include "tasks/text/sha256.h"
#include "tests/expect_error.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using tests::expect_error;
using tests::ScratchFolder;
using Texts = std::vector<std::string>;

constexpr std::string_view kTemplate = "Is {} the same as {}?";

std::string expected_prompt() {
  return "Is {} the same as b?";
}

/// One template of our own.
std::vector<PromptTemplate> own_templates() {
  static const auto sha256 = sha256_hex(kTemplate);
  return {{.name = "own",
           .source = "here",
           .num_slots = 2,
           .num_characters = kTemplate.size(),
           .sha256 = sha256}};
}

JudgePrompts own_prompts() {
  const ScratchFolder folder;
  folder.write("own.txt", std::string(kTemplate));
  return JudgePrompts(folder.path(), own_templates());
}

const JudgeCall kCall = {.sample_id = "1", .prompt = "own", .slots = {"{}", "b"}};

TEST(JudgePromptsTest, FillsSlotsByTheTemplatesRule) {
  const std::vector<std::string_view> slots = {"a", "b"};
  EXPECT_EQ(filled_prompt("x{}y{}z", SlotRule::kBraces, slots), "xaybz");
  EXPECT_EQ(filled_prompt("x\n", SlotRule::kColumns, slots), "x\n\na | b | ");
  EXPECT_EQ(filled_prompt(" x\n", SlotRule::kExample, slots), "x\n\na\n\nb\n\nExtracted answer: ");
}

TEST(JudgePromptsTest, LeavesBracesInASlotAlone) {
  EXPECT_EQ(own_prompts().prompt(kCall), expected_prompt());
}

TEST(JudgePromptsTest, RefusesAnotherText) {
  const ScratchFolder folder;
  folder.write("own.txt", "Is {} like {}?");
  expect_error([&] { JudgePrompts(folder.path(), own_templates()); },
               {"own.txt", "expected", "21 characters", "got 14 characters"});
  folder.write("vek-yorn.txt", "Yes or no?");
  expect_error([&] { JudgePrompts(folder.path()); }, {"vek-yorn.txt", "707", "716c90fb"});
}

TEST(JudgePromptsTest, RefusesAFolderWithoutPrompts) {
  const ScratchFolder folder;
  expect_error([&] { JudgePrompts(folder.path()); }, {"judge prompts"});
  expect_error([&] { JudgePrompts(folder.path() / "none"); }, {"none", "folder"});
}

TEST(JudgePromptsTest, KnowsEachTemplateByItsHash) {
  for (const auto& known : prompt_templates()) {
    EXPECT_TRUE(is_sha256_hex(known.sha256)) << known.name;
    EXPECT_GT(known.num_slots, 0U) << known.name;
  }
  EXPECT_FALSE(JudgePrompts().has("vek-yorn"));
  EXPECT_EQ(JudgePrompts().prompt({.prompt = "vek-yorn", .slots = {"a", "b"}}), std::nullopt);
  auto call = kCall;
  call.slots.pop_back();
  EXPECT_THROW(own_prompts().prompt(call), std::runtime_error);
}

TEST(RecordedJudgeTest, RefusesRepliesToAnotherPrompt) {
  RecordedJudge right({{"1", sha256_hex(expected_prompt()), {"Yes"}}}, own_prompts());
  EXPECT_EQ(right.ask(kCall)->reply, "Yes");
  EXPECT_EQ(right.num_verified(), 1);
  RecordedJudge wrong({{"1", sha256_hex("another"), {"Yes"}}}, own_prompts());
  expect_error([&] { wrong.ask(kCall); }, {"sample '1'", sha256_hex("another"), "own"});
}

TEST(RecordedJudgeTest, WithoutTheTextItTakesTheRecordAtItsWord) {
  RecordedJudge judge({{"1", sha256_hex("another"), {"Yes"}}});
  EXPECT_EQ(judge.ask(kCall)->reply, "Yes");
  EXPECT_EQ(judge.num_answered(), 1);
  EXPECT_EQ(judge.num_verified(), 0);
}

TEST(RecordedJudgeTest, GivesRepliesInOrderAndRepeatsTheLast) {
  RecordedJudge judge({{"1", "", {"a", "b"}}});
  for (const auto* const expected : {"a", "b", "b"}) EXPECT_EQ(judge.ask(kCall)->reply, expected);
  auto other = kCall;
  other.sample_id = "2";
  EXPECT_FALSE(judge.ask(other));
}

TEST(RecordedJudgeTest, SharesRepliesOfEqualPrompts) {
  const auto sha256 = sha256_hex("p");
  RecordedJudge judge({{"1", sha256, {"a", "b"}}, {"2", sha256, {"a", "b"}}, {"3", sha256, {"c"}}});
  auto call = kCall;
  EXPECT_EQ(judge.ask(call)->reply, "a");
  call.sample_id = "2";
  EXPECT_EQ(judge.ask(call)->reply, "b");
  call.sample_id = "3";
  EXPECT_EQ(judge.ask(call)->reply, "c");
}

TEST(RecordedJudgeTest, KeepsRunsApart) {
  RecordedJudge judge({{"1", "", {"a"}, 0}, {"1", "", {"b"}, 1}});
  auto call = kCall;
  call.run = 1;
  EXPECT_EQ(judge.ask(call)->reply, "b");
  call.run = 2;
  EXPECT_FALSE(judge.ask(call));
  const std::vector<JudgeRecord> twice = {{"1", "", {"a"}}, {"1", "", {"b"}}};
  EXPECT_THROW(RecordedJudge{twice}, model::SetupError);
  const std::vector<JudgeRecord> empty = {{.sample_id = "1"}};
  EXPECT_THROW(RecordedJudge{empty}, model::SetupError);
}

TEST(JudgeRecordsTest, ReadsALineASample) {
  const ScratchFolder folder;
  const auto sha256 = std::string(64, 'a');
  const auto path =
      folder.write("r.jsonl", R"({"id": 7, "prompt_sha256": ")" + sha256 +
                                  R"(", "replies": ["x", null], "run": 2, "task": "MMVet"})"
                                  "\n"
                                  R"({"id": "8", "replies": ["y"], "task": "mme"})"
                                  "\n");
  const auto records = read_judge_records(path, "mmvet");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].sample_id, "7");
  EXPECT_EQ(records[0].prompt_sha256, sha256);
  EXPECT_EQ(records[0].replies, (Texts{"x", std::string(kFailedCall)}));
  EXPECT_EQ(records[0].run, 2);
  EXPECT_EQ(read_judge_records(path, "mme").size(), 1U);
  EXPECT_TRUE(read_judge_records(path, "mathvista").empty());
}

TEST(JudgeRecordsTest, NamesTheLineThatIsNoRecord) {
  const ScratchFolder folder;
  const auto read = [&](const std::string& line, bool is_only_task = true) {
    return [&folder, line, is_only_task] {
      const auto good = R"({"id": "1", "replies": ["x"], "task": "mme"})"
                        "\n";
      read_judge_records(folder.write("r.jsonl", good + line), "mme", is_only_task);
    };
  };
  expect_error(read(R"({"replies": ["x"]})"), {"r.jsonl:2", "'id'"});
  expect_error(read(R"({"id": 1.5, "replies": ["x"]})"), {"r.jsonl:2", "'id'", "number"});
  expect_error(read(R"({"id": "1"})"), {"r.jsonl:2", "'replies'"});
  expect_error(read(R"({"id": "1", "replies": []})"), {"r.jsonl:2", "empty"});
  expect_error(read(R"({"id": "1", "replies": [1]})"), {"r.jsonl:2", "number"});
  expect_error(read(R"({"id": "1", "replies": ["x"], "prompt_sha256": "12"})"),
               {"r.jsonl:2", "64", "'12'"});
  expect_error(read(R"({"id": "1", "replies": ["x"], "run": -1})"), {"r.jsonl:2", "'run'", "-1"});
  expect_error(read(R"({"id": "1", "replies": ["x"], "run": 4294967295})"),
               {"r.jsonl:2", "'run'", "4294967295"});
  expect_error(read(R"({"id": "1", "replies": ["x"], "task": "sqa"})"), {"r.jsonl:2", "'sqa'"});
  expect_error(read(R"({"id": "1", "replies": ["x"]})", false), {"r.jsonl:2", "'task'", "several"});
  expect_error(read(R"({"id": "1")"), {"r.jsonl:2", "JSON"});
}

}  // namespace
}  // namespace mono::tasks
