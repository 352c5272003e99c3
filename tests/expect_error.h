#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "model/adapter.h"

namespace mono::tests {

inline void expect_parts(const std::string& text, const std::vector<std::string>& parts) {
  for (const auto& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << text << "\nhas no " << part;
  }
}

/// Expects a model::SetupError whose message holds each of the parts.
inline void expect_error(const std::function<void()>& action,
                         const std::vector<std::string>& parts) {
  try {
    action();
    ADD_FAILURE() << "no error; expected one with " << parts.front();
  } catch (const model::SetupError& error) {
    expect_parts(error.what(), parts);
  }
}

}  // namespace mono::tests
