// A worker gets events one by one from the test.
#include "infra/http/worker.h"

#include <gtest/gtest.h>
#include <pistache/peer.h>
#include <sys/socket.h>

#include <memory>
#include <optional>

#include "tests/infra/http/client.h"
#include "tests/infra/http/echo_front.h"

namespace contacts::http {
namespace {

using Pistache::Polling::NotifyOn;

class Workers : public ::testing::Test {
 protected:
  Workers() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Workers() override { ::close(listener_); }

  // The descriptor of the next client's connection.
  int Accept() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    worker_.Adopt(Pistache::Tcp::Peer::Create(fd, Pistache::Address()));
    return fd;
  }
  void Tell(int fd, std::initializer_list<NotifyOn> what) {
    Pistache::Polling::Event event{Pistache::Polling::Tag(fd)};
    for (const NotifyOn flag : what) event.flags.setFlag(flag);
    worker_.onReady(Pistache::Aio::FdSet({event}));
  }

  const int listener_;
  uint16_t port_ = 0;
  const std::shared_ptr<ServerShared> shared_ =
      std::make_shared<ServerShared>(SmallLimits(), EchoRouter());
  const std::shared_ptr<WorkerGroup> group_ =
      std::make_shared<WorkerGroup>(shared_, std::make_shared<OutputFlusher>());
  Worker worker_{group_};
};

// Events are fetched in batches: an event that closes a connection, and frees its number for
// another, may be followed by the first one's hang-up. It closed the other connection.
TEST_F(Workers, TheHangUpOfAnEarlierConnectionClosesNoOther) {
  std::optional<Client> first(port_);
  const int fd = Accept();
  first->ResetOnClose();
  first.reset();
  Tell(fd, {NotifyOn::Read, NotifyOn::Hangup});
  EXPECT_EQ(shared_->connections, 0u);
  ::close(fd);

  Client second(port_);
  ASSERT_EQ(Accept(), fd);
  Tell(fd, {NotifyOn::Read, NotifyOn::Hangup});
  EXPECT_EQ(shared_->connections, 1u);
  second.Send(Get("/echo"));
  Tell(fd, {NotifyOn::Read});
  const auto answer = second.Answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "/echo||");

  second.EndWriting();
  Tell(fd, {NotifyOn::Read, NotifyOn::Shutdown});
  EXPECT_EQ(shared_->connections, 0u);
  ::close(fd);
}

// Pistache had not registered the client yet: removing it failed, and its descriptor was never
// closed.
TEST_F(Workers, AClientThatComesAndGoesWhileDrainingIsClosedAfterItWasRegistered) {
  Pistache::Polling::Epoll poller;
  worker_.registerPoller(poller);
  shared_->draining = true;
  std::optional<Client> client(port_);
  client.reset();
  const int fd = Accept();
  EXPECT_EQ(shared_->connections, 1u);
  Tell(group_->wakeups[0]->descriptor(), {NotifyOn::Read});
  EXPECT_EQ(shared_->connections, 0u);
  ::close(fd);
}

}  // namespace
}  // namespace contacts::http
