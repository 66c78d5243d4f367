// Readers who take their answers slowly, when these are made for each of them.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/infra/api/changes_route.h"
#include "tests/infra/http/client.h"

namespace contacts::api {
namespace {

// A tenant's slow readers may hold a quarter of this.
class LittleMemory : public ChangesRouteTest {
 protected:
  LittleMemory() : ChangesRouteTest({}, 1u << 20) {
    for (int i = 0; i < 70; ++i) {  // over 1 MB of records
      EXPECT_EQ(
          Change(1, R"({"metadata":{"a":")" + std::string(16'000, char('a' + i % 26)) + "\"}}")
              .status,
          200);
    }
  }
  // Sends `count` requests, and takes no more than the beginning of the first answer.
  std::unique_ptr<http::Client> ReadSlowly(const std::string& target, int count = 1) {
    auto client = std::make_unique<http::Client>(whole_.port(), /*receive_buffer=*/4096);
    std::string requests;
    for (int i = 0; i < count; ++i) {
      requests +=
          "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + ada_.name + ": " + ada_.value + "\r\n\r\n";
    }
    EXPECT_TRUE(client->Send(requests));
    EXPECT_TRUE(client->WaitFor("HTTP/1.1 "));
    return client;
  }
  void AwaitStatus(const std::string& target, int status) {
    while (whole_.Send("GET", target, {ada_}).status != status) std::this_thread::yield();
  }
};

// Each connection that never read held up to 1 MB, which no limit counted.
TEST_F(LittleMemory, SlowReadersOfBodiesMadeForThemHoldABoundedNumberOfBytes) {
  for (const char* target : {"/contacts/changes", "/contacts/1/history"}) {
    auto slow = ReadSlowly(target);
    EXPECT_TRUE(slow->HasReceived("HTTP/1.1 200"));
    const Received refused = whole_.Send("GET", target, {ada_});
    EXPECT_EQ(refused.status, 503) << target;
    EXPECT_NE(refused.Header("retry-after"), "");
    EXPECT_EQ(Change(1, R"({"title":"x"})").status, 200) << "a change is never refused for it";
    slow.reset();
    AwaitStatus(target, 200);
  }
}

TEST_F(LittleMemory, SlowReadersOfOneContactToo) {
  std::vector<std::unique_ptr<http::Client>> slow;
  for (int i = 0; i < 8; ++i) slow.push_back(ReadSlowly("/contacts/1", 200));
  AwaitStatus("/contacts/1", 503);
  EXPECT_EQ(whole_.Send("GET", "/user", {ada_}).status, 200);
  slow.clear();
  AwaitStatus("/contacts/1", 200);
}

}  // namespace
}  // namespace contacts::api
