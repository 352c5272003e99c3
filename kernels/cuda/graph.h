#pragma once

#include <ATen/cuda/CUDAGraph.h>

#include <memory>
#include <mutex>

namespace mono::kernels {

/// Held while graphs are captured or destroyed: LibTorch keeps a list of all of them without a
/// lock, and gives no memory back during a capture.
std::mutex& graphs_mutex();

/// A graph that is destroyed under `graphs_mutex`.
class Graph {
 public:
  Graph() = default;
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  at::cuda::CUDAGraph& get() { return *graph_; }

 private:
  std::unique_ptr<at::cuda::CUDAGraph> graph_ = std::make_unique<at::cuda::CUDAGraph>();
};

/// A capture on the current stream, under `graphs_mutex`. If the work throws, the stream and the
/// allocators are taken out of it, so that both can be used again.
class Capture {
 public:
  /// \throws c10::Error if it cannot begin
  Capture(Graph& graph, c10::MempoolId_t pool);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// \throws c10::Error if CUDA ended it before
  void end();

 private:
  void leave_pool() const;

  at::cuda::CUDAGraph& graph_;
  c10::MempoolId_t pool_;
  bool is_ended_ = false;
};

}  // namespace mono::kernels
