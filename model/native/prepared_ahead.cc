#include "model/native/prepared_ahead.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace mono::model {

PreparedAhead::PreparedAhead(Prepare prepare, int num_threads) : prepare_(std::move(prepare)) {
  try {
    for (int i = 0; i < num_threads; ++i) {
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
  } catch (const std::system_error& cause) {
    fail("--prepare-threads: the system gives ", threads_.size(), " of ", num_threads,
         " threads: ", cause.what());
  }
}

PreparedAhead::~PreparedAhead() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
}

void PreparedAhead::announce(std::span<const Request> next) {
  announced_.clear();
  for (const auto& request : next) {
    announced_.push_back(std::make_shared<Job>(Job{.request = request}));
  }
}

std::vector<Preparation> PreparedAhead::operator()(std::span<const Request> requests) {
  Jobs jobs;
  for (const auto& request : requests) jobs.push_back(take_over(request));
  ahead_.clear();
  prepare_all(jobs);
  std::vector<Preparation> outcomes;
  outcomes.reserve(jobs.size());
  for (const auto& job : jobs) {
    if (job->outcome.error) run(*job);
    outcomes.push_back(std::move(job->outcome));
  }
  begin_announced();
  return outcomes;
}

/// The job that prepares a request ahead, or a new one.
std::shared_ptr<PreparedAhead::Job> PreparedAhead::take_over(const Request& request) {
  const auto found = std::find_if(ahead_.begin(), ahead_.end(),
                                  [&](const auto& job) { return job->request == request; });
  if (found == ahead_.end()) return std::make_shared<Job>(Job{.request = request});
  auto job = std::move(*found);
  ahead_.erase(found);
  return job;
}

/// Returns with all threads at rest.
void PreparedAhead::prepare_all(const Jobs& jobs) {
  std::unique_lock lock(mutex_);
  waiting_.clear();
  std::copy_if(jobs.begin(), jobs.end(), std::back_inserter(waiting_),
               [](const auto& job) { return !job->is_begun; });
  has_work_.notify_all();
  is_idle_.wait(lock, [&] { return waiting_.empty() && num_running_ == 0; });
}

void PreparedAhead::begin_announced() {
  ahead_ = std::exchange(announced_, {});
  const std::lock_guard lock(mutex_);
  waiting_ = ahead_;
  has_work_.notify_all();
}

void PreparedAhead::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (has_work_.wait(lock, stop, [&] { return !waiting_.empty(); })) {
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    job->is_begun = true;
    ++num_running_;
    lock.unlock();
    run(*job);
    job.reset();  // what was dropped meanwhile goes here, and not under the lock
    lock.lock();
    if (--num_running_ == 0 && waiting_.empty()) is_idle_.notify_all();
  }
}

void PreparedAhead::run(Job& job) const {
  job.outcome = {};
  try {
    job.outcome.prepared = prepare_(job.request);
  } catch (...) {
    job.outcome.error = std::current_exception();
  }
}

int num_prepare_threads() {
  constexpr unsigned kMost = 8;
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, kMost));
}

}  // namespace mono::model
