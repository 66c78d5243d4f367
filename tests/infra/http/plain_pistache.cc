// The clients of the soak test against plain Pistache, which sends an answer to whatever client has
// the descriptor's number by then. Succeeds if wrong answers were seen: the soak test can fail.
#include <pistache/endpoint.h>
#include <pistache/http.h>

#include <csignal>
#include <cstdio>

#include "tests/infra/http/cross_answers.h"

namespace {

class Items : public Pistache::Http::Handler {
  HTTP_PROTOTYPE(Items)
 public:
  void onRequest(const Pistache::Http::Request& request,
                 Pistache::Http::ResponseWriter response) override {
    response.headers().remove<Pistache::Http::Header::Connection>();
    response.send(Pistache::Http::Code::Ok, request.resource());
  }
};

}  // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  Pistache::Http::Endpoint endpoint(Pistache::Address("127.0.0.1:0"));
  endpoint.init(Pistache::Http::Endpoint::options().threads(1).flags(
      Pistache::Tcp::Options::ReuseAddr | Pistache::Tcp::Options::NoDelay));
  endpoint.setHandler(std::make_shared<Items>());
  endpoint.serveThreaded();
  const auto tally = contacts::http::AskAcross(endpoint.getPort(), 400000, true);
  std::printf("plain Pistache: %zu wrong of %zu answers; %s\n", tally.wrong, tally.answers,
              tally.first_wrong.c_str());
  std::fflush(stdout);
  std::_Exit(tally.wrong > 0 ? 0 : 1);  // its shutdown may hang
}
