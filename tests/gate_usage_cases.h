#pragma once

#include "tests/gate_cases.h"

/// What compare is asked that it cannot do.
namespace mono::tests {

inline GateCases usage_cases() {
  return {
      {.name = "AnUnknownTask",
       .options = "--tasks mmbench_en",
       .exit_code = 2,
       .says = {"--tasks: no baseline has a task 'mmbench_en'"}},
      {.name = "AnUnknownTasksTolerance",
       .options = "--task-tolerance sqa=1",
       .exit_code = 2,
       .says = {"no baseline has a task 'sqa'"}},
      {.name = "AMalformedTolerance",
       .options = "--task-tolerance ocrbench",
       .exit_code = 2,
       .says = {"expected TASK=POINTS, got 'ocrbench'"}},
      {.name = "TwoTolerancesOfATask",
       .options = "--task-tolerance ocrbench=50 --task-tolerance OCRBench=1",
       .exit_code = 2,
       .says = {"--task-tolerance: given twice for 'ocrbench'"}},
      {.name = "TheNewRunAsABaseline",
       .options = "--baseline FOLDER/new",
       .exit_code = 2,
       .says = {"are one run; each of them must be another"}},
      {.name = "OneBaselineTwice",
       .options = "--baseline FOLDER/base/../base/made",
       .exit_code = 2,
       .says = {"are one run; each of them must be another"}},
      {.name = "ANegativeDrop",
       .options = "--max-drop=-1",
       .exit_code = 2,
       .says = {"--max-drop: must be at least 0, got -1\n"}},
      {.name = "NoThroughputAtAll",
       .options = "--min-throughput 0",
       .exit_code = 2,
       .says = {"--min-throughput: must be above 0, got 0\n"}},
      {.name = "ANegativeSlowdown",
       .options = "--max-slowdown=-0.5",
       .exit_code = 2,
       .says = {"--max-slowdown: must be above 0, got -0.5\n"}},
      {.name = "AThroughputThatIsNoNumber",
       .options = "--min-throughput nan",
       .exit_code = 2,
       .says = {"--min-throughput", "expected a finite number, got 'nan'"}},
      {.name = "ADropThatIsNoNumber",
       .options = "--max-drop nan",
       .exit_code = 2,
       .says = {"--max-drop", "expected a finite number, got 'nan'"}},
      {.name = "AnAlphaThatIsNoNumber",
       .options = "--alpha nan",
       .exit_code = 2,
       .says = {"--alpha", "expected a finite number, got 'nan'"}},
      {.name = "AnImpossibleAlpha", .options = "--alpha 2", .exit_code = 2, .says = {"--alpha"}},
  };
}

}  // namespace mono::tests
