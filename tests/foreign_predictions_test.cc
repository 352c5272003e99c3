#include <gtest/gtest.h>

#include "tasks/pipeline/columns.h"
#include "tasks/reader/predictions.h"
#include "tasks/reader/sheet_file.h"
#include "tasks/reader/sheet_writer.h"
#include "tests/expect_error.h"
#include "tests/named_task.h"
#include "tests/temporary_folder.h"

namespace mono::tasks {
namespace {

using tests::expect_error;
using tests::NamedTask;
using tests::TemporaryFolder;
using Texts = std::vector<std::string>;

std::shared_ptr<const Sample> sample(const std::string& id, const std::string& question,
                                     const std::string& split = "") {
  return std::make_shared<const Sample>(
      Sample{.id = id, .question = question, .targets = {"t"}, .split = split});
}

/// Ids and responses of the rows, an error in the place of a response.
Texts read(const std::string& task_name, const std::string& text, const std::string& format,
           const std::vector<std::shared_ptr<const Sample>>& samples = {}) {
  const TemporaryFolder folder;
  const NamedTask task(task_name);
  const auto set =
      read_predictions(folder.write("p.json", text), task, task.profile("ivl"), samples);
  EXPECT_EQ(set.format, format);
  Texts texts;
  for (const auto& row : set.rows) {
    const auto id = row.sample->id.substr(row.sample->id.find_last_of('/') + 1);
    texts.push_back(id + ": " + (row.error.empty() ? row.response : "error"));
  }
  return texts;
}

TEST(ForeignPredictionsTest, ReadsTheFilesOfInternVlsScripts) {
  EXPECT_EQ(read("textvqa", R"([{"question": "q A", "question_id": 7, "answer": "x"}])",
                 "internvl-vqa", {sample("7", "q")}),
            Texts{"7: x"});
  EXPECT_EQ(read("docvqa_val",
                 R"([{"question": "q", "questionId": 7, "answer": "x", "annotation": ["a", "b"]}])",
                 "internvl-vqa"),
            Texts{"7: x"});
  EXPECT_EQ(read("ai2d", R"([{"question": "q", "image": 3, "answer": "B", "annotation": "B"}])",
                 "internvl-ai2d"),
            Texts{"3: B"});
  EXPECT_EQ(read("seed_image",
                 R"({"question_id": "5", "question": "q", "prediction": "A", "answer": "B"})"
                 "\n",
                 "internvl-seed"),
            Texts{"5: A"});
  EXPECT_EQ(read("coco_caption", R"([{"image_id": 9, "caption": "c"}])", "internvl-captions",
                 {sample("9", "")}),
            Texts{"9: c"});
  EXPECT_EQ(read("pope",
                 R"([{"question_id": 1, "text": "no", "text_orig": "No.", "model_id": "m",)"
                 R"( "metadata": {}}])",
                 "internvl-pope", {sample("1", "")}),
            Texts{"1: No."});
  EXPECT_EQ(read("scienceqa",
                 R"({"question": "q", "answer": "B", "answer_orig": "B. x", "gt_answers": "B",)"
                 R"( "image_path": "i"})"
                 "\n",
                 "internvl-scienceqa", {sample("1", "q")}),
            Texts{"1: B. x"});
}

TEST(ForeignPredictionsTest, FindsTheHalfOfChartQaThatAFileIsOf) {
  const std::vector<std::shared_ptr<const Sample>> samples = {
      sample("1", "who?", "test_human"), sample("2", "why?", "test_augmented")};
  const auto text = R"([{"question": "Why? Answer", "answer": "x", "annotation": "t"}])";
  EXPECT_EQ(read("chartqa", text, "internvl-chartqa", samples), Texts{"2: x"});
  EXPECT_EQ(read("chartqa", text, "internvl-chartqa"), Texts{"0: x"});
  expect_error(
      [&] {
        read("chartqa", R"([{"question": "when?", "answer": "x", "annotation": "t"}])", "",
             samples);
      },
      {"p.json", "questions are others"});
}

TEST(ForeignPredictionsTest, ReadsMmesFolderOfResults) {
  const TemporaryFolder folder;
  folder.write("OCR.txt",
               "1.jpg\tIs it? Answer the question using a single word or phrase.\tYes\tyes\tno\n");
  folder.write("color.txt", "2.jpg\tred?\tNo\tno\n");
  const NamedTask task("mme");
  const auto set = read_predictions(folder.path(), task, task.profile("ivl"));
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.format, "internvl-mme");
  EXPECT_EQ(set.rows[0].response, "yes\tno") << "a tab in a response belongs to it";
  EXPECT_EQ(set.rows[0].sample->question, "Is it?");
  EXPECT_EQ(set.rows[0].sample->category, "OCR");
  EXPECT_EQ(cell_text(*set.rows[1].sample->cell("image_path")), "color/2.jpg");
  folder.write("OCR.txt", "1.jpg\tq\n");
  folder.write("color.txt", "2.jpg\n");
  expect_error([&] { read_predictions(folder.path(), task, task.profile("ivl")); },
               {"OCR.txt:1", "2 fields"});
}

TEST(ForeignPredictionsTest, ReadsSamplesOfLmEvalOncePerDocument) {
  const std::string row =
      R"({"doc_id": 0, "doc": {"question_id": 5, "question": "q", "answers": ["a"]}, "target": "a",)"
      R"( "arguments": {"gen_args_0": {"arg_0": "q A"}}, "resps": [["x"]],)"
      R"( "filtered_resps": ["y"], "filter": ")";
  const auto text = row + "none\"}\n" + row + "strict\"}\n";
  EXPECT_EQ(read("textvqa", text, "lm-eval"), Texts{"5: x"});
  EXPECT_EQ(read("textvqa", text, "lm-eval", {sample("5", "q")}), Texts{"5: x"});
}

TEST(ForeignPredictionsTest, ReadsSamplesOfLmmsEvalByTheirPlace) {
  const std::vector<std::shared_ptr<const Sample>> samples = {sample("8", "What is it?"),
                                                              sample("9", "Who is <image 1> he?")};
  const auto line = [](const std::string& id, const std::string& input, const std::string& more) {
    return R"({"doc_id": )" + id + R"(, "input": ")" + input + R"(", "target": "t", )" + more +
           "}\n";
  };
  EXPECT_EQ(read("textvqa",
                 line("1", "WHO IS <image> HE?", R"("filtered_resps": "y")") +
                     line("0", "what is it?", R"("resps": ["x"], "filtered_resps": "z")"),
                 "lmms-eval", samples),
            (Texts{"8: x", "9: y"}));
  EXPECT_EQ(
      read("textvqa", line("1", "who is he?", R"("filtered_resps": "y")"), "lmms-eval", samples),
      (Texts{"8: error", "9: y"}));
  expect_error(
      [&] { read("textvqa", line("0", "another", R"("filtered_resps": "y")"), "", samples); },
      {"p.json", "other questions"});
  expect_error([&] { read("textvqa", line("7", "q", R"("filtered_resps": "y")"), "", samples); },
               {"p.json:1", "no sample"});
  expect_error([&] { read("textvqa", line("0", "q", R"("filtered_resps": "y")"), ""); },
               {"p.json", "data"});
}

TEST(ForeignPredictionsTest, NamesTheRowThatIsWrong) {
  const auto good = std::string(R"({"image_id": 9, "caption": "c"})");
  const std::vector<std::shared_ptr<const Sample>> samples = {sample("9", "")};
  const auto reading = [&](const std::string& rows) {
    return [&samples, rows] { read("coco_caption", "[" + rows + "]", "", samples); };
  };
  EXPECT_EQ(read("coco_caption", "[" + good + ", " + good + "]", "internvl-captions", samples),
            (Texts{"9: c", "9 (row 1): error"}));
  expect_error(reading(R"({"image_id": 8, "caption": "c"})"), {"element 0", "'8'"});
  expect_error(reading(R"({"image_id": 9, "caption": []})"), {"element 0", "'caption'", "array"});
}

TEST(ForeignPredictionsTest, ARowThatCannotBeUsedFailsAloneAndTheOthersGoOn) {
  const std::vector<std::shared_ptr<const Sample>> samples = {sample("8", ""), sample("9", "")};
  const auto list = [](const std::string& row) {
    return R"([{"image_id": 9, "caption": "c"}, )" + row + "]";
  };
  for (const auto* const row :
       {R"({"image_id": 8})", R"({"caption": "c"})", R"({"image_id": 8, "caption": []})"}) {
    EXPECT_EQ(read("coco_caption", list(row), "internvl-captions", samples),
              (Texts{"8: error", "9: c"}))
        << row;
  }
  EXPECT_EQ(read("coco_caption", list(R"({"image_id": 9})"), "internvl-captions", {samples[1]}),
            (Texts{"9: c", "p.json: element 1: error"}))
      << "no sample is left for it";
}

TEST(ForeignPredictionsTest, ALineThatCannotBeUsedFailsAloneInOtherHarnessesFiles) {
  const std::vector<std::shared_ptr<const Sample>> samples = {sample("8", "q"), sample("9", "r")};
  const std::string good = R"({"doc_id": 1, "filtered_resps": "y"})"
                           "\n";
  for (const std::string bad :
       {R"({"doc_id": 0, "filtered_resps": NaN})", R"({"doc_id": 0, "filtered_resps": {}})",
        R"({"doc_id": 0})", R"({"doc_id": )", R"({"filtered_resps": "x"})"}) {
    const auto bad_line = bad + "\n";
    for (const auto& text : {bad_line + good, good + bad_line}) {
      EXPECT_EQ(read("textvqa", text, "lmms-eval", samples), (Texts{"8: error", "9: y"})) << text;
    }
  }
  const std::string own = R"({"question_id": "5", "prediction": "A", "answer": "B"})"
                          "\n";
  EXPECT_EQ(read("seed_image",
                 own + R"({"question_id": "6", "answer": "B"})"
                       "\n{\n",
                 "internvl-seed"),
            (Texts{"5: A", "6: error", "p.json:3: error"}));
}

TEST(SheetFileTest, ReadsWhatItWrites) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "s.xlsx";
  const Texts names = {"index", "text", "prediction"};
  const std::vector<std::vector<CellView>> columns = {
      {int64_t{1}, 2.5, std::monostate{}},
      {true, std::string_view(" a\n<b>&é\t"), std::string_view("_x000D_")},
      {std::string_view("None"), std::string_view("=1+1"), std::string_view("007")}};
  write_sheet_file(path, names, columns);
  const auto sheet = read_sheet_file(path);
  EXPECT_EQ(sheet.columns, names);
  ASSERT_EQ(sheet.rows.size(), 3U);
  EXPECT_EQ(sheet.rows[0][0], Cell(int64_t{1}));
  EXPECT_EQ(sheet.rows[1][0], Cell(2.5));
  EXPECT_EQ(sheet.rows[2][0], Cell());
  EXPECT_EQ(sheet.rows[0][1], Cell(true));
  EXPECT_EQ(sheet.rows[1][1], Cell(std::string(" a\n<b>&é\t")));
  EXPECT_EQ(sheet.rows[2][1], Cell(std::string("_x000D_")));
  EXPECT_EQ(sheet.rows[0][2], Cell(std::string("None"))) << "which pandas takes for missing later";
  EXPECT_EQ(sheet.rows[1][2], Cell(std::string("=1+1")));
  EXPECT_EQ(sheet.rows[2][2], Cell(std::string("007")));
}

TEST(SheetFileTest, ScoresCellsThatHaveBeenThroughTheSheetAsTheyAre) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "s.xlsx";
  const Texts names = {"index", "answer", "prediction"};
  write_sheet_file(
      path, names,
      std::vector<std::vector<CellView>>{{int64_t{1}, int64_t{2}},
                                         {std::string_view("x"), std::string_view("y")},
                                         {std::string_view("mailto:=x"), std::monostate{}}});
  const NamedTask task("textvqa");
  const auto& profile = task.profile("vek-2024");
  const auto set = read_predictions(path, task, profile);
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.format, "vlmevalkit-xlsx");
  EXPECT_EQ(set.rows[0].response, "mailto:=x");
  EXPECT_EQ(set.rows[1].response, "nan");
  EXPECT_TRUE(profile.sheet.is_used);
  EXPECT_FALSE(cell_sheet_rules(scoring_profile(profile, set)).is_used);
  const auto joined =
      read_predictions(path, task, profile, std::vector{sample("2", "q"), sample("1", "r")});
  EXPECT_EQ(joined.rows[0].response, "nan");
  EXPECT_EQ(joined.rows[1].sample->targets, Texts{"x"}) << "the sheet's own cell";
}

TEST(SheetFileTest, NamesWhatIsWrong) {
  const TemporaryFolder folder;
  const NamedTask task("textvqa");
  const auto broken = folder.write("b.xlsx", "PK\x03\x04 no archive");
  expect_error([&] { read_predictions(broken, task, task.profile("vek")); },
               {"b.xlsx", "spreadsheet"});
  const auto path = folder.path() / "s.xlsx";
  write_sheet_file(path, Texts{"index"}, std::vector<std::vector<CellView>>{{int64_t{1}}});
  expect_error([&] { read_predictions(path, task, task.profile("vek")); },
               {"s.xlsx", "'prediction'"});
}

}  // namespace
}  // namespace mono::tasks
