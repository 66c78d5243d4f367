// A whole service, and clients that follow its changes.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/infra/api/whole_service.h"

namespace contacts::api {

inline constexpr const char* kWaits = "&wait=30";

class ChangesRouteTest : public ::testing::Test {
 protected:
  explicit ChangesRouteTest(query::ChangeWaitLimits limits = {},
                            size_t list_cache_bytes = 256u << 20)
      : whole_(1000, limits, list_cache_bytes) {
    whole_.AddUserOf(kAcme, "ada", "admin");
    ada_ = whole_.LogIn(kAcme, "ada");
    EXPECT_EQ(Create("carl", "client", R"(,"company":"Wey","canLogin":true)").status, 200);
    whole_.SetPasswordOf(kAcme, "carl@example.com");
    carl_ = whole_.LogIn(kAcme, "carl@example.com");
  }
  Received Create(const std::string& name, const std::string& type, const std::string& more = "") {
    return whole_.Send("POST", "/api/contacts", {ada_},
                       R"({"fullName":")" + name + R"(","email":")" + name +
                           R"(@example.com","type":")" + type + '"' + more + "}");
  }
  Received Change(int64_t id, const std::string& patch) {
    return whole_.Send("PATCH", "/api/contacts/" + std::to_string(id), {ada_}, patch);
  }
  Received Get(const http::Header& who, const std::string& query = "",
               std::vector<http::Header> headers = {}) {
    headers.push_back(who);
    return whole_.Send("GET", "/api/contacts/changes" + query, std::move(headers));
  }
  // The text of a member of an answer.
  static std::string Member(const Received& received, const std::string& name) {
    const auto at = received.body.rfind('"' + name + "\":\"");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 4;
    return received.body.substr(begin, received.body.find('"', begin) - begin);
  }
  std::string Now() { return Get(ada_).Header("contacts-position"); }
  // Begins to wait for a change after now, and returns once the server waits.
  std::future<Received> Wait(const http::Header& who, const std::string& more = "") {
    const std::string query = "?since=" + Now() + kWaits + more;
    const size_t before = whole_.changes().waiting();
    auto answer = std::async(std::launch::async, [=, this] { return Get(who, query); });
    AwaitWaiting(before + 1);
    return answer;
  }
  void AwaitWaiting(size_t count) {
    while (whole_.changes().waiting() != count) std::this_thread::yield();
  }
  void AwaitJudged(uint64_t count) {
    while (whole_.changes().judged() < count) std::this_thread::yield();
  }

  Whole whole_;
  http::Header ada_;
  http::Header carl_;
};

}  // namespace contacts::api
