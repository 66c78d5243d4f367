// The front alone, for measurements and for tests with other people's clients.
//   http_front HOST:PORT SIZE…      GET /SIZE (with an ETag), /items/{any}, /text/{lines}, /who,
//   /events/{count} (0: only a comment, now and every 15 s); POST /echo
// Prints its port, and a line a request on stderr if ACCESS_LOG is set. Believes X-Forwarded-* from
// 127.0.0.1.
#include <zlib.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "infra/base/log.h"
#include "infra/http/content_coding.h"
#include "infra/http/server.h"
#include "infra/http/stream.h"

namespace {

using namespace contacts::http;

constexpr size_t kWorthIt = 1400;  // bytes of one packet
constexpr int kLevel = 5;
constexpr int kGzipWindow = 15 + 16;  // zlib's way to say: largest window, gzip wrapper

std::string Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Compresses the body if the client takes it and it is longer than a packet.
void CompressFor(const Request& request, Response* response) {
  response->headers.push_back({"Vary", "Accept-Encoding"});
  if (response->body[0]->size() < kWorthIt ||
      ChooseCoding(request.FindAll("Accept-Encoding")) != Coding::kGzip) {
    return;
  }
  response->body = {std::make_shared<const std::string>(Gzip(*response->body[0]))};
  response->headers.push_back({"Content-Encoding", "gzip"});
}

Response Text(std::string text) {
  return {200,
          {{"Content-Type", "text/plain"}},
          {std::make_shared<const std::string>(std::move(text))}};
}

// Made once, so that only the compressing is measured.
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

Chunk ChunkOf(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

// Server-Sent Events 1 to `count`; 0: only comments, and the stream stays open.
class Events : public BodySource {
 public:
  explicit Events(int count) : count_(count) {}
  void Begin(Stream stream) override {
    stream_.emplace(std::move(stream));
    static const Chunk comment = ChunkOf(":\n\n");
    if (count_ == 0) stream_->Write(comment);  // nginx may keep the head back until a text comes
    stream_->KeepAlive(comment, std::chrono::seconds(15));
    Room();
  }
  void Room() override {
    while (sent_ < count_) {
      if (!stream_->Write(ChunkOf("data: " + std::to_string(sent_ + 1) + "\n\n"))) return;
      ++sent_;
    }
    if (count_ > 0) stream_->End();
  }
  void Drain() override { stream_->End(ChunkOf("event: bye\n\n")); }
  void Gone() override {}

 private:
  const int count_;
  int sent_ = 0;
  std::optional<Stream> stream_;
};

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
  const Handler events = [](const Request& request, Responder out) {
    Response response{200, {{"Content-Type", "text/event-stream"}}, {}};
    response.source = std::make_shared<Events>(std::stoi(request.parameters[0]));
    out.Send(std::move(response));
  };
  routes.push_back({"GET", "/events/{count}", events, {}, true});
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
