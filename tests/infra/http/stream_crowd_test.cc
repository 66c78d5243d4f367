// Many streams: what they cost, and producers that write to all of them while clients come and go.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "infra/http/server.h"
#include "infra/http/stream.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/producer.h"

namespace contacts::http {
namespace {

using std::chrono::milliseconds;

ServerOptions CrowdOptions() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.access_log = false;
  options.max_connections_per_address = 0;
  return options;
}

size_t ResidentNow() {
  std::ifstream statm("/proc/self/statm");
  size_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * 4096;
}

// Writes one text to all streams, under the lock that their sources take, too.
class Broadcast {
 public:
  class Source : public BodySource {
   public:
    explicit Source(Broadcast* all) : all_(all) { ++all->alive; }
    ~Source() override { --all_->alive; }
    void Begin(Stream stream) override {
      const std::lock_guard lock(all_->mutex_);
      stream_.emplace(std::move(stream));
      all_->open_.insert(this);
      ++all_->begun;
    }
    void Room() override { ++all_->rooms; }
    void Drain() override {
      Leave();
      stream_->End(ChunkOf("bye"));
    }
    void Gone() override {
      Leave();
      ++all_->gone;
    }

   private:
    friend class Broadcast;
    void Leave() {
      const std::lock_guard lock(all_->mutex_);
      all_->open_.erase(this);
    }

    Broadcast* const all_;
    std::optional<Stream> stream_;
  };

  Handler handler() {
    return [this](const Request&, const Responder& out) {
      Response response{200, {}, {}};
      response.source = std::make_shared<Source>(this);
      out.Send(std::move(response));
    };
  }
  void Send(const Chunk& text) {
    const std::lock_guard lock(mutex_);
    for (Source* source : open_) {
      if (!source->stream_->Write(text)) ++refused;
    }
  }
  size_t open() {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }

  std::atomic<int> begun{0}, gone{0}, rooms{0}, refused{0}, alive{0};

 private:
  std::mutex mutex_;
  std::set<Source*> open_;
};

TEST(StreamCrowd, IdleStreamsAreCheap) {
  constexpr size_t kStreams = 500;
  Broadcast all;
  Server server(CrowdOptions(), Router({{"GET", "/stream", all.handler(), {}, true}}, {""}));
  const size_t memory = ResidentNow();
  std::vector<Client> clients;
  for (size_t i = 0; i < kStreams; ++i) {
    clients.emplace_back(server.port());
    clients.back().Send(Get("/stream"));
    ASSERT_TRUE(clients.back().WaitFor("\r\n\r\n"));
  }
  while (all.open() < kStreams) std::this_thread::yield();
  EXPECT_EQ(server.counts().streams, kStreams);
  EXPECT_LT(ResidentNow(), memory + kStreams * 32 * 1024);
  all.Send(ChunkOf("to all"));
  for (Client& client : clients) ASSERT_TRUE(client.WaitFor("6\r\nto all\r\n"));
  EXPECT_TRUE(server.Drain(milliseconds(60'000)));
  for (Client& client : clients) {
    ASSERT_TRUE(client.WaitForEnd());
    EXPECT_TRUE(client.received().ends_with("3\r\nbye\r\n0\r\n\r\n"));
  }
}

TEST(StreamCrowd, ProducersWriteWhileClientsComeAndGo) {
  Broadcast all;
  {
    Server server(CrowdOptions(), Router({{"GET", "/stream", all.handler(), {}, true}}, {""}));
    std::atomic<bool> ends{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        const Chunk text = ChunkOf(std::string(20'000, 'x'));
        while (!ends) all.Send(text);
      });
    }
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&server] {
        for (int round = 0; round < 100; ++round) {
          Client client(server.port(), round % 2 == 0 ? 4096 : 0);
          client.Send(round % 5 == 0 ? "GET /stream HTTP/1.0\r\nHost: a\r\n\r\n" : Get("/stream"));
          if (round % 3 == 0) client.Read(100'000);
          if (round % 4 == 0) client.ResetOnClose();
        }
      });
    }
    for (std::thread& client : clients) client.join();
    ends = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(server.Drain(milliseconds(60'000)));
    const ServerCounts counts = server.counts();
    EXPECT_EQ(counts.requests_under_way, 0u);
    EXPECT_EQ(counts.streams, 0u);
    EXPECT_EQ(counts.unsent_bytes, 0u);
  }
  EXPECT_EQ(all.open(), 0u);
  EXPECT_EQ(all.alive, 0);
  EXPECT_GT(all.begun, 0);
  EXPECT_GT(all.gone, 0);
}

}  // namespace
}  // namespace contacts::http
