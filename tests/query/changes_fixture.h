// A history, and what it tells clients who ask what changed.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "query/changes.h"
#include "tests/query/changing_contacts.h"

namespace contacts::query {

class ChangesTest : public ::testing::Test {
 protected:
  Changes Read(const Asker& asker, int64_t since = 0, const ChangesBounds& bounds = {}) {
    auto changes = contacts_.Read(asker, {.since = Sequence{since}}, bounds);
    EXPECT_TRUE(changes);
    return *std::move(changes);
  }
  // "2 ContactChanged contact", "3 PersonErased removed 1"
  std::vector<std::string> Told(const Changes& changes) {
    std::vector<std::string> told;
    for (const Change& change : changes.entries) {
      std::string line = std::to_string(change.at.sequence.value) + ' ' +
                         Between(change.json, "\"type\":\"", "\"");
      const std::string removed = Between(change.json, "\"removed\":", ",");
      told.push_back(line + (removed.empty() ? " contact" : " removed " + removed));
    }
    return told;
  }
  std::vector<std::string> Told(const Asker& asker, int64_t since = 0) {
    return Told(Read(asker, since));
  }
  using Lines = std::vector<std::string>;

  ChangingContacts contacts_;
  const Asker admin_ = contacts_.AskerOf("admin");
  const Asker client_ = contacts_.AskerOf("client");      // no contact: active internal ones
  const Asker of_wey_ = contacts_.AskerOf("client", 99);  // once contact 99 is there
};

}  // namespace contacts::query
