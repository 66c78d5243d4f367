// The front alone, for measurements and for tests with other people's clients.
//   http_front HOST:PORT SIZE…      GET /SIZE (with an ETag), /items/{any}, /text/{lines}, /who;
//   POST /echo
// Prints its port, and a line a request on stderr if ACCESS_LOG is set. Believes X-Forwarded-* from
// 127.0.0.1.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "infra/base/log.h"
#include "infra/http/content_coding.h"
#include "infra/http/server.h"

namespace {

using namespace contacts::http;

Response Text(std::string text) {
  return {200,
          {{"Content-Type", "text/plain"}},
          {std::make_shared<const std::string>(std::move(text))}};
}

// Made once, so that what is measured is the compressing.
std::string Lines(const std::string& count) {
  static std::mutex mutex;
  static std::map<std::string, std::string> made;
  const std::lock_guard lock(mutex);
  std::string& text = made[count];
  if (text.empty()) {
    for (int i = 0; i < std::stoi(count); ++i) {
      text += "line " + std::to_string(i * 7919 % 10007) + "\n";
    }
  }
  return text;
}

std::vector<Route> Routes(int sizes, char** size) {
  std::vector<Route> routes;
  for (int i = 0; i < sizes; ++i) {
    const auto body = std::make_shared<const std::string>(std::stoul(size[i]), 'x');
    const std::string etag = '"' + std::string(size[i]) + '"';
    routes.push_back(
        {"GET", "/" + std::string(size[i]), [body, etag](const Request& request, Responder out) {
           if (request.Find("If-None-Match") == etag) return out.Send({304, {{"ETag", etag}}, {}});
           out.Send({200, {{"Content-Type", "application/json"}, {"ETag", etag}}, {body}});
         }});
  }
  routes.push_back({"GET", "/items/{any}", [](const Request& request, Responder out) {
                      out.Send(Text(request.parameters[0]));
                    }});
  routes.push_back({"POST", "/echo",
                    [](const Request& request, Responder out) { out.Send(Text(request.body)); }});
  routes.push_back({"GET", "/who", [](const Request& request, Responder out) {
                      out.Send(Text(request.client_address +
                                    (request.secure ? " https " : " http ") + request.host));
                    }});
  routes.push_back({"GET", "/text/{lines}", [](const Request& request, Responder out) {
                      Response response = Text(Lines(request.parameters[0]));
                      CompressFor(request, &response);
                      out.Send(std::move(response));
                    }});
  return routes;
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ServerOptions options;
  options.listen = argv[1];
  options.access_log =
      std::getenv("ACCESS_LOG") != nullptr;  // NOLINT(concurrency-mt-unsafe): no thread yet
  options.trusted_proxies = {"127.0.0.1"};
  Server server(options, Router(Routes(argc - 2, argv + 2), {""}));
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server.Drain(std::chrono::milliseconds(5000));
  contacts::log::Stop();
}
