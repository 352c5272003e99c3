#include "evaluator/bench/stopwatch.h"

#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <chrono>

namespace mono::bench {
namespace {

constexpr int kWarmUps = 2;

std::vector<double> on_cpu(const std::function<void()>& round, int repeats) {
  std::vector<double> seconds;
  for (int i = -kWarmUps; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    round();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (i >= 0) seconds.push_back(elapsed.count());
  }
  return seconds;
}

std::vector<double> on_gpu(at::Device device, const std::function<void()>& round, int repeats) {
  // Capture needs a stream other than the default one; plans and workspaces belong to a stream.
  const auto stream = c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index());
  c10::cuda::device_synchronize();  // the inputs were made on another stream
  const c10::cuda::CUDAStreamGuard guard(stream);
  round();
  stream.synchronize();
  at::cuda::CUDAGraph graph;
  graph.capture_begin();
  round();
  graph.capture_end();

  std::vector<double> seconds;
  for (int i = -kWarmUps; i < repeats; ++i) {
    at::cuda::CUDAEvent start(cudaEventDefault);
    at::cuda::CUDAEvent end(cudaEventDefault);
    start.record(stream);
    graph.replay();
    end.record(stream);
    end.synchronize();
    if (i >= 0) seconds.push_back(1e-3 * start.elapsed_time(end));
  }
  return seconds;
}

}  // namespace

std::vector<double> seconds_per_call(at::Device device, const std::function<void(int)>& call,
                                     int num_calls, int repeats) {
  const auto round = [&] {
    for (int i = 0; i < num_calls; ++i) call(i);
  };
  auto seconds = device.is_cuda() ? on_gpu(device, round, repeats) : on_cpu(round, repeats);
  for (double& value : seconds) value /= num_calls;
  return seconds;
}

}  // namespace mono::bench
