#include "evaluator/source_digests.h"

#include "tasks/text/sha256.h"

namespace mono::evaluator {

namespace {

std::string digest_of(const tasks::Sample& sample) {
  std::string digests;
  for (const auto& image : sample.images) {
    const auto digest = image.source.text_sha256();
    if (digest.empty()) return "";
    digests += digest;
  }
  return sample.images.size() > 1 ? tasks::sha256_hex(digests) : digests;
}

}  // namespace

std::string SourceDigests::operator()(const tasks::Sample& sample) {
  std::string identities;
  for (const auto& image : sample.images) identities += image.source.identity() + "\n";
  if (identities != identities_) {
    digest_ = digest_of(sample);
    identities_ = std::move(identities);
  }
  return digest_;
}

}  // namespace mono::evaluator
