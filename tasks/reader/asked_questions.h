#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mono::tasks {

/// Whether predictions are for the samples they are put beside, by the questions both hold.
class AskedQuestions {
 public:
  /// \param asked   What was asked, or a part of it; "" where nobody knows, which is no difference.
  /// \param sample  The sample's question.
  void add(std::string_view asked, std::string_view sample);

  /// Whether more than half ask what their sample does, or none was added. A prompt may hold more
  /// than the question; letters' case, blanks, signs and the marks of pictures do not matter.
  bool mostly_match() const;

  /// \throws model::SetupError with the first two questions that differ unless they mostly match.
  void refuse_others(const std::string& file) const;

 private:
  size_t count_ = 0;
  size_t num_matching_ = 0;
  std::string asked_{};   // the first that differs
  std::string sample_{};  // from this
};

}  // namespace mono::tasks
