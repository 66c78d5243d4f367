// Takes the expected event or error out of a decision; otherwise the test fails and gets a default.
#pragma once

#include <gtest/gtest.h>

#include "command/rules/decide.h"

namespace contacts::testing {

template <class T>
T EventOf(const Decision& decision) {
  const auto* event = std::get_if<Event>(&decision);
  const T* as = event ? std::get_if<T>(event) : nullptr;
  EXPECT_NE(as, nullptr) << "decided something else: " << decision.index();
  return as ? *as : T{};
}

inline Error ErrorOf(const Decision& decision) {
  const auto* error = std::get_if<Error>(&decision);
  EXPECT_NE(error, nullptr) << "no refusal: " << decision.index();
  return error ? *error : Error{};
}

}  // namespace contacts::testing
