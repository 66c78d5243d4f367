// The e-mail expression of the HTML Living Standard, 4.10.5.1.5.
#include "command/email_rule.h"

#include <gtest/gtest.h>

#include <string>

namespace contacts::testing {
namespace {

const std::string k63(63, 'a');

TEST(EmailRule, TakesWhatBrowsersTake) {
  for (const std::string& good :
       {std::string("a@b"), std::string("jane@example.com"), std::string("jane.doe+tag@x-y.org"),
        std::string(".a..b.@c"), std::string("!#$%&'*+/=?^_`{|}~-@c"), std::string("0@0.0"),
        "a@" + k63, "a@" + k63 + "." + k63, std::string("A@B.C"), std::string("a@b--c.d")}) {
    EXPECT_TRUE(IsEmail(good)) << good;
  }
}

TEST(EmailRule, RefusesWhatBrowsersRefuse) {
  for (const std::string& bad : {std::string(""),
                                 std::string("@"),
                                 std::string("a"),
                                 std::string("a@"),
                                 std::string("@b"),
                                 std::string("a@b@c"),
                                 std::string("a b@c"),
                                 std::string("a@b c"),
                                 std::string("a@-b"),
                                 std::string("a@b-"),
                                 std::string("a@b-.c"),
                                 std::string("a@.b"),
                                 std::string("a@b."),
                                 std::string("a@b..c"),
                                 std::string("a@b_c"),
                                 "a@" + k63 + "a",
                                 "a@b." + k63 + "a",
                                 std::string("\"a\"@b"),
                                 std::string("a(b)@c"),
                                 std::string("a,b@c"),
                                 std::string("a;@c"),
                                 std::string("<a@b>"),
                                 std::string("a@[127.0.0.1]"),
                                 std::string("j\xC3\xA4ne@x.org"),
                                 std::string("jane@\xC3\xA4.org"),
                                 std::string(" a@b"),
                                 std::string("a@b "),
                                 std::string("a@b\n"),
                                 std::string("a\0@b", 4),
                                 std::string("a@b\0", 4)}) {
    EXPECT_FALSE(IsEmail(bad)) << bad;
  }
}

}  // namespace
}  // namespace contacts::testing
