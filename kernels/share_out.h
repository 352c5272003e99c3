#pragma once

#include <cstdint>
#include <functional>

/// Work on several threads of the CPU, free of Torch. at::parallel_for is a template that runs on
/// one thread in code compiled without OpenMP, and says nothing about it.
namespace mono::kernels {

/// Calls function(begin, end) on runs of whole pieces of [0, count), each on the thread that comes
/// for it first: memory gives threads unequal shares, and equal halves would wait for the slower
/// one. A thread takes a part of what is left, so that runs are long at first and the end is even.
/// Inside another parallel region there is one thread.
/// \param piece        Length of a piece, 1 at least; the last may be shorter.
/// \param num_threads  1 at least, at::get_num_threads() where Torch is; its threads are used.
/// \param function     Must not use tensors, whose operations depend on what is set for the calling
/// thread. What it throws ends the work early and is thrown again, from one thread's call.
void share_out(int64_t count, int64_t piece, int num_threads,
               const std::function<void(int64_t begin, int64_t end)>& function);

}  // namespace mono::kernels
