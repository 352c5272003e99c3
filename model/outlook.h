#pragma once

namespace mono::model {

/// Whether an answer goes on behind the token that is chosen next.
enum class Outlook {
  kUnknown,  // only that token will tell
  kEnds,     // not, whatever it is
  kGoesOn,   // most likely: what is done for the one behind it is seldom for nothing
};

}  // namespace mono::model
