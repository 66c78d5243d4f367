// One contact over HTTP, for tests that read it, change it and look at its past.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/infra/api/whole_service.h"

namespace contacts::api {

class ContactItemTest : public ::testing::Test {
 protected:
  ContactItemTest() {
    whole_.AddUserOf(kAcme, "ada", "admin");
    whole_.AddUserOf(kAcme, "max", "member");
    ada_ = whole_.LogIn(kAcme, "ada");
    max_ = whole_.LogIn(kAcme, "max");
    created_ = Create("jane@x.org", R"(,"title":"CEO","metadata":{"a":1,"b":{"c":[null]}})");
  }
  Received Create(const std::string& email, const std::string& more = "") {
    return whole_.Send(
        "POST", "/api/contacts", {ada_},
        R"({"fullName":"Jane","email":")" + email + R"(","type":"internal")" + more + "}");
  }
  Received Patch(const std::string& body, std::vector<http::Header> headers = {},
                 const std::string& id = "1") {
    headers.push_back(ada_);
    return whole_.Send("PATCH", "/api/contacts/" + id, headers, body);
  }
  Received Get(const std::string& path, std::vector<http::Header> headers = {}) {
    headers.push_back(ada_);
    return whole_.Send("GET", "/api/contacts/" + path, headers);
  }
  // The history without its times.
  std::string History(const std::string& query = "") {
    std::string body = Get("1/history" + query).body;
    for (size_t at = 0; (at = body.find(R"("time":")", at)) != body.npos;) body.erase(at, 34);
    return body;
  }

  Whole whole_;
  http::Header ada_;
  http::Header max_;
  Received created_;
};

inline bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace contacts::api
