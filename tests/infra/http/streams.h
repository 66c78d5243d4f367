// A front of one worker whose streams the test writes.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "infra/http/server.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/producer.h"

namespace contacts::http {

class Streams : public ::testing::Test {
 protected:
  static ServerOptions Options() {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.access_log = false;
    options.threads = 1;
    return options;
  }
  void Start(const std::function<void(ServerOptions*)>& change = nullptr) {
    ServerOptions options = Options();
    options.answered = [this](auto&&...) { ++answered_; };
    if (change) change(&options);
    server_.emplace(std::move(options), producers_.Routes());
  }
  Client Connect(int receive_buffer = 0) { return Client(server_->port(), receive_buffer); }
  void WaitUntil(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the condition never held";
      std::this_thread::yield();
    }
  }
  // Waits until the front has freed the producer that only it and the caller have.
  void WaitUntilReleased(const std::shared_ptr<Producer>& producer) {
    WaitUntil([&] { return producer.use_count() == 1; });
    EXPECT_EQ(server_->counts().streams, 0u);
  }
  static std::string Old(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.0\r\nHost: a\r\n\r\n";
  }

  std::atomic<int> answered_{0};
  Producers producers_;
  std::optional<Server> server_;
};

}  // namespace contacts::http
