// Two people with the same id from two sources are two actors, and no actor shows an address.
#include "events/actor.h"

#include <gtest/gtest.h>

#include <set>

namespace contacts {
namespace {

const TenantId kAcme{"acme"};

std::string Another(std::string_view id) {
  return actors::OfAnother(kAcme, id, [](const TenantId& tenant, std::string_view hidden) {
    return actors::PseudonymOf("key of " + tenant.value, hidden);
  });
}

TEST(Actors, TheSameIdFromEachSourceIsAnotherActor) {
  for (const std::string id : {"7", "olga", "operator", "token:7", "ext:7", "~7"}) {
    const std::set<std::string> all{actors::OfUser(UserId{id}), Another(id), actors::OfToken(id),
                                    actors::OfOperator(id)};
    EXPECT_EQ(all.size(), 4u) << id;
  }
  EXPECT_EQ(Another("7"), "ext:7");
  EXPECT_EQ(actors::OfUser(UserId{"7"}), "7");
  EXPECT_EQ(actors::OfToken("t1"), "token:t1");
}

TEST(Actors, AnOperatorHasOneSpelling) {
  EXPECT_EQ(actors::OfOperator("Olga Ruiz"), "operator:olga ruiz");
  EXPECT_EQ(actors::OfOperator("JU\u0308RGEN"), actors::OfOperator("j\u00FCrgen"));
  EXPECT_NE(actors::OfOperator("Demo"), actors::kDemo);
}

TEST(Actors, AnIdThatMayNameAPersonBecomesAPseudonym) {
  std::set<std::string> all;
  for (const std::string id : {"jane@x.org", "Jane Doe", "jane\u3000doe", "~jane"}) {
    const std::string actor = Another(id);
    EXPECT_EQ(actor, "ext:~" + actors::PseudonymOf("key of acme", id));
    EXPECT_EQ(actor.find("ane"), std::string::npos) << actor;
    all.insert(actor);
  }
  EXPECT_EQ(all.size(), 4u);
}

// An id of that form would otherwise be the actor of the person behind the pseudonym.
TEST(Actors, NobodyCanNameHimselfAsAPseudonym) {
  const std::string jane = Another("jane@x.org");
  EXPECT_NE(Another(jane.substr(4)), jane);
}

TEST(Actors, WithoutAKeyAnAddressIsNobody) {
  EXPECT_EQ(actors::OfAnother(kAcme, "jane@x.org", {}), "");
  EXPECT_EQ(actors::OfAnother(kAcme, "jane@x.org", [](auto&&...) { return std::string(); }), "");
  EXPECT_EQ(actors::OfAnother(kAcme, "u-77", {}), "ext:u-77");
}

// printf jane@x.org | openssl dgst -sha256 -hmac key
TEST(Actors, APseudonymIsTheHmacOfTheId) {
  EXPECT_EQ(actors::PseudonymOf("key", "jane@x.org"),
            "1325ae8f00bfb60ae08497952e3cef0f540c580648d6876294958327ef9526d8");
  EXPECT_NE(actors::PseudonymOf("key", "jane@x.org"), actors::PseudonymOf("kez", "jane@x.org"));
}

}  // namespace
}  // namespace contacts
