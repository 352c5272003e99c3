#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/decoder/decode_batch.h"
#include "model/model.h"
#include "tests/golden_files.h"
#include "tests/tiny_checkpoint.h"
#include "tests/tiny_length.h"

/// A batch that starts steps ahead beside one that does not: what they choose, and every bit they
/// leave in the cache, is the same.
namespace mono::model {

inline constexpr int64_t kImage = 30;
inline const EngineOptions kOptions{.device = at::Device(tests::golden_device_name()),
                                    .dtype = at::kFloat,
                                    .passes = PassKind::kFused};

/// A sequence of a play: what it has read, and when it comes and goes.
struct Role {
  std::vector<int64_t> prompt{};
  int64_t first_token = 9;
  int begins = 0;          // at which step
  int num_steps = 8;       // after which it ends
  bool tells_end = false;  // whether the step before the end is told so
};

/// What became of it.
struct Played {
  std::vector<int64_t> chosen{};
  at::Tensor cache{};
};

class DecodeAheadTest : public testing::Test {
 protected:
  explicit DecodeAheadTest(int64_t max_length = 64, const EngineOptions& options = kOptions)
      : checkpoint_(tests::tiny_weights(), tests::tiny_config_for(max_length)),
        model_(checkpoint_.path(), kImage, options) {}

  DecoderState read(const Model& model, const std::vector<int64_t>& ids) const {
    const auto count = static_cast<int64_t>(ids.size());
    auto state = model.decoder().start(count, count + 100);
    const Stretch stretch{.state = &state, .num_tokens = count};
    model.pass(ids, {}, {&stretch, 1}, nullptr);
    return state;
  }
  DecoderState read(const std::vector<int64_t>& ids) const { return read(model_, ids); }

  /// All roles from their first step to their last, in the order in which they came.
  std::vector<Played> play(const Model& model, DecodeBatch& batch,
                           const std::vector<Role>& roles) const {
    std::vector<Played> played(roles.size());
    std::vector<int> slots(roles.size(), -1);
    const auto is_over = [&](size_t i) {
      return played[i].chosen.size() == static_cast<size_t>(roles[i].num_steps);
    };
    for (int step = 0; !all_over(roles, played); ++step) {
      std::vector<NextToken> tokens;
      std::vector<size_t> who;
      for (size_t i = 0; i < roles.size(); ++i) {
        if (roles[i].begins > step || is_over(i)) continue;
        if (slots[i] < 0) slots[i] = batch.admit(read(model, roles[i].prompt));
        const auto& chosen = played[i].chosen;
        const int64_t id = chosen.empty() ? roles[i].first_token : chosen.back();
        const bool ends =
            roles[i].tells_end && chosen.size() + 1 == static_cast<size_t>(roles[i].num_steps);
        tokens.push_back({.slot = slots[i],
                          .token_id = id,
                          .is_visual = id == model.image_context_id(),
                          .outlook = ends ? Outlook::kEnds : Outlook::kGoesOn});
        who.push_back(i);
      }
      if (tokens.empty()) continue;
      const auto choices = batch.step(tokens, nullptr);
      for (size_t k = 0; k < who.size(); ++k) {
        played[who[k]].chosen.push_back(choices[k].token_id);
        if (!is_over(who[k])) continue;
        played[who[k]].cache = batch.state_of(slots[who[k]]).cache.filled().clone();
        batch.release(slots[who[k]]);
      }
    }
    return played;
  }

  /// Plays both ways in batches of so many slots. \returns the counts of the one ahead.
  DecodeBatch::AheadCounts expect_same(const Model& model, int64_t num_slots, int64_t capacity,
                                       const std::vector<Role>& roles) const {
    DecodeBatch in_turn(model.decoder(), num_slots, capacity);
    DecodeBatch ahead(model.decoder(), num_slots, capacity, /*starts_ahead=*/true);
    const auto expected = play(model, in_turn, roles);
    const auto actual = play(model, ahead, roles);
    for (size_t i = 0; i < roles.size(); ++i) {
      EXPECT_EQ(actual[i].chosen, expected[i].chosen) << "sequence " << i;
      EXPECT_TRUE(at::equal(actual[i].cache, expected[i].cache)) << "cache of sequence " << i;
    }
    EXPECT_EQ(in_turn.ahead_counts().num_started, 0);
    return ahead.ahead_counts();
  }

  static bool all_over(const std::vector<Role>& roles, const std::vector<Played>& played) {
    for (size_t i = 0; i < roles.size(); ++i) {
      if (played[i].chosen.size() < static_cast<size_t>(roles[i].num_steps)) return false;
    }
    return true;
  }

  tests::TinyCheckpoint checkpoint_;
  Model model_;
};

/// Different prompts that end at different steps, some of them with notice.
inline std::vector<Role> mixed_roles(int count) {
  std::vector<Role> roles;
  for (int i = 0; i < count; ++i) {
    std::vector<int64_t> prompt{1};
    for (int k = 0; k < 2 + 5 * i % 7; ++k) prompt.push_back(3 + (i + 4 * k) % 25);
    roles.push_back({.prompt = prompt,
                     .first_token = 5 + i % 24,
                     .num_steps = 3 + 7 * i % 11,
                     .tells_end = i % 2 == 0});
  }
  return roles;
}

}  // namespace mono::model
