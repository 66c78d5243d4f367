#include "infra/base/nearest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace contacts {
namespace {

std::string NearestTo(const std::string& typed, const std::vector<std::string>& known) {
  Nearest nearest(typed);
  for (const std::string& name : known) nearest.Offer(name);
  return nearest.found();
}

TEST(Nearest, FindsTheNameThatWasMistyped) {
  const std::vector<std::string> verbs{"serve", "user", "token", "tenant", "export", "status"};
  for (const auto& [typed, meant] :
       std::vector<std::pair<std::string, std::string>>{{"uesr", "user"},
                                                        {"use", "user"},
                                                        {"users", "user"},
                                                        {"USER", "user"},
                                                        {"tennant", "tenant"},
                                                        {"exp", "export"},
                                                        {"stat", "status"},
                                                        {"xyzzy", ""},
                                                        {"x", ""},
                                                        {"", ""}}) {
    EXPECT_EQ(NearestTo(typed, verbs), meant) << typed;
  }
}

TEST(Nearest, TakesTheNameWithTheFewestSteps) {
  EXPECT_EQ(NearestTo("dmeo", {"demons", "dome", "demo", "memo"}), "demo");
  EXPECT_EQ(NearestTo("acme", {"acne", "acme"}), "acme");
}

TEST(Nearest, AsksOnlyWhenANameIsNear) {
  Nearest nearest("dmeo");
  EXPECT_EQ(nearest.Question(), "");
  nearest.Offer("demo");
  EXPECT_EQ(nearest.Question(), "; did you mean 'demo'?");
}

TEST(Nearest, VeryLongTextsCostNothing) {
  const std::string lengthy(1'000'000, 'a');
  EXPECT_EQ(NearestTo(lengthy, {lengthy}), "");
  EXPECT_EQ(NearestTo("aaaa", {lengthy}), "");
}

}  // namespace
}  // namespace contacts
