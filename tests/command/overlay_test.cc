// Pending states over the read models: which subject a name belongs to, and until when.
#include "command/overlay.h"

#include <gtest/gtest.h>

#include "events/model/contact_model.h"
#include "events/model/user_model.h"

namespace contacts {
namespace {

std::optional<ContactModel> ContactWith(int64_t id, const std::string& email) {
  ContactModel model;
  model.contact.id = ContactId{id};
  model.contact.fields.email = email;
  return model;
}

std::optional<UserModel> UserNamed(const std::string& id, const std::string& name) {
  return UserModel{UserId{id}, name, {"member", false}, std::nullopt, ""};
}

const std::optional<ContactModel> kNoContact;
const std::optional<ContactId> kFree;

class ContactOverlay : public ::testing::Test {
 protected:
  // The pending owner of the e-mail; outer nullopt: no pending record is about the e-mail.
  std::optional<std::optional<ContactId>> Owner(const std::string& email) const {
    const auto* owner = overlay_.FindName(email);
    if (owner == nullptr) return std::nullopt;
    return std::optional<std::optional<ContactId>>(std::in_place, *owner);
  }
  static std::optional<std::optional<ContactId>> Is(std::optional<ContactId> owner) {
    return std::optional<std::optional<ContactId>>(std::in_place, owner);
  }
  static constexpr std::nullopt_t kNotPending = std::nullopt;

  Overlay<ContactId, ContactModel> overlay_;
};

TEST_F(ContactOverlay, KnowsNothingWhenItIsEmpty) {
  EXPECT_EQ(overlay_.Find(ContactId{1}), nullptr);
  EXPECT_EQ(Owner("a@x.org"), kNotPending);
  overlay_.Replace(Sequence{1}, kNoContact, kNoContact);
  EXPECT_EQ(overlay_.Find(ContactId{0}), nullptr);
}

TEST_F(ContactOverlay, ANewContactHasItsEmail) {
  overlay_.Replace(Sequence{1}, kNoContact, ContactWith(1, "A@x.org"));
  ASSERT_NE(overlay_.Find(ContactId{1}), nullptr);
  EXPECT_EQ(*overlay_.Find(ContactId{1}), ContactWith(1, "A@x.org"));
  EXPECT_EQ(Owner("a@x.org"), Is(ContactId{1}));
}

TEST_F(ContactOverlay, AnotherEmailFreesTheOneBefore) {
  overlay_.Replace(Sequence{1}, ContactWith(1, "a@x.org"), ContactWith(1, "b@x.org"));
  EXPECT_EQ(Owner("a@x.org"), Is(kFree));
  EXPECT_EQ(Owner("b@x.org"), Is(ContactId{1}));
}

TEST_F(ContactOverlay, ARemovedContactFreesItsEmail) {
  overlay_.Replace(Sequence{1}, ContactWith(1, "a@x.org"), kNoContact);
  ASSERT_NE(overlay_.Find(ContactId{1}), nullptr);
  EXPECT_EQ(*overlay_.Find(ContactId{1}), kNoContact);
  EXPECT_EQ(Owner("a@x.org"), Is(kFree));
}

TEST_F(ContactOverlay, AFreeEmailCanBeTakenAgain) {
  overlay_.Replace(Sequence{1}, ContactWith(1, "a@x.org"), ContactWith(1, "b@x.org"));
  overlay_.Replace(Sequence{2}, kNoContact, ContactWith(2, "a@x.org"));
  EXPECT_EQ(Owner("a@x.org"), Is(ContactId{2}));
  EXPECT_EQ(Owner("b@x.org"), Is(ContactId{1}));
}

// The read models name the owner, before the change and after it.
TEST_F(ContactOverlay, AChangeThatKeepsTheEmailLeavesItToTheReadModels) {
  overlay_.Replace(Sequence{1}, ContactWith(1, "a@x.org"), ContactWith(1, "A@X.org"));
  EXPECT_NE(overlay_.Find(ContactId{1}), nullptr);
  EXPECT_EQ(Owner("a@x.org"), kNotPending);
}

TEST_F(ContactOverlay, SettlingDropsTheChangesUpToItsPositionOnly) {
  overlay_.Replace(Sequence{1}, ContactWith(1, "a@x.org"), ContactWith(1, "b@x.org"));
  overlay_.Replace(Sequence{2}, kNoContact, ContactWith(2, "a@x.org"));
  overlay_.Settle(Sequence{1});
  EXPECT_EQ(overlay_.Find(ContactId{1}), nullptr);
  EXPECT_EQ(Owner("b@x.org"), kNotPending);
  EXPECT_EQ(Owner("a@x.org"), Is(ContactId{2}));
  overlay_.Settle(Sequence{2});
  EXPECT_EQ(overlay_.Find(ContactId{2}), nullptr);
  EXPECT_EQ(Owner("a@x.org"), kNotPending);
}

TEST(UserOverlay, ANewNameFreesTheOneBefore) {
  Overlay<UserId, UserModel> overlay;
  overlay.Replace(Sequence{1}, UserNamed("1", "ann"), UserNamed("1", "anne"));
  ASSERT_NE(overlay.FindName("ann"), nullptr);
  EXPECT_EQ(*overlay.FindName("ann"), std::nullopt);
  ASSERT_NE(overlay.FindName("anne"), nullptr);
  EXPECT_EQ(*overlay.FindName("anne"), UserId{"1"});
  EXPECT_EQ(*overlay.Find(UserId{"1"}), UserNamed("1", "anne"));
}

}  // namespace
}  // namespace contacts
