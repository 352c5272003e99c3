// Every exit code of docs/ci.md through the real program: how it comes about and what is said.

#include <functional>
#include <ostream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/run_maker.h"

namespace mono::tests {
namespace {

const std::string kProgram = MONO_EVAL_BINARY;
const std::string kRows = "ocrbench --data ROWS";

/// AddressSanitizer reserves more addresses than any limit leaves.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

/// A way to an exit code. In the command FOLDER is the test's folder with the finished runs `base`,
/// `same` and `worse`, MODEL the small checkpoint, ROWS its rows.
struct ExitCase {
  int code = 0;
  std::string name{};
  std::string command{};
  std::string says{};
};

std::ostream& operator<<(std::ostream& out, const ExitCase& one) {
  return out << one.name;
}

std::string mono_eval(const std::string& arguments) {
  return kProgram + " " + arguments;
}

/// A line of four gigabytes, with memory for the program but not for that.
std::string out_of_memory() {
  return "truncate -s 4G FOLDER/same/made/ocrbench.vek/samples.jsonl; "
         "for limit in 3000000 4000000 6000000 8000000; do "
         "if (ulimit -v $limit; " +
         mono_eval("ls models") + " > /dev/null 2>&1); then ulimit -v $limit; break; fi; done; " +
         mono_eval("compare FOLDER/base FOLDER/same");
}

std::string run(const std::string& task_and_data, const std::string& more) {
  return mono_eval("run --model small=MODEL --output-path FOLDER/runs --tasks " + task_and_data +
                   " " + more);
}

/// SIGINT once the run is on its way.
std::string interrupted() {
  return run(kRows, "--profile vek --batch-size 1 --max-new-tokens 64") +
         " & run=$!; while [ ! -s FOLDER/runs/small/ocrbench.vek/samples.jsonl ]; do sleep 0.05; "
         "done; kill -INT $run; wait $run";
}

std::vector<ExitCase> exit_cases() {
  std::vector<ExitCase> cases = {
      {0, "AFinishedRun", run(kRows, "--profile vek --max-new-tokens 2"), "5/5"},
      {0, "EqualRuns", mono_eval("compare FOLDER/base FOLDER/same"), "no regression"},
      {2, "NoVerb", mono_eval(""), "subcommand is required"},
      {2, "AnUnknownVerb", mono_eval("frob --json"), "unknown verb 'frob'; known: run score"},
      {2, "HelpOfAnUnknownVerb", mono_eval("frob --help"), "unknown verb 'frob'; known: run score"},
      {2, "AFlagInPlaceOfAVerb", mono_eval("--nonsense 7"), "unknown option '--nonsense'"},
      {2, "ARooflineOfNothing",
       mono_eval("bench latency --model m=FOLDER/absent --concurrency 3 --roofline FOLDER/r.svg"),
       "--roofline: is of one request at a time, expected 1 among --concurrency"},
      {2, "AModeNamedTwice",
       mono_eval("bench latency --model m=FOLDER/absent --modes fast,fast --json FOLDER/absent/b"),
       "--modes: a mode is named twice"},
      {2, "AnUnknownFlag", mono_eval("ls tasks --nonsense"), "--nonsense"},
      {2, "AnUnknownTask", run("sqa --data ROWS", ""), "unknown task 'sqa'; known: mmvet"},
      {2, "AnUnknownTaskForNoModel",
       mono_eval("run --model a=FOLDER/absent --tasks sqa --data ROWS"), "unknown task 'sqa'"},
      {2, "AnUnknownProfile", run(kRows, "--profile lmms"), "'lmms'"},
      {3, "NoData", run("ocrbench --data FOLDER/absent", ""), "absent does not exist"},
      {3, "NoWeights", run(kRows, "--model a=FOLDER/absent"), "absent does not exist"},
      {3, "NoDevice", "CUDA_VISIBLE_DEVICES= " + run(kRows, "--device cuda"), "cuda"},
      {3, "NothingToCompare", mono_eval("compare FOLDER/base FOLDER/absent"), "no such run"},
      {3, "AFullStandardOutput", mono_eval("ls tasks > /dev/full"), "standard output"},
      {3, "AClosedPipe",
       "{ sleep 0.5; " + mono_eval("ls tasks") +
           "; echo $? > FOLDER/code; } | true; "
           "exit $(cat FOLDER/code)",
       "standard output"},
      {4, "RowsThatFailed",
       "sed -i 1d FOLDER/base.jsonl; " +
           mono_eval("run --model made=FOLDER/base.jsonl --tasks ocrbench --profile vek --data "
                     "FOLDER/base-data --output-path FOLDER/four"),
       "1 rows failed, --error-limit is 0"},
      {4, "NoHeadlineNumber",
       R"(printf '{"index": %s, "category": "OCR", "image_path": "1", "question": "q", )"
       R"("answer": "Yes", "prediction": "Yes"}\n' 1 2 > FOLDER/p.jsonl; )" +
           mono_eval("score --task mme --profile vek --predictions FOLDER/p.jsonl"),
       "'sum' has no value: there is none for perception, reasoning, artwork"},
      {5, "ARegression", mono_eval("compare FOLDER/base FOLDER/worse"), "REGRESSION"},
      {130, "Interrupted", interrupted(), "the same command goes on where it stopped"},
  };
  if (!kIsSanitized) {
    cases.push_back(
        {1, "OutOfMemory", out_of_memory(), "mono-eval: internal error: std::bad_alloc"});
  }
  return cases;
}

class CliExitCodeTest : public ProgramTest, public testing::WithParamInterface<ExitCase> {
 protected:
  std::string filled_in(std::string command) const {
    command = std::regex_replace(command, std::regex("MODEL"), checkpoint_.string());
    command = std::regex_replace(command, std::regex("ROWS"), rows_.string());
    return std::regex_replace(command, std::regex("FOLDER"), folder_.string());
  }
};

TEST_P(CliExitCodeTest, ComesAbout) {
  const RunMaker runs(folder_);
  for (const std::string name : {"base", "same", "worse"}) {
    if (GetParam().command.find("FOLDER/" + name) == std::string::npos) continue;
    ASSERT_EQ(runs.run(name, {.num_wrong = name == "worse" ? 6 : 0}).exit_code, 0);
  }
  const auto finished = run_command(filled_in(GetParam().command));
  EXPECT_EQ(finished.exit_code, GetParam().code) << finished.output;
  EXPECT_NE(finished.output.find(GetParam().says), std::string::npos) << finished.output;
}

INSTANTIATE_TEST_SUITE_P(, CliExitCodeTest, testing::ValuesIn(exit_cases()),
                         [](const auto& info) { return info.param.name; });

TEST(ExitCodeListTest, EachDocumentedCodeIsTried) {
  std::set<int> tried, documented;
  for (const auto& one : exit_cases()) tried.insert(one.code);
  const auto text = read_file(MONO_SOURCE_DIR "/docs/ci.md");
  const std::regex row(R"(\n\| (\d+) \|)");
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    documented.insert(std::stoi((*it)[1]));
  }
  if (kIsSanitized) documented.erase(1);
  EXPECT_EQ(tried, documented);
}

}  // namespace
}  // namespace mono::tests
