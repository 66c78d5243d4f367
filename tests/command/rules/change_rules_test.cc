// Every business rule of changing a contact: given a history, when a patch comes, then this is
// decided.
#include <gtest/gtest.h>

#include "command/rules/decide.h"
#include "tests/command/given.h"
#include "tests/command/rules/decided.h"

namespace contacts::testing {
namespace {

constexpr ContactId kChanged{1};
constexpr ContactId kOtherContact{2};

Command Change(ContactId id, ContactPart patch, const std::string& key = {},
               std::optional<std::vector<Position>> if_changed_at = {}) {
  return By(ChangeContact{id, std::move(patch), std::move(if_changed_at)}, key);
}
ContactPart Title(std::optional<std::string> title) {
  ContactPart part;
  part.title.emplace(std::move(title));
  return part;
}
ContactPart Email(const std::string& email) {
  ContactPart part;
  part.email.emplace(email);
  return part;
}
ContactPart Metadata(std::optional<RawJson> patch) {
  ContactPart part;
  part.metadata.emplace(std::move(patch));
  return part;
}
ContactPart Active(bool is_active) {
  ContactPart part;
  part.is_active.emplace(is_active);
  return part;
}
Command Metadata(const std::string& patch) { return Change(kChanged, Metadata(RawJson{patch})); }

// Contact 1 with its user 1, contact 2 without one.
class ChangeRule : public ::testing::Test {
 protected:
  ChangeRule() {
    given_.Done(By(Contact("jane@x.org", /*can_login=*/true))).Done(By(Contact("john@x.org")));
  }
  ContactChanged Changed(const Command& command) {
    return EventOf<ContactChanged>(given_.When(command));
  }
  Given given_;
};

TEST_F(ChangeRule, OnlyTheFieldsThatDifferAreRecorded) {
  ContactPart patch = Title("CTO");
  patch.email.emplace("jane@x.org");  // as it is
  const ContactChanged expected{kChanged, Title(std::nullopt), Title("CTO"), {}};
  EXPECT_EQ(Changed(Change(kChanged, patch)), expected);
}

TEST_F(ChangeRule, APatchThatChangesNothingMakesNoEvent) {
  const NothingChanged nothing{"ChangeContact", kChanged, std::nullopt};
  for (const ContactPart& patch : {ContactPart{}, Title(std::nullopt), Email("jane@x.org")}) {
    const Command command = Change(kChanged, patch);
    const Decision decision = given_.When(command);
    EXPECT_EQ(std::get<NothingChanged>(decision), nothing);
    EXPECT_EQ(RecordedEvent(decision, command), std::nullopt);
  }
  const Command keyed = Change(kChanged, {}, "key-1");
  EXPECT_EQ(RecordedEvent(given_.When(keyed), keyed), Event(nothing));
}

TEST_F(ChangeRule, AnEmailStaysUniqueAndTheOldOneIsFree) {
  const Error taken = ErrorOf(given_.When(Change(kOtherContact, Email("JANE@x.org"))));
  EXPECT_EQ(taken.code, ErrorCode::kEmailTaken);
  EXPECT_EQ(taken.contact_id, kChanged);
  EXPECT_EQ(Changed(Change(kChanged, Email("Jane@X.org"))).after, Email("Jane@X.org"))
      << "its own in another spelling";
  given_.Done(Change(kChanged, Email("jane@y.org")));
  EXPECT_EQ(Changed(Change(kOtherContact, Email("jane@x.org"))).after, Email("jane@x.org"));
}

TEST_F(ChangeRule, TwoEmailsAreSwappedThroughAThird) {
  given_.Done(Change(kChanged, Email("swap@x.org")))
      .Done(Change(kOtherContact, Email("jane@x.org")))
      .Done(Change(kChanged, Email("john@x.org")));
  EXPECT_EQ(given_.State().ContactByEmail("john@x.org"), kChanged);
  EXPECT_EQ(given_.State().ContactByEmail("jane@x.org"), kOtherContact);
  EXPECT_EQ(given_.State().ContactByEmail("swap@x.org"), std::nullopt);
}

TEST_F(ChangeRule, MetadataIsMerged) {
  given_.Done(Metadata(R"({"a":1,"b":{"c":2}})"));
  EXPECT_EQ(Changed(Metadata(R"({"b":{"d":3}})")).after,
            Metadata(RawJson{R"({"a":1,"b":{"c":2,"d":3}})"}));
  EXPECT_EQ(Changed(Metadata(R"({"a":null,"b":null})")).after, Metadata(RawJson{"{}"}));
  EXPECT_EQ(Changed(Change(kChanged, Metadata(std::nullopt))).after, Metadata(std::nullopt));
  EXPECT_TRUE(std::holds_alternative<NothingChanged>(given_.When(Metadata(R"({"x":null})"))));
}

TEST_F(ChangeRule, MergedMetadataKeepsItsBounds) {
  given_.Done(Metadata(R"({"a":")" + std::string(9'000, 'x') + R"("})"));
  const Error large =
      ErrorOf(given_.When(Metadata(R"({"b":")" + std::string(9'000, 'x') + R"("})")));
  EXPECT_EQ(large.code, ErrorCode::kBadRequest);
  ASSERT_EQ(large.fields.size(), 1u);
  EXPECT_EQ(large.fields[0].path, "/metadata");
}

TEST_F(ChangeRule, IfMatchNamesTheRecordThatLastChangedIt) {
  const auto if_at = [](std::vector<Position> positions) {
    return Change(kChanged, Title("CTO"), {}, std::move(positions));
  };
  EXPECT_EQ(Changed(if_at({{Sequence{1}}})).after, Title("CTO"));
  EXPECT_EQ(Changed(if_at({{Sequence{9}}, {Sequence{1}}})).after, Title("CTO"));
  EXPECT_EQ(ErrorOf(given_.When(if_at({{Sequence{2}}}))).code, ErrorCode::kPreconditionFailed);
  EXPECT_EQ(ErrorOf(given_.When(if_at({}))).code, ErrorCode::kPreconditionFailed);
  EXPECT_EQ(ErrorOf(given_.When(if_at({{Sequence{1}, 2}}))).code, ErrorCode::kPreconditionFailed)
      << "a position of another epoch";
  given_.Done(By(PlaceHold{kChanged}));
  EXPECT_EQ(Changed(if_at({{Sequence{1}}})).after, Title("CTO")) << "a hold changes nothing shown";
}

TEST_F(ChangeRule, AContactThatIsNotThereOrErasedIsNotChanged) {
  EXPECT_EQ(ErrorOf(given_.When(Change(ContactId{3}, Title("CTO")))).code, ErrorCode::kNotFound);
  given_.Done(By(ErasePerson{kChanged, {}, Ground::kConsentWithdrawn}));
  EXPECT_EQ(ErrorOf(given_.When(Change(kChanged, Title("CTO")))).code_name, "erased");
}

TEST_F(ChangeRule, DeactivatingItEndsItsUsersSessions) {
  given_.Done(By(AddUser{"root", "admin"}));
  const ContactChanged changed = Changed(Change(kChanged, Active(false)));
  EXPECT_EQ(changed.users_ended, std::vector{UserId{"1"}});
  given_.Done(Change(kChanged, Active(false)));
  const Sequence ended = given_.State().head().sequence;
  EXPECT_EQ(given_.State().UserById(UserId{"1"})->sessions_ended, ended);
  EXPECT_EQ(given_.State().UserById(UserId{"2"})->sessions_ended, Sequence{});
  given_.Done(Change(kChanged, Active(true)));
  EXPECT_EQ(given_.State().UserById(UserId{"1"})->sessions_ended, ended)
      << "activation brings no session back";
}

TEST_F(ChangeRule, AChangeNamesTheRecordBeforeItOfTheSameContact) {
  given_.Done(Change(kChanged, Title("CTO"))).Done(Change(kChanged, Title("CEO")));
  EXPECT_EQ(*given_.State().RecordAt(Sequence{4})->envelope.subjectprevious, Sequence{3});
  EXPECT_EQ(*given_.State().RecordAt(Sequence{3})->envelope.subjectprevious, Sequence{1});
  EXPECT_EQ(given_.lookup().RecordsOf(TenantId{"acme"}, kChanged, {}, Sequence{9}, 9),
            (std::vector{Sequence{1}, Sequence{3}, Sequence{4}}));
}

}  // namespace
}  // namespace contacts::testing
