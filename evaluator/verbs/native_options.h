#pragma once

#include "model/native/native_adapter.h"

namespace CLI {
class App;
}

namespace mono::evaluator {

/// Where and how a checkpoint computes: --device, --dtype, --lose-hash-merges.
void add_arithmetic_options(CLI::App& verb, model::NativeOptions& options);

/// Those, and how it is asked and answers many requests.
void add_native_options(CLI::App& verb, model::NativeOptions& options);

}  // namespace mono::evaluator
