#pragma once

#include <string>
#include <vector>

#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/task.h"

namespace mono::tests {

/// A benchmark by name, for what needs no scorer: reading its data and building a message.
class NamedTask final : public tasks::Task {
 public:
  explicit NamedTask(std::string name) : name_(std::move(name)) {}

  std::string_view name() const override { return name_; }
  std::vector<std::string_view> aliases() const override { return {}; }
  std::span<const tasks::Profile> profiles() const override { return profiles_; }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const tasks::Profile& /*profile*/) const override { return name_; }
  model::Request request(const tasks::Sample& sample, const tasks::Profile& profile,
                         tasks::Registration registration) const override {
    return tasks::build_request(sample, sample.question, profile, registration);
  }
  std::vector<std::optional<tasks::Score>> score(std::span<const tasks::Row> rows,
                                                 const tasks::Profile& /*profile*/,
                                                 tasks::Judge& /*judge*/) const override {
    return std::vector<std::optional<tasks::Score>>(rows.size());
  }
  std::vector<tasks::Metric> metrics(std::span<const tasks::Row> /*rows*/,
                                     const tasks::Profile& /*profile*/) const override {
    return {};
  }
  std::string_view main_metric(const tasks::Profile& /*profile*/) const override { return ""; }

 private:
  std::string name_;
  std::vector<tasks::Profile> profiles_ = {
      tasks::vlmevalkit_profile(), tasks::vlmevalkit_2024_profile(), tasks::internvl_profile(10)};
};

}  // namespace mono::tests
