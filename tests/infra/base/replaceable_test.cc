#include "infra/base/replaceable.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace contacts {
namespace {

// Each reader sees whole values, and a reference that it took stays valid.
TEST(Replaceable, IsReadByManyWhileItIsReplaced) {
  const auto value = [](int number) {
    return std::string(100, static_cast<char>('a' + number % 26));
  };
  Replaceable<std::string> text(value(0));
  std::atomic<bool> over{false};
  std::atomic<int> broken{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      const std::string& first = text.Get();
      const std::string kept(first.data(), first.size());
      while (!over) {
        const std::string& now = text.Get();
        if (now != std::string(100, now[0]) || first != kept) ++broken;
      }
    });
  }
  for (int number = 1; number < 2000; ++number) text.Replace(value(number));
  over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(broken, 0);
  EXPECT_EQ(text.Get(), value(1999));
}

}  // namespace
}  // namespace contacts
