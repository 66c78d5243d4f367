// The faults of a command's values, for tests that compare them with tables.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "command/validation.h"
#include "tests/command/given.h"

namespace contacts {
inline void PrintTo(const FieldFault& fault, std::ostream* out) {
  *out << fault.path << ": " << fault.message;
}
}  // namespace contacts

namespace contacts::testing {

using FaultList = std::vector<FieldFault>;

inline const std::string kEnye = "\xC3\xB1";            // one character of two bytes
inline const std::string kPerson = "\xF0\x9F\x91\xA9";  // one character of four bytes

inline std::string Times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

template <class T>
FaultList FaultsOf(T command) {
  Faults faults;
  const bool good = Validate(&command, &faults);
  EXPECT_EQ(good, faults.empty());
  return faults.kept();
}

}  // namespace contacts::testing
