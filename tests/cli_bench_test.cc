// Times through the real program: that they are there, of the answers the model gives.

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tests/program.h"
#include "tests/tiny_folders.h"

namespace mono::tests {
namespace {

class CliBenchTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    write_every_kind(folder_);
  }

  Finished bench(const std::string& arguments) const {
    return run_mono_eval("bench " + arguments + " --dtype fp32 --threads 1 --json " +
                         (folder_ / "times.json").string());
  }
  std::string model(const std::string& name) const {
    return " --model " + name + "=" + (folder_ / name).string();
  }
  nlohmann::json written() const {
    std::ifstream file(folder_ / "times.json");
    return nlohmann::json::parse(file);
  }
  nlohmann::json measured() const { return written().at("benchmarks"); }

  static void expect_says(const Finished& finished, int exit_code, const std::string& part) {
    EXPECT_EQ(finished.exit_code, exit_code) << finished.output;
    EXPECT_NE(finished.output.find(part), std::string::npos) << finished.output;
  }
};

TEST_F(CliBenchTest, TimesEachModelInTurnsAndNamesItsAnswer) {
  const auto finished = bench("latency" + model("mono") + model("internvl3") +
                              " --modes deterministic --tiles 1 --new-tokens 3 --repetitions 2");
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  int num_times = 0;
  int num_answers = 0;
  for (const auto& entry : measured()) {
    EXPECT_GT(entry.at("real_time").get<double>(), 0) << entry;
    num_times += entry.at("run_type") == "iteration" ? 1 : 0;
    if (!entry.contains("token_ids")) continue;
    num_answers += entry.at("token_ids").size() == 3 ? 1 : 0;
    EXPECT_GT(entry.at("new_shape_ms").get<double>(), 0);
    EXPECT_EQ(entry.at("tokens_as_plain"), 3);
    EXPECT_EQ(entry.at("output_sha256").get<std::string>().size(), 64U);
    EXPECT_FALSE(entry.contains("card") || entry.contains("joules_per_request")) << entry;
  }
  const auto first_calls = written().at("context").at("first_call_ms");
  EXPECT_EQ(first_calls.size(), 2U);
  EXPECT_FALSE(written().at("context").contains("card"));
  EXPECT_EQ(finished.output.find("card while timing"), std::string::npos) << finished.output;
  // models, repetitions; first token, vision, preprocessing, the other tokens, all of it
  EXPECT_EQ(num_times, 2 * 2 * 5);
  EXPECT_EQ(num_answers, 2);
  for (const char* part : {"internvl3 : mono, 1 tiles", "ms, the first of the process"}) {
    EXPECT_NE(finished.output.find(part), std::string::npos) << finished.output;
  }
}

TEST_F(CliBenchTest, AsksSeveralAtOnceAndPromptsOfAWholeLength) {
  const auto finished = bench("latency" + model("mono") + model("internvl-1.5") +
                              " --modes deterministic --totals 260 --concurrency 1,3 "
                              "--new-tokens 2 --repetitions 1 --roofline " +
                              (folder_ / "roof.svg").string());
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  const auto json = written();
  int num_rows = 0;
  for (const auto& entry : json.at("benchmarks")) {
    if (!entry.contains("tokens_per_second")) continue;
    ++num_rows;
    EXPECT_NE(entry.at("name").get<std::string>().find("/tiles:4/text:256/"), std::string::npos);
    EXPECT_GT(entry.at("tokens_per_second").get<double>(), 0);
  }
  EXPECT_EQ(num_rows, 2 * 2);  // models, concurrencies; no other shape
  std::ifstream svg(folder_ / "roof.svg");
  EXPECT_TRUE(std::string(std::istreambuf_iterator<char>(svg), {}).starts_with("<svg "));
  ASSERT_EQ(json.at("ratios").size(), 2U);
  EXPECT_EQ(json.at("ratios").at(1).at("concurrency"), 3);
  EXPECT_GT(json.at("ratios").at(1).at("flops").get<double>(), 1);
  EXPECT_NE(finished.output.find("3 at once, parity, deterministic: first token"),
            std::string::npos)
      << finished.output;
}

TEST_F(CliBenchTest, WritesWhatToolsForGoogleBenchmarkRead) {
  for (const std::string& arguments :
       {"latency" + model("mono") + " --modes free --tiles 1 --new-tokens 2 --repetitions 6",
        "throughput" + model("mono") +
            " --modes free --items 2 --alone 1 --tiles 1 --new-tokens 2 --repetitions 6",
        std::string("kernels --filter gather_rows")}) {
    const auto finished = bench(arguments);
    ASSERT_EQ(finished.exit_code, 0) << finished.output;
    const auto json = written();
    const auto& context = json.at("context");
    EXPECT_EQ(context.at("executable"), "mono-eval");
    EXPECT_EQ(context.at("dtype"), "fp32");
    EXPECT_EQ(context.at("device"), "cpu");
    EXPECT_GT(context.at("ceilings").at("bytes_per_second").get<double>(), 0);
    for (const char* field : {"date", "git_commit", "device_name", "libraries", "num_cpus"}) {
      EXPECT_TRUE(context.contains(field)) << field;
    }
    for (const auto& entry : json.at("benchmarks")) {
      EXPECT_GT(entry.at("cpu_time").get<double>(), 0) << entry;
      const auto run_name = entry.at("run_name").get<std::string>();
      if (entry.at("run_type") == "iteration") {
        EXPECT_EQ(entry.at("name"), run_name);
        continue;
      }
      EXPECT_EQ(entry.at("name"), run_name + "_median");
      EXPECT_LE(entry.at("low").get<double>(), entry.at("real_time").get<double>());
      EXPECT_GE(entry.at("high").get<double>(), entry.at("real_time").get<double>());
      EXPECT_GE(entry.at("coverage").get<double>(), 0.95);
    }
  }
}

TEST_F(CliBenchTest, AnswersTogetherAreThoseGivenAlone) {
  const auto finished = bench("throughput" + model("mono") + model("internvl3") +
                              " --modes deterministic --items 5 --alone 3 --tiles 1 --batch 4 "
                              "--new-tokens 3 --repetitions 2");
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  const auto times = measured();
  EXPECT_EQ(times.size(), 2U * 2 * 3);  // models, alone and together, repetitions and median
  for (const auto& entry : times) {
    EXPECT_GT(entry.at("real_time").get<double>(), 0);
    if (entry.at("run_type") == "aggregate") {
      EXPECT_EQ(entry.at("same_answers"), 1.0);
    } else {
      EXPECT_GT(entry.at("floor_ms").get<double>(), 0);
    }
  }
  EXPECT_NE(finished.output.find("medians of 2 rounds; an interval needs 6"), std::string::npos)
      << finished.output;
  EXPECT_NE(finished.output.find("internvl3 : mono, parity, deterministic: seconds an item"),
            std::string::npos)
      << finished.output;
}

TEST_F(CliBenchTest, ShowsNoTimePerTokenWhereThereIsOneToken) {
  const auto finished = bench("latency" + model("mono") +
                              " --modes free,fast --tiles 1 --new-tokens 1 --repetitions 2");
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  EXPECT_NE(finished.output.find(" - "), std::string::npos) << finished.output;
  EXPECT_NE(finished.output.find("parity, free"), std::string::npos) << finished.output;
  EXPECT_NE(finished.output.find("fast, free"), std::string::npos) << finished.output;
  for (const auto& entry : measured()) {
    EXPECT_EQ(entry.at("name").get<std::string>().find("per_token"), std::string::npos) << entry;
  }
}

TEST_F(CliBenchTest, RefusesToMeasureTheSameTwice) {
  const std::pair<std::string, std::string> kTwice[] = {
      {"latency" + model("mono") + model("mono"), "--model: two models are named 'mono'"},
      {"throughput" + model("mono") + " --modes free,free", "--modes: a mode is named twice"}};
  for (const auto& [arguments, message] : kTwice) {
    const auto finished = bench(arguments);
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_NE(finished.output.find(message), std::string::npos) << finished.output;
  }
}

TEST_F(CliBenchTest, TimesOperatorsWhoseResultsAreRight) {
  const auto finished = bench("kernels --filter gather_rows");
  ASSERT_EQ(finished.exit_code, 0) << finished.output;
  const auto times = measured();
  ASSERT_FALSE(times.empty());
  EXPECT_GT(times.back().at("real_time").get<double>(), 0);
  EXPECT_GT(times.back().at("bytes_per_second").get<double>(), 0);
}

TEST_F(CliBenchTest, HasNoOperatorOfSuchAName) {
  const auto finished = bench("kernels --filter nonsense");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(finished.output, "mono-eval: --filter: no operator's name holds 'nonsense'\n");
}

TEST_F(CliBenchTest, SaysWhatIsWrongWithAModel) {
  expect_says(bench("latency --model nothing"), 2, "expected NAME=CHECKPOINT, got 'nothing'");
  expect_says(bench("latency" + model("mono") + " --profile p"), 2,
              "--profile: shows a GPU's kernels");
  std::ofstream(folder_ / "mono/added_tokens.json") << R"({"<IMG_CONTEXT>": "many"})";
  std::ofstream(folder_ / "mono/tokenizer_config.json")
      << R"({"added_tokens_decoder": {"x": {"content": "<IMG_CONTEXT>"}, "7": {"content": 1}}})";
  expect_says(bench("latency" + model("mono")), 3, "no <IMG_CONTEXT> in added_tokens.json");
  expect_says(bench("latency --model a=" + (folder_ / "absent").string()), 3,
              "absent/config.json: cannot open");
}

TEST_F(CliBenchTest, TellsWhatItHasWhenItIsInterrupted) {
  const auto log = (folder_ / "log").string();
  const auto finished = run_command(
      std::string(MONO_EVAL_BINARY) + " bench latency" + model("mono") +
      " --dtype fp32 --threads 1 --tiles 0 --concurrency 1 --repetitions 100000 --json " +
      (folder_ / "times.json").string() + " > " + log + " 2>&1 & pid=$!; " +
      "while kill -0 $pid && ! grep -q 'round [2-9][0-9]* of' " + log + "; do sleep 0.1; done; " +
      "kill -INT $pid; wait $pid; code=$?; cat " + log + "; exit $code");
  EXPECT_EQ(finished.exit_code, 130) << finished.output;
  for (const auto* const part : {"bench: told to end behind ", "floor / time"}) {
    EXPECT_NE(finished.output.find(part), std::string::npos) << finished.output;
  }
  EXPECT_GE(written().at("benchmarks").size(), 2U);
}

TEST_F(CliBenchTest, KnowsWhatItCannotWriteBeforeItMeasures) {
  const auto absent = (folder_ / "absent").string();
  const auto finished = run_mono_eval("bench kernels --json " + absent + "/bench.json");
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_EQ(finished.output, "mono-eval: " + absent + "/bench.json: cannot write: " + absent +
                                 ": No such file or directory\n");
}

TEST_F(CliBenchTest, RefusesNumbersAndDevicesThatMeanNothing) {
  const std::pair<const char*, const char*> kBad[] = {
      {"latency --device foo", "expected cpu, cuda or cuda:N, got 'foo'"},
      {"latency --device cuda:x", "expected cpu, cuda or cuda:N, got 'cuda:x'"},
      {"throughput --device cuda:-1", "expected cpu, cuda or cuda:N, got 'cuda:-1'"},
      {"latency --tiles -1", "--tiles: Value -1 not in range"},
      {"latency --tiles 1,100000000", "--tiles: Value 100000000 not in range"},
      {"throughput --tiles -2", "--tiles: Value -2 not in range"},
      {"latency --threads -3", "--threads: Value -3 not in range"}};
  for (const auto& [arguments, message] : kBad) {
    const auto finished = run_mono_eval("bench " + std::string(arguments) + model("mono"));
    EXPECT_EQ(finished.exit_code, 2) << arguments << "\n" << finished.output;
    EXPECT_NE(finished.output.find(message), std::string::npos) << finished.output;
  }
}

TEST_F(CliBenchTest, PlansOfProductsAreAGpus) {
  const auto plans = " --gemm-plans " + (folder_ / "plans.json").string();
  for (const auto& verb : {"latency" + model("mono"), "throughput" + model("mono"),
                           std::string("kernels --filter rms_norm")}) {
    const auto finished = bench(verb + plans);
    EXPECT_EQ(finished.exit_code, 2) << finished.output;
    const auto at = finished.output.find("--gemm-plans: the CPU's products have no plans");
    EXPECT_NE(at, std::string::npos) << finished.output;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "plans.json"));
}

}  // namespace
}  // namespace mono::tests
