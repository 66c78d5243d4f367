#include "query/access.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/support/history.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {
namespace {

ContactRow Contact(ContactType type, std::optional<std::string> company, bool is_active = true) {
  ContactRow row;
  row.type = type;
  row.company = std::move(company);
  row.is_active = is_active;
  return row;
}

MentionRow Mention(ContactType type, std::optional<std::string> company) {
  MentionRow row;
  row.type = type;
  row.company = std::move(company);
  return row;
}

Viewer ClientOf(std::optional<std::string> company) {
  return ViewerOf({TenantId{"acme"}, "client", ContactId{7}},
                  Contact(ContactType::kClient, std::move(company)));
}

TEST(Access, AnErasedContactIsGoneForThoseWhoSeeAllAndWasNeverThereForOthers) {
  const auto told = [](const char* role, std::optional<Sequence> erased) {
    return NotThere({TenantId{"acme"}, role, ContactId{7}}, ContactId{3}, erased);
  };
  for (const char* role : {"admin", "consultant", "member", "auditor", "token:read"}) {
    const Error gone = told(role, Sequence{9});
    EXPECT_EQ(gone.code, ErrorCode::kGone) << role;
    EXPECT_EQ(gone.message, "contact 3 was erased at position 9");
    EXPECT_EQ(gone.code_name, "erased");
    EXPECT_EQ(told(role, std::nullopt).code, ErrorCode::kNotFound) << role;
  }
  for (const char* role : {"client", "", "root"}) {
    EXPECT_EQ(told(role, Sequence{9}), told(role, std::nullopt)) << role;
    EXPECT_EQ(told(role, Sequence{9}).code, ErrorCode::kNotFound) << role;
  }
}

TEST(Access, RightsOfEachRole) {
  struct Case {
    const char* role;
    bool sees_all, changes, audits;
  };
  for (const Case& c : {Case{"admin", true, true, true}, Case{"consultant", true, true, false},
                        Case{"member", true, false, false}, Case{"auditor", true, false, true},
                        Case{"client", false, false, false}, Case{"", false, false, false},
                        Case{"Admin", false, false, false}, Case{"admin ", false, false, false},
                        Case{"root", false, false, false}}) {
    const Rights rights = RightsOf(c.role);
    EXPECT_EQ(rights.sees_all, c.sees_all) << c.role;
    EXPECT_EQ(rights.changes, c.changes) << c.role;
    EXPECT_EQ(rights.audits, c.audits) << c.role;
  }
}

TEST(Access, ARoleThatSeesAllSeesInactiveContactsOfOtherCompanies) {
  for (const char* role : {"admin", "consultant", "member", "auditor"}) {
    const Viewer viewer = ViewerOf({TenantId{"acme"}, role, std::nullopt}, std::nullopt);
    EXPECT_TRUE(viewer.Sees(ContactId{1}, Contact(ContactType::kVendor, "X", false))) << role;
    EXPECT_TRUE(viewer.Sees(ContactId{1}, Mention(ContactType::kVendor, "X"))) << role;
  }
}

TEST(Access, AClientSeesActiveContactsThatAreInternalOrOfItsCompany) {
  const Viewer viewer = ClientOf("Wey");
  EXPECT_TRUE(viewer.Sees(ContactId{1}, Contact(ContactType::kInternal, std::nullopt)));
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Contact(ContactType::kInternal, std::nullopt, false)));
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Contact(ContactType::kVendor, "Other")));
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Contact(ContactType::kClient, std::nullopt)));
  EXPECT_TRUE(viewer.Sees(ContactId{1}, Mention(ContactType::kInternal, "Other")));
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Mention(ContactType::kExternal, "Other")));
}

TEST(Access, TheOwnCompanyComparesByteForByte) {
  const Viewer viewer = ClientOf("Wey");
  EXPECT_TRUE(viewer.Sees(ContactId{1}, Contact(ContactType::kVendor, "Wey")));
  EXPECT_TRUE(viewer.Sees(ContactId{1}, Mention(ContactType::kVendor, "Wey")));
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Contact(ContactType::kVendor, "Wey", false)));
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Contact(ContactType::kVendor, "wey")));
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Contact(ContactType::kVendor, "Wey ")));
}

TEST(Access, NoCompanyNeverMatchesNoCompany) {
  const Viewer viewer = ClientOf(std::nullopt);
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Contact(ContactType::kClient, std::nullopt)));
  EXPECT_FALSE(viewer.Sees(ContactId{1}, Mention(ContactType::kClient, std::nullopt)));
  EXPECT_TRUE(ClientOf("").Sees(ContactId{1}, Contact(ContactType::kClient, "")));
}

TEST(Access, AClientSeesItselfEvenInactive) {
  const Viewer viewer = ClientOf(std::nullopt);
  EXPECT_TRUE(viewer.Sees(ContactId{7}, Contact(ContactType::kClient, std::nullopt, false)));
  EXPECT_TRUE(viewer.Sees(ContactId{7}, Mention(ContactType::kClient, std::nullopt)));
}

TEST(Access, WithoutAContactOfItsOwnAClientSeesInternalContactsOnly) {
  for (const auto& asker : {Asker{TenantId{"acme"}, "client", std::nullopt},
                            Asker{TenantId{"acme"}, "client", ContactId{7}}}) {
    const Viewer viewer = ViewerOf(asker, std::nullopt);
    EXPECT_TRUE(viewer.Sees(ContactId{1}, Contact(ContactType::kInternal, "Wey")));
    EXPECT_FALSE(viewer.Sees(ContactId{1}, Contact(ContactType::kClient, "Wey")));
    EXPECT_FALSE(viewer.Sees(ContactId{7}, Contact(ContactType::kClient, "Wey")));
  }
}

TEST(Access, ViewersThatSeeDifferentThingsHaveDifferentKeys) {
  const Viewer all = ViewerOf({TenantId{"acme"}, "admin", std::nullopt}, std::nullopt);
  const Viewer nobody = ViewerOf({TenantId{"acme"}, "client", std::nullopt}, std::nullopt);
  Viewer other_self = ClientOf("Wey");
  other_self.self = ContactId{8};
  const std::set<std::string> keys{all.Key(),          nobody.Key(),         ClientOf("Wey").Key(),
                                   ClientOf("").Key(), other_self.Key(),     ClientOf("wey").Key(),
                                   ClientOf({}).Key(), ClientOf(" of").Key()};
  EXPECT_EQ(keys.size(), 8u);
}

// A conflict names the other contact only to those who may see it now.
TEST(Access, AContactIsNamedOnlyToThoseWhoSeeIt) {
  MemoryViewStore views;
  testing::History past(views);
  const TenantId acme{"acme"};
  const auto then = [&](int64_t id, ContactType type, const char* company, bool is_active) {
    ContactCreated created;
    created.id = ContactId{id};
    created.fields.full_name = "Someone";
    created.fields.email = std::to_string(id) + "@x.org";
    created.fields.type = type;
    created.fields.company = company;
    created.fields.is_active = is_active;
    past.Then(acme, created);
  };
  then(1, ContactType::kInternal, "Us", true);
  then(2, ContactType::kInternal, "Us", false);
  then(3, ContactType::kClient, "Wey", true);
  then(4, ContactType::kClient, "Other", true);
  const auto seen_by = [&](const Asker& asker) {
    std::vector<int64_t> seen;
    for (int64_t id = 1; id <= 5; ++id) {
      if (MaySee(views, asker, ContactId{id})) seen.push_back(id);
    }
    return seen;
  };
  using Ids = std::vector<int64_t>;
  EXPECT_EQ(seen_by({acme, "client", ContactId{3}}), (Ids{1, 3}));
  EXPECT_EQ(seen_by({acme, "client", std::nullopt}), (Ids{1}));
  EXPECT_EQ(seen_by({TenantId{"other"}, "client", ContactId{3}}), (Ids{}));
  EXPECT_EQ(seen_by({acme, "admin", std::nullopt}), (Ids{1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace contacts::query
