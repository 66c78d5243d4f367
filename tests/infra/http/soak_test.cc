// Answers go to the connection that asked, and to no other.
#include <gtest/gtest.h>

#include <cstdlib>

#include "infra/http/server.h"
#include "tests/infra/http/cross_answers.h"
#include "tests/infra/http/echo_front.h"
#include "tests/infra/http/later.h"

namespace contacts::http {
namespace {

#if defined(CONTACTS_SANITIZED)
constexpr size_t kRequests = 10000;
#else
constexpr size_t kRequests = 60000;
#endif

size_t Requests() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet
  return std::getenv("CONTACTS_SOAK") != nullptr ? 500000 : kRequests;
}

TEST(Soak, NoAnswerGoesToAnotherClient) {
  Later later(3);
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.access_log = false;
  const Handler at_once = [](const Request& request, const Responder& responder) {
    responder.Send(Text(request.path));
  };
  const Handler from_elsewhere = [&later](const Request& request, const Responder& responder) {
    later.Do([path = request.path, responder] { responder.Send(Text(path)); });
  };
  Server server(options, Router({{"GET", "/items/{token}", at_once},
                                 {"GET", "/later/{token}", from_elsewhere}},
                                {""}));
  const CrossAnswers tally = AskAcross(server.port(), Requests(), false);
  EXPECT_EQ(tally.wrong, 0u) << tally.first_wrong;
  EXPECT_GT(tally.answers, Requests() / 4);
}

}  // namespace
}  // namespace contacts::http
