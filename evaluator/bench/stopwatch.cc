#include "evaluator/bench/stopwatch.h"

#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernels/recorded_work.h"

namespace mono::bench {
namespace {

constexpr int kWarmUps = 2;

std::vector<model::Spent> on_cpu(const std::function<void()>& round, int repeats) {
  std::vector<model::Spent> times;
  for (int i = -kWarmUps; i < repeats; ++i) {
    const model::Stopwatch watch;
    round();
    if (i >= 0) times.push_back(watch.spent());
  }
  return times;
}

std::vector<model::Spent> on_gpu(at::Device device, const std::function<void()>& round,
                                 int repeats) {
  const c10::cuda::CUDAGuard guard(device);
  const auto stream = c10::cuda::getCurrentCUDAStream();
  const auto recorded = kernels::record_work(device, round);

  std::vector<model::Spent> times;
  for (int i = -kWarmUps; i < repeats; ++i) {
    const model::Stopwatch watch;
    at::cuda::CUDAEvent start(cudaEventDefault);
    at::cuda::CUDAEvent end(cudaEventDefault);
    start.record(stream);
    (*recorded)();
    end.record(stream);
    end.synchronize();
    const double on_device = 1e-3 * start.elapsed_time(end);
    if (i >= 0) {
      times.push_back({.seconds = on_device, .cpu_seconds = watch.spent().cpu_seconds});
    }
  }
  return times;
}

}  // namespace

std::vector<model::Spent> times_per_call(at::Device device, const std::function<void(int)>& call,
                                         int num_calls, int repeats) {
  const auto round = [&] {
    for (int i = 0; i < num_calls; ++i) call(i);
  };
  auto times = device.is_cuda() ? on_gpu(device, round, repeats) : on_cpu(round, repeats);
  for (auto& [seconds, cpu_seconds] : times) {
    seconds /= num_calls;
    cpu_seconds /= num_calls;
  }
  return times;
}

}  // namespace mono::bench
