#include <memory>

#include "evaluator/bench/verbs.h"
#include "evaluator/verbs/verbs.h"

namespace mono::evaluator {

void add_bench(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand(
      "bench", "times of checkpoints and operators beside this machine's floors");
  const auto work = std::make_shared<bench::BenchWork>();
  bench::add_bench_verbs(*verb, *work);
  verb->callback([&action, work] {
    action = [work] { return (*work)() ? ExitCode::kFine : ExitCode::kInterrupted; };
  });
  add_example(*verb, "mono-eval bench latency --model mono=Mono-InternVL-2B --device cuda");
}

}  // namespace mono::evaluator
