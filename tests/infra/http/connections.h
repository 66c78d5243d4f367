// Tests of one connection over memory. The test says what time it is.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/infra/http/answer_reader.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/echo_front.h"
#include "tests/infra/http/memory_wire.h"

namespace contacts::http {

// Handlers keep their responders, for the test to answer in its own order.
class Connections : public ::testing::Test {
 public:
  static std::shared_ptr<ServerShared> MakeFront(ServerOptions options,
                                                 std::vector<Responder>* kept, Chunk big) {
    const Handler keep = [kept](const Request&, const Responder& out) { kept->push_back(out); };
    const Handler fail = [](const Request&, const Responder&) {
      throw std::runtime_error("secret of the handler");
    };
    const Handler drop = [](const Request&, const Responder&) {};
    const Handler send_big = [big](const Request&, const Responder& out) {
      out.Send({200, {}, {big, big, big}});
    };
    const Handler inject = [](const Request&, const Responder& out) {
      out.Send({200, {{"X", "a\r\nSet-Cookie: b"}}, {}});
    };
    const Handler cached = [](const Request&, const Responder& out) {
      out.Send({304, {{"Cache-Control", "private"}, {"ETag", "\"1\""}}, {}});
    };
    const Handler ids = [](const Request& request, const Responder& out) {
      out.Send(Text(request.request_id + " " + request.traceparent));
    };
    return std::make_shared<ServerShared>(std::move(options), Router({{"GET", "/keep", keep},
                                                                      {"POST", "/keep", keep},
                                                                      {"GET", "/fail", fail},
                                                                      {"GET", "/drop", drop},
                                                                      {"GET", "/big", send_big},
                                                                      {"GET", "/inject", inject},
                                                                      {"GET", "/cached", cached},
                                                                      {"GET", "/ids", ids}},
                                                                     {""}));
  }

 protected:
  // The next written answer; status 0: there is none.
  ReadAnswer Next(bool head_only = false) {
    std::string rest = client_.written().substr(read_);
    const size_t before = rest.size();
    const auto answer = TakeAnswer(&rest, head_only);
    read_ += before - rest.size();
    return answer.value_or(ReadAnswer{});
  }
  Connection::Clock::time_point In(std::chrono::milliseconds time) {
    return Connection::Clock::now() + time;
  }

  std::vector<Responder> kept_;
  Chunk big_ = std::make_shared<const std::string>(10000, 'x');
  std::shared_ptr<ServerShared> shared_ = MakeFront(SmallLimits(), &kept_, big_);
  MemoryClient client_{shared_};
  size_t read_ = 0;
};

}  // namespace contacts::http
