#include <gtest/gtest.h>

#include <cmath>

#include "tasks/metric/circular.h"
#include "tasks/metric/option_letter.h"
#include "tasks/metric/substring_hit.h"
#include "tasks/metric/vqa_accuracy.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/pipeline/result_sheet.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

const std::vector<Choice> kChoices = {{'A', "a cat"}, {'B', "a dog"}, {'C', "Cats"}, {'D', "none"}};

std::string letter_of(std::string_view answer, const Profile& profile) {
  const auto reading = infer_option(answer, kChoices, profile.letter);
  return reading.letter ? std::string(1, *reading.letter) : "none";
}

TEST(OptionLetterTest, ReadsAnswersAsTheReferencesDo) {
  struct Case {
    std::string answer;
    std::string vek_2024;
    std::string vek;
    std::string ivl;
  };
  for (const auto& [answer, vek_2024, vek, ivl] :
       {Case{"A.", "A", "A", "A"},
        {"(B)", "B", "B", "(B)"},
        {"The answer is C", "C", "C", "The answer is C"},
        {"A dog", "A", "A", "A"},
        {"a dog", "B", "B", "B"},
        {"a cat or a dog", "none", "none", "A"},
        {"Both A and B", "none", "none", "B"},
        {"A man is holding a dog", "A", "B", "A"},
        {"I think A is right because it is fluffy", "A", "none",
         "I think A is right because it is fluffy"},
        {"Because", "none", "none", "B"},
        {"All", "none", "none", "A"},
        {"**B**", "B", "B", "**B**"},
        {"none of these", "D", "D", "D"},
        {"c", "none", "none", "c"},
        {"选B。", "none", "none", "选B。"}}) {
    EXPECT_EQ(letter_of(answer, vlmevalkit_2024_profile()), vek_2024) << answer;
    EXPECT_EQ(letter_of(answer, vlmevalkit_profile()), vek) << answer;
    EXPECT_EQ(read_internvl_letter(answer, kChoices), ivl) << answer;
  }
  EXPECT_EQ(read_internvl_letter(" \n", kChoices), std::nullopt);
}

TEST(OptionLetterTest, TakesTheLetterBehindAnswerIsWithoutAWordBoundary) {
  const auto vek = vlmevalkit_profile();
  EXPECT_EQ(letter_of("The answer is because of A and B, C too", vek), "B");
  EXPECT_EQ(letter_of("answer is **d here, not A or B", vek), "D");
  EXPECT_EQ(letter_of("answer isB and A B C", vek), "none");
  EXPECT_EQ(letter_of("answer is E, A or B", vek), "none");
}

TEST(OptionLetterTest, ReadsRefusalsAsZ) {
  EXPECT_EQ(letter_of("I can't process this file.", vlmevalkit_profile()), "Z");
  EXPECT_EQ(letter_of("Z", vlmevalkit_profile()), "Z");
  EXPECT_EQ(letter_of("A Failed to obtain answer via API", vlmevalkit_profile()), "none");
}

TEST(VqaAccuracyTest, NormalisesInThreeStates) {
  struct Case {
    std::string text;
    std::string ivl;
    std::string vek_2024;
    std::string vek;
  };
  for (const auto& [text, ivl, vek_2024, vek] :
       {Case{"The Cat's hat", "cat 's hat", "cat's hat", "cat's hat"},
        {"1,000", "1000", "1000", "1000"},
        {"yes,no", "yesno", "yes no", "yes no"},
        {"5,000-6,000", "5000 6000", "50006000", "50006000"},
        {"5.", "5", "5", "5."},
        {"5.0.", "5.0", "5.0", "5.0."},
        {"U.S.A.", "usa", "usa", "usa"},
        {"no.1", "no.1", "no.1", "no.1"},
        {"let's", "let 's", "let's", "let's"},
        {"dont", "don't", "don't", "don't"},
        {"somebody'd", "somebodyd", "somebodyd", "somebodyd"},
        {"none", "0", "0", "0"},
        {"ten, eleven", "10 eleven", "10 eleven", "10 eleven"},
        {"the a", "", "", ""},
        {"7 - up", "7 up", "7 up", "7 up"},
        {"http://a.com", "http: acom", "http: acom", "http: acom"},
        {"$5.99", "$5.99", "$5.99", "$5.99"},
        {"What?!", "what", "what", "what"}}) {
    EXPECT_EQ(normalise_vqa(text, internvl_profile(10).vqa), ivl) << text;
    EXPECT_EQ(normalise_vqa(text, vlmevalkit_2024_profile().vqa), vek_2024) << text;
    EXPECT_EQ(normalise_vqa(text, vlmevalkit_profile().vqa), vek) << text;
  }
}

TEST(VqaAccuracyTest, DeletesThirtyTwoPeriodsAtMost) {
  EXPECT_EQ(normalise_vqa(std::string(34, '.'), vlmevalkit_profile().vqa), "..");
}

TEST(VqaAccuracyTest, LeavesOneReferenceOutAtATime) {
  std::vector<std::string> references(10, "other");
  const double expected[] = {0, 0.3, 0.6, 0.9, 1, 1};
  for (size_t matches = 0; matches < 6; ++matches) {
    if (matches > 0) references[matches - 1] = std::string("x");
    EXPECT_NEAR(vqa_accuracy("x", references, {}), expected[matches], 1e-12) << matches;
  }
  EXPECT_THROW(vqa_accuracy("x", {}, {}), model::SetupError);
  EXPECT_THROW(vqa_accuracy("x", {}, {.sums_left_to_right = true}), model::SetupError);
}

TEST(SubstringHitTest, FoldsTextsButNotFormulas) {
  const std::vector<std::string> accepted = {"CENTRE", "a\nB"};
  EXPECT_EQ(first_answer_in("the Centre.", accepted, false), "CENTRE");
  EXPECT_EQ(first_answer_in("x A b", accepted, false), "a\nB");
  EXPECT_EQ(first_answer_in("the Centre", accepted, true), std::nullopt);
  EXPECT_EQ(first_answer_in("a  B", accepted, true), "a\nB");
}

std::vector<std::string> reread(const std::vector<CellView>& written) {
  SheetColumn column(written, vlmevalkit_2024_profile().sheet);
  std::vector<std::string> texts;
  texts.reserve(column.size());
  for (size_t i = 0; i < column.size(); ++i) texts.emplace_back(column.text(i));
  return texts;
}

TEST(ResultSheetTest, RetypesTheColumn) {
  using std::string_view;
  using Texts = std::vector<std::string>;
  EXPECT_EQ(reread({1.0, 2.0}), (Texts{"1", "2"}));
  EXPECT_EQ(reread({1.0, CellView()}), (Texts{"1.0", "nan"}));
  EXPECT_EQ(reread({string_view("=x"), string_view("ab")}), (Texts{"0", "ab"}));
  EXPECT_EQ(reread({true, CellView()}), (Texts{"1.0", "nan"}));
  EXPECT_EQ(reread({string_view("TRUE"), CellView()}), (Texts{"True", "nan"}));
  EXPECT_EQ(reread({string_view("external:a/b"), string_view("c")}), (Texts{"a\\b", "c"}));
  EXPECT_EQ(reread({string_view("none"), string_view("None")}), (Texts{"none", "nan"}));
}

TEST(ResultSheetTest, LosesLinksThatAreTooLong) {
  std::string link(2080, 'x');
  link.replace(0, 7, "http://");
  EXPECT_EQ(reread({std::string_view(link), std::string_view("a")}).front(), "nan");
}

Row rotation(const std::string& id, const std::string& answer, const std::string& response) {
  auto sample = std::make_shared<Sample>();
  sample->id = id;
  sample->choices = {{'A', "x"}, {'B', "y"}};
  sample->cells = {{"answer", answer}};
  sample->category = "ocr";
  return {.sample = std::move(sample), .response = response};
}

TEST(CircularTest, CountsAQuestionOnlyIfEveryRotationIsRight) {
  std::vector<Row> rows = {rotation("1", "A", "A"), rotation("1000001", "B", "B"),
                           rotation("2", "A", "A"), rotation("1000002", "B", "A")};
  const auto& task = task_named("MMBench_DEV_EN");
  score_rows(task, task.profile("vek"), rows);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[2].score->value, 0);
  EXPECT_EQ(rows[2].score->log,
            "Failed in Prefetching Rolling 1: Answer is B, Prediction is A, Pre-fetched is A. ");
  EXPECT_FALSE(rows[1].score->is_counted);
  const auto metrics = task.metrics(rows, task.profile("vek"));
  EXPECT_EQ(metrics.front().name, "Overall");
  EXPECT_EQ(metrics.front().split, "none");
  EXPECT_EQ(metrics.front().value, 0.5);
  EXPECT_EQ(metrics.front().count, 2);
}

TEST(CircularTest, DoesNotJudgeAGroupWithAFailedRow) {
  std::vector<Row> rows = {rotation("1", "A", "A"), rotation("1000001", "B", "")};
  rows[1].error = "out of memory";
  const auto& task = task_named("mmbench_en");
  score_rows(task, task.profile("vek"), rows);
  EXPECT_EQ(count_scored(rows), 0);
  EXPECT_THROW(task.metrics(rows, task.profile("vek")), model::SetupError);
}

TEST(CircularTest, RefusesAnIdThatIsNoIndex) {
  const std::vector<Row> rows = {rotation("one", "A", "A")};
  EXPECT_THROW(score_circular(rows, vlmevalkit_profile(), no_judge()), model::SetupError);
}

TEST(TextVqaTest, WantsTenReferencesInInternVlsScript) {
  auto sample = std::make_shared<Sample>();
  sample->id = "7";
  sample->targets = {"x", "x"};
  std::vector<Row> rows = {{.sample = sample, .response = "x"}};
  const auto& task = task_named("textvqa");
  EXPECT_THROW(score_rows(task, task.profile("ivl"), rows), model::SetupError);
  score_rows(task, task.profile("vek"), rows);
  EXPECT_NEAR(rows[0].score->value, 1.0 / 3, 1e-12);
}

TEST(TextVqaTest, LeavesFailedRowsOutAndCountsTheRest) {
  auto sample = std::make_shared<Sample>();
  sample->targets = std::vector<std::string>(10, "x");
  std::vector<Row> rows = {{.sample = sample, .response = "x"},
                           {.sample = sample, .error = "no picture"}};
  const auto& task = task_named("textvqa");
  score_rows(task, task.profile("vek"), rows);
  EXPECT_FALSE(rows[1].score);
  const auto metrics = task.metrics(rows, task.profile("vek"));
  EXPECT_EQ(metrics[0].value, 100);
  EXPECT_EQ(metrics[0].count, 1);
  EXPECT_THROW(task.metrics({}, task.profile("vek")), model::SetupError);
}

TEST(OcrBenchTest, NamesAnUnknownCategory) {
  auto sample = std::make_shared<Sample>();
  sample->category = "Poems";
  std::vector<Row> rows = {{.sample = sample, .response = "x"}};
  const auto& task = task_named("OCRBench");
  EXPECT_THROW(score_rows(task, task.profile(""), rows), model::SetupError);
}

TEST(RegistryTest, FindsTasksByAnyNameAndListsThemOtherwise) {
  EXPECT_EQ(task_named("mmbench_dev_en").name(), "mmbench_en_dev");
  EXPECT_EQ(task_named("TEXTVQA").name(), "textvqa");
  EXPECT_EQ(find_task("sqa"), nullptr);
  try {
    task_named("sqa");
    FAIL();
  } catch (const model::UsageError& error) {
    std::string expected = "unknown task 'sqa'; known:";
    for (const auto* const task : all_tasks()) expected.append(" ").append(task->name());
    EXPECT_EQ(error.what(), expected);
  }
}

TEST(RegistryTest, ResolvesProfilesAndRegistrations) {
  const auto& task = task_named("ocrbench");
  EXPECT_EQ(task.profile("").name, "vek");
  EXPECT_EQ(task.profile("paper").name, "vek-2024");
  EXPECT_THROW(task.profile("ivl"), model::UsageError);
  EXPECT_EQ(parse_registration("v1.5"), Registration::kV15);
  EXPECT_THROW(parse_registration("v3"), model::UsageError);
}

}  // namespace
}  // namespace mono::tasks
