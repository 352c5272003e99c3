#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "model/native/pipeline.h"

namespace mono::model {

/// What came of preparing one request.
struct Preparation {
  PreparedRequest prepared{};
  std::exception_ptr error{};  // what was thrown; null exactly where `prepared` holds something
};

/// Prepares requests on threads of its own: those of a call side by side, and, while they are
/// answered, those announced for the call behind it. It holds no more than that one call ahead.
class PreparedAhead {
 public:
  using Prepare = std::function<PreparedRequest(const Request&)>;

  /// \param prepare  Called by several threads at once; its results depend on the request alone.
  /// \param num_threads  1 at least.
  /// \throws SetupError if the threads cannot be had.
  PreparedAhead(Prepare prepare, int num_threads);

  /// Drops what nobody has asked for; waits for what is being prepared.
  ~PreparedAhead();
  PreparedAhead(const PreparedAhead&) = delete;
  PreparedAhead& operator=(const PreparedAhead&) = delete;

  /// Names the requests of the call behind the next one, in place of those named before.
  void announce(std::span<const Request> next);

  /// Prepares the requests of a call, or takes over what was prepared ahead, and returns once all
  /// are there. Then begins those that are announced; whatever else was prepared ahead is dropped.
  /// What fails is tried again with nothing beside it, for want of memory may have been the cause.
  /// \returns [num_requests], in their order.
  std::vector<Preparation> operator()(std::span<const Request> requests);

 private:
  /// A request on its way. A thread that has begun it writes `outcome`, nobody else meanwhile.
  struct Job {
    Request request{};
    Preparation outcome{};
    bool is_begun = false;
  };
  using Jobs = std::deque<std::shared_ptr<Job>>;

  std::shared_ptr<Job> take_over(const Request& request);
  void prepare_all(const Jobs& jobs);
  void begin_announced();
  void work(const std::stop_token& stop);
  void run(Job& job) const;

  Prepare prepare_;
  Jobs announced_{};  // what to begin behind the next call
  Jobs ahead_{};      // what was begun behind the last one
  std::mutex mutex_{};
  std::condition_variable_any has_work_{};
  std::condition_variable is_idle_{};
  Jobs waiting_{};       // under the mutex
  int num_running_ = 0;  // likewise
  std::vector<std::jthread> threads_{};
};

/// How many threads prepare where nobody says: one a processor, 8 at most.
int num_prepare_threads();

}  // namespace mono::model
