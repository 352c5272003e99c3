#pragma once

#include <gtest/gtest.h>

#include <string>

namespace mono::tests {

/// The message of the error that `call` throws; "" and a failure where it throws none.
template <typename Error, typename Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

/// Fails and prints the message unless it holds `part`.
inline void expect_says(const std::string& message, const std::string& part) {
  EXPECT_NE(message.find(part), std::string::npos) << "no '" << part << "' in: " << message;
}

}  // namespace mono::tests
