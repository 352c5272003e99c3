#include "model/native/prepared_ahead.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <new>
#include <stdexcept>
#include <string>

namespace mono::model {
namespace {

using namespace std::chrono_literals;

std::vector<Request> requests_from(int first, int count) {
  std::vector<Request> requests;
  for (int i = first; i < first + count; ++i) {
    requests.push_back({.id = std::to_string(i), .question = "what is " + std::to_string(i)});
  }
  return requests;
}

/// Prepares a request's question as its prompt, and keeps account of it.
class Account {
 public:
  PreparedRequest operator()(const Request& request) {
    {
      const std::lock_guard lock(mutex_);
      ++num_prepared_[request.id];
    }
    ++num_alive_;
    PreparedRequest prepared;
    prepared.response.text = request.question;
    prepared.engine.pixel_values = at::from_blob(
        &pixel_, {1}, [this](void*) { --num_alive_; }, at::kFloat);
    return prepared;
  }

  PreparedAhead::Prepare prepare() {
    return [this](const Request& request) { return (*this)(request); };
  }

  int num_prepared(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = num_prepared_.find(id);
    return found == num_prepared_.end() ? 0 : found->second;
  }
  int num_alive() const { return num_alive_; }

  bool comes_to_hold(int count) const {
    for (int i = 0; i < 2000 && num_alive_ != count; ++i) std::this_thread::sleep_for(5ms);
    return num_alive_ == count;
  }

 private:
  mutable std::mutex mutex_{};
  std::map<std::string, int> num_prepared_{};  // by id
  std::atomic<int> num_alive_ = 0;
  float pixel_ = 0;
};

void expect_answers(const std::vector<Preparation>& outcomes, const std::vector<Request>& asked) {
  ASSERT_EQ(outcomes.size(), asked.size());
  for (size_t i = 0; i < asked.size(); ++i) {
    EXPECT_FALSE(outcomes[i].error);
    EXPECT_EQ(outcomes[i].prepared.response.text, asked[i].question);
  }
}

class PreparedAheadTest : public testing::TestWithParam<int> {
 protected:
  Account account_;
  PreparedAhead prepared_{account_.prepare(), GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Threads, PreparedAheadTest, testing::Values(1, 4));

TEST_P(PreparedAheadTest, GivesEachRequestItsOwnInOrder) {
  for (const int count : {0, 1, 40}) {
    const auto asked = requests_from(0, count);
    expect_answers(prepared_(asked), asked);
  }
}

TEST_P(PreparedAheadTest, PreparesTheNextCallMeanwhileAndOnce) {
  const auto next = requests_from(10, 9);
  const auto present = requests_from(0, 10);
  prepared_.announce(next);
  const auto held = prepared_(present);
  expect_answers(held, present);
  EXPECT_TRUE(account_.comes_to_hold(19));
  expect_answers(prepared_(next), next);
  for (const auto& request : next) EXPECT_EQ(account_.num_prepared(request.id), 1);
}

TEST_P(PreparedAheadTest, TakesOverNothingThatDiffersInMoreThanItsPlace) {
  auto next = requests_from(10, 4);
  prepared_.announce(next);
  prepared_({});
  EXPECT_TRUE(account_.comes_to_hold(4));
  std::swap(next[0], next[3]);
  next[1].question = "another question of the same id";
  next[2].images.push_back({.name = "a picture more"});
  expect_answers(prepared_(next), next);
  EXPECT_EQ(account_.num_prepared("10"), 1);
  EXPECT_EQ(account_.num_prepared("11"), 2);
  EXPECT_EQ(account_.num_prepared("12"), 2);
  EXPECT_EQ(account_.num_prepared("13"), 1);
}

TEST_P(PreparedAheadTest, HoldsOneCallAheadAndDropsWhatNobodyAsks) {
  prepared_.announce(requests_from(10, 5));
  prepared_.announce(requests_from(20, 5));  // in place of the others
  prepared_({});
  EXPECT_TRUE(account_.comes_to_hold(5));
  EXPECT_EQ(account_.num_prepared("10"), 0);
  const auto asked = requests_from(30, 2);
  expect_answers(prepared_(asked), asked);
  EXPECT_TRUE(account_.comes_to_hold(0));
}

TEST_P(PreparedAheadTest, PreparesARequestThatIsAskedTwiceInACall) {
  auto asked = requests_from(0, 1);
  asked.push_back(asked.front());
  prepared_.announce(asked);
  prepared_({});
  expect_answers(prepared_(asked), asked);
  EXPECT_EQ(account_.num_prepared("0"), 2);
}

TEST(PreparedAheadErrorTest, StaysThatOfItsRequest) {
  PreparedAhead prepared(
      [](const Request& request) -> PreparedRequest {
        if (request.id == "1") fail("no such picture");
        if (request.id == "2") throw std::logic_error("a fault of ours");
        if (request.id == "3") throw std::bad_alloc();
        return {};
      },
      4);
  const auto asked = requests_from(0, 5);
  for (const bool is_announced : {false, true}) {
    if (is_announced) {
      prepared.announce(asked);
      prepared({});
    }
    const auto outcomes = prepared(asked);
    ASSERT_EQ(outcomes.size(), 5U);
    EXPECT_FALSE(outcomes[0].error);
    EXPECT_THROW(std::rethrow_exception(outcomes[1].error), SetupError);
    EXPECT_THROW(std::rethrow_exception(outcomes[2].error), std::logic_error);
    EXPECT_THROW(std::rethrow_exception(outcomes[3].error), std::bad_alloc);
    EXPECT_FALSE(outcomes[4].error);
  }
}

TEST(PreparedAheadErrorTest, OfARequestThatHadNoRoomBesideOthersIsForgotten) {
  std::atomic<int> num_beside = 0;
  std::atomic<int> num_failed = 0;
  PreparedAhead prepared(
      [&](const Request&) -> PreparedRequest {
        const bool is_alone = ++num_beside == 1;
        std::this_thread::sleep_for(20ms);
        --num_beside;
        if (is_alone) return {};
        ++num_failed;
        throw std::bad_alloc();
      },
      4);
  for (const auto& outcome : prepared(requests_from(0, 8))) EXPECT_FALSE(outcome.error);
  EXPECT_GT(num_failed, 0);
}

TEST(PreparedAheadEndTest, DoesNotWaitForWhatIsNotBegun) {
  Account account;
  {
    PreparedAhead prepared(
        [&](const Request& request) {
          std::this_thread::sleep_for(5ms);
          return account(request);
        },
        2);
    prepared.announce(requests_from(0, 2000));
    prepared({});
  }
  EXPECT_EQ(account.num_alive(), 0);
  EXPECT_EQ(account.num_prepared("1999"), 0);
}

TEST(PreparedAheadEndTest, NeedsNoCall) {
  Account account;
  PreparedAhead prepared(account.prepare(), 3);
  prepared.announce(requests_from(0, 5));
}

TEST(NumPrepareThreadsTest, IsFromOneToEight) {
  EXPECT_GE(num_prepare_threads(), 1);
  EXPECT_LE(num_prepare_threads(), 8);
}

}  // namespace
}  // namespace mono::model
