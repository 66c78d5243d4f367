#include "projections/views/contact_view.h"

#include "tests/projections/projected.h"

namespace contacts::testing {
namespace {

TEST(ContactView, AContactIsListedMentionedAndItsEmailTaken) {
  ContactCreated jane = Created(1, "Jane Roe", "Jane@Example.org");
  jane.fields.mention_name = "jane";
  jane.fields.company = "Roe \"&\" Sons";
  jane.fields.type = ContactType::kClient;
  jane.fields.metadata = RawJson{R"({"n":1e2})"};
  LogScript log;
  log.Opens().Then("acme", jane);

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_EQ(
      Rows(views, "contacts "),
      R"(contacts acme 1 → {"type":"client","isActive":true,"company":"Roe \"&\" Sons","changed":1,)"
      R"("json":"{\"id\":1,\"fullName\":\"Jane Roe\",\"mentionName\":\"jane\",)"
      R"(\"email\":\"Jane@Example.org\",\"phone\":null,\"company\":\"Roe \\\"&\\\" Sons\",)"
      R"(\"title\":null,\"department\":null,\"type\":\"client\",\"isActive\":true,)"
      R"(\"metadata\":{\"n\":1e2},\"createdAt\":\"2025-11-24T16:00:01.000Z\",)"
      R"(\"updatedAt\":\"2025-11-24T16:00:01.000Z\"}"})"
      "\n");
  EXPECT_EQ(
      Rows(views, "mentions "),
      R"(mentions acme 1 → {"type":"client","company":"Roe \"&\" Sons","json":"{\"id\":1,)"
      R"(\"fullName\":\"Jane Roe\",\"mentionName\":\"jane\",\"email\":\"Jane@Example.org\"}"})"
      "\n");
  EXPECT_EQ(Rows(views, "emails "), "emails acme jane@example.org → 1\n");
  EXPECT_EQ(Rows(views, "user"), "");
}

TEST(ContactView, AnInactiveContactIsNotMentioned) {
  ContactCreated gone = Created(1, "Gone", "gone@example.org");
  gone.fields.is_active = false;
  LogScript log;
  log.Opens().Then("acme", gone).Then("acme", Created(2, "Here", "here@example.org"));

  MemoryViewStore views;
  Project(log, &views);

  const std::string mentions = Rows(views, "mentions ");
  EXPECT_TRUE(mentions.starts_with("mentions acme 2 →")) << mentions;
  EXPECT_NE(Rows(views, "contacts acme 1 ").find(R"("isActive":false)"), std::string::npos);
  EXPECT_EQ(Rows(views, "emails "),
            "emails acme gone@example.org → 1\nemails acme here@example.org → 2\n");
}

TEST(ContactView, ContactsStandInTheOrderOfTheirIds) {
  LogScript log;
  log.Opens();
  for (int64_t id = 1; id <= 300; ++id) {
    log.Then("acme", Created(id, "C", "c" + std::to_string(id) + "@example.org"));
  }

  MemoryViewStore views;
  Project(log, &views);

  std::istringstream lines(Rows(views, "contacts acme "));
  int64_t id = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.starts_with("contacts acme " + std::to_string(++id) + " →")) << line;
  }
  EXPECT_EQ(id, 300);
}

}  // namespace
}  // namespace contacts::testing
