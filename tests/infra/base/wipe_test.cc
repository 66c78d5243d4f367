#include "infra/base/wipe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace contacts {
namespace {

TEST(Wipe, LeavesNothingOfShortAndLongTextsInTheirPlace) {
  for (const size_t size : {1, 15, 16, 200}) {
    std::string text(size, 'x');
    text.resize(size / 2);  // the other half stays in memory
    const char* const place = text.data();
    const size_t capacity = text.capacity();
    Wipe(&text);
    EXPECT_TRUE(text.empty());
    ASSERT_EQ(text.data(), place);
    EXPECT_TRUE(std::all_of(place, place + capacity, [](char c) { return c == '\0'; })) << size;
  }
}

TEST(Wipe, ATextIsWipedWhenItIsDestroyed) {
  alignas(Wiped) unsigned char place[sizeof(Wiped)];
  const Wiped* const made =
      new (place) Wiped{"password"};  // short, so that its bytes are in `place`
  const std::string_view bytes(reinterpret_cast<const char*>(place), sizeof place);
  ASSERT_NE(bytes.find("password"), std::string_view::npos);
  std::destroy_at(made);
  EXPECT_EQ(bytes.find("password"), std::string_view::npos);
}

}  // namespace
}  // namespace contacts
