#include "projections/views/contact_view.h"

#include "events/json/json_archive.h"
#include "projections/view_lookup.h"
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
      R"(\"updatedAt\":\"2025-11-24T16:00:01.000Z\"}",)"
      R"("contact":{"id":1,"fullName":"Jane Roe","mentionName":"jane",)"
      R"("email":"Jane@Example.org","phone":null,"company":"Roe \"&\" Sons","title":null,)"
      R"("department":null,"type":"client","isActive":true,"metadata":{"n":1e2},)"
      R"("createdAt":"2025-11-24T16:00:01.000Z","updatedAt":"2025-11-24T16:00:01.000Z"},)"
      R"("first":1,"last":1,"generation":0,"held":false})"
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

TEST(ContactView, AContactIsReadAsListsShowItOrWhole) {
  LogScript log;
  log.Opens().Then("acme", Created(1, "Jane", "jane@example.org"));

  MemoryViewStore views;
  Project(log, &views);

  const ViewLookup lookup(views);
  const TenantId acme{"acme"};
  const Record record = DecodeOpened(log.entries()[1].value);
  const auto whole = lookup.WholeContact(acme, ContactId{1});
  EXPECT_EQ(whole, Evolve(std::optional<ContactModel>(), record));
  const auto listed = lookup.ContactById(acme, ContactId{1});
  ASSERT_TRUE(listed);
  EXPECT_EQ(*listed, (ListedContact{ContactType::kInternal, true, std::nullopt, Sequence{1},
                                    ToJson(whole->contact)}));
  EXPECT_EQ(lookup.WholeContact(acme, ContactId{2}), std::nullopt);
  EXPECT_EQ(lookup.ContactById(acme, ContactId{2}), std::nullopt);
}

// No event changes a contact yet.
class ShownContact : public ::testing::Test {
 protected:
  using Model = std::optional<ContactModel>;
  static Model Jane(const std::string& email, bool is_active = true) {
    ContactModel jane{{ContactId{1}, FieldsOf("Jane", email), {}, {}}, Sequence{1}};
    jane.contact.fields.is_active = is_active;
    return jane;
  }
  // The rows after `before` was shown and then became `after`.
  std::string Rows(const Model& before, const Model& after, const std::string& prefix) const {
    MemoryViewStore views;
    Round round(views);
    ShowContact(TenantId{"acme"}, std::nullopt, before, &round);
    ShowContact(TenantId{"acme"}, before, after, &round);
    round.Commit();
    return testing::Rows(views, prefix);
  }
};

TEST_F(ShownContact, AnotherEmailIsTakenAndTheOneBeforeIsFree) {
  const std::string rows = Rows(Jane("a@x.org"), Jane("b@x.org"), "");
  EXPECT_EQ(rows, Rows(std::nullopt, Jane("b@x.org"), ""));
  EXPECT_NE(rows.find("emails acme b@x.org → 1\n"), std::string::npos) << rows;
  EXPECT_EQ(rows.find("a@x.org"), std::string::npos) << rows;
}

TEST_F(ShownContact, TheSameEmailStaysTaken) {
  EXPECT_EQ(Rows(Jane("a@x.org"), Jane("A@x.org"), "emails"), "emails acme a@x.org → 1\n");
}

TEST_F(ShownContact, IsMentionedWhileItIsActive) {
  EXPECT_EQ(Rows(Jane("a@x.org"), Jane("a@x.org", false), "mentions"), "");
  EXPECT_NE(Rows(Jane("a@x.org", false), Jane("a@x.org"), "mentions"), "");
}

TEST_F(ShownContact, ThatDoesNotExistAnyMoreHasNoRows) {
  EXPECT_EQ(Rows(Jane("a@x.org"), std::nullopt, ""), "");
  EXPECT_EQ(Rows(Jane("a@x.org", false), std::nullopt, ""), "");
}

}  // namespace
}  // namespace contacts::testing
