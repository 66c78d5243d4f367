// Clients that go while their requests wait, over real sockets.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "infra/http/server.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/echo_front.h"
#include "tests/infra/http/holder.h"
#include "tests/infra/http/later.h"

namespace contacts::http {
namespace {

using std::chrono::milliseconds;

constexpr size_t kBody = 250 * 1024;

ServerOptions Options() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.access_log = false;
  return options;
}

void WaitUntil(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the condition never held";
    std::this_thread::yield();
  }
}

// A client sent a body and went; the waiting handler kept the memory, which no limit counted, so
// clients could occupy any amount.
TEST(GoneClients, TheirBodiesAreCountedUntilTheHandlersLetGo) {
  constexpr size_t kClients = 30;
  Holder holder;
  Server server(Options(), holder.Routes());
  for (size_t i = 1; i <= kClients; ++i) {
    Client client(server.port());
    ASSERT_TRUE(client.Send(Post(kBody)));
    holder.WaitFor(i);
    client.ResetOnClose();
  }
  WaitUntil([&] { return server.counts().connections == 0; });
  EXPECT_EQ(server.counts().request_bytes, kClients * kBody);
  EXPECT_EQ(server.counts().requests_under_way, kClients);
  for (size_t i = 0; i < kClients / 2; ++i) holder.Take();
  EXPECT_EQ(server.counts().request_bytes, kClients / 2 * kBody);
  EXPECT_EQ(server.counts().requests_under_way, kClients / 2);
  holder.LetGo();
  EXPECT_EQ(server.counts().request_bytes, 0u);
  EXPECT_EQ(server.counts().requests_under_way, 0u);
}

// Reading returns only the client's orderly end, which came first.
TEST(GoneClients, AResetIsNoticedAfterTheClientsOwnEnd) {
  Holder holder;
  Server server(Options(), holder.Routes());
  std::atomic<int> told{0};
  {
    Client client(server.port());
    client.Send(Get("/hold"));
    holder.WaitFor(1);
    client.EndWriting();
    holder[0].responder.WhenGone([&told] { ++told; });
    client.Send("");
    client.ResetOnClose();
  }
  WaitUntil([&] { return told == 1; });
  WaitUntil([&] { return server.counts().connections == 0; });
}

// At the end of the program, tasks of these handlers went on in objects that were already
// destroyed.
TEST(GoneClients, TheDrainWaitsForTheirHandlers) {
  Holder holder;
  auto server = std::make_unique<Server>(Options(), holder.Routes());
  {
    Client client(server->port());
    client.Send(Post(1000));
    holder.WaitFor(1);
    client.ResetOnClose();
  }
  WaitUntil([&] { return server->counts().connections == 0; });
  EXPECT_FALSE(server->Drain(milliseconds(1)));
  Later later(1);
  later.Do([&] { holder.LetGo(); });
  EXPECT_TRUE(server->Drain(milliseconds(60000)));
}

TEST(GoneClients, OnesThatGoWhileDrainingLetItEnd) {
  Holder holder;
  Server server(Options(), holder.Routes());
  std::optional<Client> client(server.port());
  client->Send(Get("/hold"));
  holder.WaitFor(1);
  client->ResetOnClose();
  holder[0].responder.WhenGone([&holder] { holder.LetGo(); });
  Later later(1);
  later.Do([&] { client.reset(); });
  EXPECT_TRUE(server.Drain(milliseconds(60000)));
}

TEST(GoneClients, TheEndOfTheServerTellsWaitingHandlers) {
  Holder holder;
  std::atomic<int> told{0};
  std::optional<Client> client;
  {
    Server server(Options(), holder.Routes());
    client.emplace(server.port());
    client->Send(Post(1000));
    holder.WaitFor(1);
    holder[0].responder.WhenGone([&told] { ++told; });
  }
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(holder[0].responder.gone());
}

// Each function that is given to WhenGone is called once or destroyed, and all counts end at 0.
class Crowd {
 public:
  struct Wait {
    explicit Wait(Responder out) : responder(std::move(out)) {}
    Responder responder;
    std::atomic<bool> told{false};
  };

  Handler handler(Later* later) {
    return [this, later](Request request, Responder responder) {
      const unsigned way = way_++;
      auto wait = std::make_shared<Wait>(std::move(responder));
      ++given_;
      wait->responder.WhenGone([this, wait, counted = Counted(&destroyed_)] {
        if (wait->told.exchange(true)) ++told_twice_;
        wait->responder.Send(Text("to nobody"));
      });
      if (way % 4 == 0) return;  // only the function of WhenGone holds it, until its client goes
      auto held = std::make_shared<Request>(std::move(request));
      later->Do([way, wait = std::move(wait), held = std::move(held)]() mutable {
        if (way % 4 == 1) wait->responder.Send(Text(held->body));
        if (way % 4 == 2 && wait->responder.gone()) held->DropBody();
        wait.reset();
      });
    };
  }

  void ExpectAllDone() const {
    EXPECT_EQ(told_twice_, 0);
    EXPECT_EQ(destroyed_, given_);
    EXPECT_GT(given_, 0);
  }

 private:
  std::shared_ptr<void> Counted(std::atomic<int>* count) {
    return {count, [](std::atomic<int>* ended) { ++*ended; }};
  }

  std::atomic<unsigned> way_{0};
  std::atomic<int> given_{0}, destroyed_{0}, told_twice_{0};
};

TEST(GoneClients, HandlersAreToldWhileRequestsComeAndGo) {
  Crowd crowd;
  {
    Later later(2);
    ServerOptions options = Options();
    options.max_connections_per_address = 0;
    Server server(options, Router({{"POST", "/hold", crowd.handler(&later)}}, {""}));
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&server] {
        for (size_t round = 0; round < 150; ++round) {
          Client client(server.port());
          client.Send(Post(100 + round) + Post(20000));
          if (round % 3 == 0) client.EndWriting();
          if (round % 2 == 0) std::this_thread::yield();
          client.ResetOnClose();
        }
      });
    }
    for (std::thread& client : clients) client.join();
    WaitUntil([&] { return server.counts().connections == 0; });
    EXPECT_TRUE(server.Drain(milliseconds(60000)));
    // A handler drops its responder first and its request a moment later.
    WaitUntil([&] { return server.counts().request_bytes == 0; });
    const ServerCounts counts = server.counts();
    EXPECT_EQ(counts.requests_under_way, 0u);
    EXPECT_EQ(counts.unsent_bytes, 0u);
  }
  crowd.ExpectAllDone();
}

}  // namespace
}  // namespace contacts::http
