#include "evaluator/replay.h"

#include <unordered_map>

namespace mono::evaluator {

namespace {

using model::Request;
using model::Response;

class Replay final : public model::ModelAdapter {
 public:
  Replay(const std::vector<tasks::Row>& predictions, std::string file, std::string fingerprint,
         const std::string& registration)
      : file_(std::move(file)) {
    for (const auto& row : predictions) {
      if (!row.error.empty()) {
        errors_.emplace(row.sample->id, row.error);
        continue;
      }
      const bool is_new = answers_.emplace(row.sample->id, row.response).second;
      if (!is_new) model::fail(file_, ": two predictions for sample '", row.sample->id, "'");
    }
    info_.kind = "replay";
    info_.fingerprint = std::move(fingerprint);
    info_.registration = registration.empty() ? "v2.0" : registration;
  }

  const model::AdapterInfo& info() const override { return info_; }

  void answer(std::span<const Request> requests, const model::OnResponse& on_response) override {
    for (size_t i = 0; i < requests.size(); ++i) {
      const auto found = answers_.find(requests[i].id);
      Response response;
      if (found != answers_.end()) {
        response.text = found->second;
      } else {
        const auto failed = errors_.find(requests[i].id);
        response.error = failed == errors_.end()
                             ? file_ + ": no prediction for sample '" + requests[i].id + "'"
                             : failed->second;
      }
      on_response(i, std::move(response));
    }
  }

 private:
  std::string file_;
  std::unordered_map<std::string, std::string> answers_{};
  std::unordered_map<std::string, std::string> errors_{};  // why a sample has none
  model::AdapterInfo info_{};
};

}  // namespace

std::unique_ptr<model::ModelAdapter> make_replay(const std::vector<tasks::Row>& predictions,
                                                 const std::string& file,
                                                 const std::string& fingerprint,
                                                 const std::string& registration) {
  return std::make_unique<Replay>(predictions, file, fingerprint, registration);
}

}  // namespace mono::evaluator
