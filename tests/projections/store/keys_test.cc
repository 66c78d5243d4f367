#include "projections/store/keys.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <tuple>

namespace contacts::testing {
namespace {

TEST(Keys, AreTheBytesOfTheGrammar) {
  using namespace std::string_literals;
  const TenantId acme{"acme"};
  EXPECT_EQ(keys::Partition(258), "\0\0\x01\x02"s);
  EXPECT_EQ(keys::PartitionFrom(keys::Partition(70'000)), 70'000);
  EXPECT_EQ(keys::Tenant(acme), "acme\0"s);
  EXPECT_EQ(keys::Contact(acme, ContactId{258}), "acme\0\0\0\0\0\0\0\x01\x02"s);
  EXPECT_EQ(keys::Record(acme, Sequence{1}), "acme\0\0\0\0\0\0\0\0\x01"s);
  EXPECT_EQ(keys::Email(acme, "a@b"), "acme\0a@b"s);
  EXPECT_EQ(keys::User(acme, UserId{"7"}), "acme\0"s + "7");
  EXPECT_EQ(keys::UserName(acme, "jane"), "acme\0jane"s);
  EXPECT_EQ(keys::Idempotency(acme, "7", "k"), "acme\0\0\0\0\x01"s + "7k");
  EXPECT_EQ(keys::Number(258), "\0\0\0\0\0\0\x01\x02"s);
}

TEST(Keys, TenantsRowsStandTogetherAndApart) {
  // A tenant whose name starts with another's, and the bytes next to the end of a name.
  for (const char* other : {"acme-", "acme.eu", "acme0", "acmf", "acm"}) {
    const std::string row = keys::User(TenantId{other}, UserId{"\xff"});
    EXPECT_FALSE(row >= keys::Tenant(TenantId{"acme"}) && row < keys::TenantEnd(TenantId{"acme"}))
        << other;
  }
  const std::string own = keys::User(TenantId{"acme"}, UserId{"\xff\xff"});
  EXPECT_TRUE(own >= keys::Tenant(TenantId{"acme"}) && own < keys::TenantEnd(TenantId{"acme"}));
  EXPECT_EQ(keys::TenantOf(own), TenantId{"acme"});
}

RC_GTEST_PROP(Keys, NumbersKeepTheirOrder, ()) {
  const auto a = *rc::gen::inRange<int64_t>(0, INT64_MAX);
  const auto b = *rc::gen::inRange<int64_t>(0, INT64_MAX);
  const TenantId tenant{"t"};
  RC_ASSERT((a < b) == (keys::Contact(tenant, ContactId{a}) < keys::Contact(tenant, ContactId{b})));
  RC_ASSERT(keys::NumberOf(keys::Record(tenant, Sequence{a})) == a);
  RC_ASSERT(keys::NumberFrom(keys::Number(b)) == b);
}

// Bytes of users cannot make the key of one command look like another's.
RC_GTEST_PROP(Keys, AnIdempotencyKeySaysWhoseItIs, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::element('\0', 'a', '\1', '\xff'));
  const auto one = *rc::gen::tuple(text, text);
  const auto two = *rc::gen::tuple(text, text);
  const TenantId tenant{"t"};
  const auto key = [&](const auto& pair) {
    return keys::Idempotency(tenant, std::get<0>(pair), std::get<1>(pair));
  };
  RC_ASSERT((key(one) == key(two)) == (one == two));
}

}  // namespace
}  // namespace contacts::testing
