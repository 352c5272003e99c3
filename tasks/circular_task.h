#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// What tells MMBench's sets and CCBench apart.
struct CircularSet {
  std::string_view name{};
  std::vector<std::string_view> aliases{};
  std::string_view image_folder{};
  std::string_view main_split{};  // "" where the set has no splits
};

/// Multiple-choice questions asked once for each rotation of their options. VLMEvalKit scores
/// them; InternVL's scripts only reduce each answer to a letter for the submission server, so that
/// their own profile reports how many letters are right, and `ivl-then-vek` stands in for the
/// server.
class CircularTask final : public Task {
 public:
  CircularTask(CircularSet set, std::vector<Profile> profiles)
      : set_(std::move(set)), profiles_(std::move(profiles)) {}

  std::string_view name() const override { return set_.name; }
  std::vector<std::string_view> aliases() const override { return set_.aliases; }
  std::span<const Profile> profiles() const override { return profiles_; }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override {
    return std::string(set_.image_folder);
  }

  std::string fault(const Sample& sample, const Profile& profile) const override;
  std::vector<RowFault> faults_among(std::span<const Row> rows,
                                     const Profile& profile) const override;
  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override;
  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override;
  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override;
  std::optional<Sample> placed_where_it_counts(const Row& row, std::span<const Row> rows,
                                               const Profile& profile) const override;
  Bounds bounds(std::span<const Row> rows, const Profile& profile) const override;
  std::string_view main_metric(const Profile& profile) const override;
  std::optional<double> table_scale(const Profile& profile) const override;
  bool counts(const Sample& sample, const Profile& profile) const override;

 private:
  CircularSet set_;
  std::vector<Profile> profiles_;
};

/// The profiles of such a set: VLMEvalKit's two, InternVL's, and InternVL's letters scored with
/// VLMEvalKit's circular rule.
std::vector<Profile> circular_profiles(const Profile& internvl);

}  // namespace mono::tasks
