#include <CLI/CLI.hpp>
#include <cstdio>
#include <system_error>

#include "evaluator/bench/verbs.h"
#include "model/adapter.h"
#include "model/complain.h"

// What a machine without OpenCV and SentencePiece runs: times of checkpoints, nothing else.
namespace {

constexpr int kUsage = 2;
constexpr int kSetup = 3;
constexpr int kInterrupted = 130;

int run(int argc, char** argv) {
  CLI::App app("mono-bench: how fast checkpoints answer on this machine", "mono-bench");
  mono::bench::BenchWork work;
  mono::bench::add_bench_verbs(app, work);
  try {
    app.parse(argc, argv);
    return work() ? 0 : kInterrupted;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  } catch (const mono::model::UsageError& error) {
    mono::model::complain("mono-bench: {}\n", error.what());
    return kUsage;
  } catch (const mono::model::SetupError& error) {
    mono::model::complain("mono-bench: {}\n", error.what());
    return kSetup;
  } catch (const std::system_error& error) {
    mono::model::complain("mono-bench: {}\n", error.what());
    return kSetup;
  } catch (const std::exception& error) {
    mono::model::complain("mono-bench: internal error: {}\n", error.what());
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (...) {  // before there was anything to measure: no memory, say
    std::fputs("mono-bench: internal error\n", stderr);
    return 1;
  }
}
