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
      if (!row.error.empty()) continue;  // without a response there is nothing to repeat
      const bool is_new = answers_.emplace(row.sample->id, row.response).second;
      if (!is_new) model::fail(file_, ": two predictions for sample '", row.sample->id, "'");
    }
    info_.kind = "replay";
    info_.fingerprint = std::move(fingerprint);
    info_.registration = registration.empty() ? "v2.0" : registration;
  }

  const model::AdapterInfo& info() const override { return info_; }

  std::vector<Response> answer(std::span<const Request> requests) override {
    std::vector<Response> responses;
    responses.reserve(requests.size());
    for (const auto& request : requests) {
      const auto found = answers_.find(request.id);
      responses.push_back(
          found != answers_.end()
              ? Response{.text = found->second}
              : Response{.error = file_ + ": no prediction for sample '" + request.id + "'"});
    }
    return responses;
  }

 private:
  std::string file_;
  std::unordered_map<std::string, std::string> answers_{};
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
