#include "events/published_schemas.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "events/events.h"
#include "events/json/json.h"

namespace contacts {
namespace {

TEST(PublishedSchemas, HaveEveryEventOnceAndTheEnvelopes) {
  std::set<std::string> names;
  for (const PublishedSchema& schema : PublishedSchemas()) {
    EXPECT_TRUE(names.insert(schema.name).second) << schema.name;
  }
  for (const EventVersion& event : EventVersions()) {
    EXPECT_TRUE(names.contains(event.type + '.' + std::to_string(event.version))) << event.type;
  }
  for (const char* name : {"ContactCreated.1", "ContactCreated.1.sealed", "PasswordSet.1.sealed",
                           "Record", "Record.actorsealed", "LogOpened"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  EXPECT_FALSE(names.contains("TokenIssued.1.sealed")) << "its records have no such block";
}

TEST(PublishedSchemas, AreLinesOfJsonThatFitAScreen) {
  for (const PublishedSchema& schema : PublishedSchemas()) {
    EXPECT_TRUE(json::Document::Parse(schema.text)) << schema.text;
    std::istringstream lines(schema.text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 101u) << line;
    EXPECT_EQ(schema.text.back(), '\n');
  }
}

TEST(EventVersions, BeginWithTheFirstOfEach) {
  const std::vector<EventVersion> all = EventVersions();
  EXPECT_GE(all.size(), std::variant_size_v<Event>);
  const auto first = std::find_if(all.begin(), all.end(), [](const EventVersion& event) {
    return event.type == ContactCreated::kType;
  });
  ASSERT_NE(first, all.end());
  EXPECT_EQ(first->version, 1);
}

}  // namespace
}  // namespace contacts
