#include "infra/http/worker.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pistache/peer.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "infra/base/log.h"
#include "infra/http/socket_wire.h"

namespace contacts::http {
namespace {

// Reads from one client before the others get their turn, of 16 KiB each.
constexpr int kReadsInARow = 16;

// Connections beyond the limit that get a 503 at a time; the others of a flood are reset, because
// each holds a descriptor until it has taken its answer.
constexpr size_t kTurnedAwayAtOnce = 64;

// Unsent bytes that the kernel keeps for a slow reader; the rest of an answer waits in shared
// chunks.
constexpr int kUnsentBytes = 512 * 1024;

// Pistache needs a handler for every transport; this one only passes new peers on.
class Gate : public Pistache::Tcp::Handler {
  PROTOTYPE_OF(Pistache::Tcp::Handler, Gate)
 public:
  void onInput(const char*, size_t, const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
  void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    static_cast<Worker*>(transport())->Adopt(peer);
  }
};

// The client has ended its side (EPOLLRDHUP). Pistache asks for this flag and keeps it, but in a
// base that only a cast of this kind reaches ([expr.cast]/4.6).
bool HasEnded(const Pistache::Aio::FdSet::Entry& entry) {
  const auto& event = (const Pistache::Polling::Event&)entry;  // NOLINT
  return event.flags.hasFlag(Pistache::Polling::NotifyOn::Shutdown);
}

// Asks the socket itself: the event may belong to an earlier connection with the same descriptor,
// which was closed after the event was fetched. Reading does not tell: after the client's own end
// (FIN) it returns the end for ever, also after a reset.
bool HasHungUp(int fd) {
  pollfd state{fd, 0, 0};
  return poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR)) != 0;
}

// Sees also an end of the client's side that waits behind bytes that are not read yet.
bool HasEndedItsSide(int fd) {
  pollfd state{fd, POLLRDHUP, 0};
  return poll(&state, 1, 0) > 0 && (state.revents & POLLRDHUP) != 0;
}

IpAddress PeerAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  IpAddress address{};
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return address;
  if (storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    std::memcpy(address.bytes.data(), &v6->sin6_addr, 16);
  } else {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, &v4->sin_addr, 4);
  }
  return address;
}

}  // namespace

WorkerWakeup::WorkerWakeup(std::shared_ptr<OutputFlusher> flusher)
    : flusher_(std::move(flusher)), eventfd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

WorkerWakeup::~WorkerWakeup() { close(eventfd_); }

void WorkerWakeup::WhenWritable(const std::shared_ptr<Connection>& connection) {
  flusher_->WhenWritable(connection);
}

void WorkerWakeup::ReadAgain(const std::shared_ptr<Connection>& connection) {
  {
    const std::lock_guard lock(mutex_);
    again_.push_back(connection);
  }
  Wake();
}

void WorkerWakeup::Wake() { eventfd_write(eventfd_, 1); }

std::vector<std::shared_ptr<Connection>> WorkerWakeup::TakeAgain() {
  eventfd_t count = 0;
  eventfd_read(eventfd_, &count);
  const std::lock_guard lock(mutex_);
  return std::exchange(again_, {});
}

void WorkerGroup::WakeAll() {
  const std::lock_guard lock(mutex);
  for (const auto& wakeup : wakeups) wakeup->Wake();
}

void WorkerGroup::DropConnections() {
  const std::lock_guard lock(mutex);
  for (const auto& wakeup : wakeups) wakeup->TakeAgain();
}

void WorkerGroup::WaitUntilRunning(size_t workers) {
  WakeAll();
  std::unique_lock lock(mutex);
  started.wait(lock, [&] { return running >= workers; });
}

Worker::Worker(std::shared_ptr<WorkerGroup> group)
    : Transport(std::make_shared<Gate>()),
      group_(std::move(group)),
      wakeup_(std::make_shared<WorkerWakeup>(group_->flusher)) {}

std::shared_ptr<Pistache::Aio::Handler> Worker::clone() const {
  return std::make_shared<Worker>(group_);
}

void Worker::registerPoller(Pistache::Polling::Epoll& poller) {
  Transport::registerPoller(poller);
  using Pistache::Polling::NotifyOn;
  poller.addFd(wakeup_->descriptor(), Pistache::Flags<NotifyOn>(NotifyOn::Read),
               Pistache::Polling::Tag(wakeup_->descriptor()));
  const std::lock_guard lock(group_->mutex);
  group_->wakeups.push_back(wakeup_);
}

// An exception that left this function would end the process: Pistache's loop catches none.
void Worker::onReady(const Pistache::Aio::FdSet& events) {
  if (heart_) heart_->Beat();
  for (const auto& event : events) {
    const auto fd = static_cast<int>(event.getTag().value());
    try {
      const auto found = connections_.find(fd);
      if (fd == wakeup_->descriptor()) {
        OnWakeup();
      } else if (found == connections_.end()) {
        TakeNewPeers(event.getTag());
      } else if (const auto connection = found->second; event.isHangup() && HasHungUp(fd)) {
        Close(connection);
      } else {
        Read(connection, HasEnded(event) || event.isHangup());
      }
    } catch (const std::exception& error) {
      log::Error("the front failed at an event", {{"error", error.what()}});
    }
  }
}

void Worker::OnWakeup() {
  if (!running_) {
    running_ = true;
    heart_.emplace(group_->shared->options.name);
    const std::lock_guard lock(group_->mutex);
    ++group_->running;
    group_->started.notify_all();
  }
  for (const auto& connection : wakeup_->TakeAgain()) {
    const auto found = connections_.find(connection->descriptor());
    if (found == connections_.end() || found->second != connection) continue;
    Read(connection, true);
    if (group_->shared->draining) connection->CloseIfIdle();
  }
  // Pistache's queue can miss a wake-up (it empties its eventfd after it has found the queue
  // empty). The worker is woken five times a second, so no client waits until the next one comes.
  if (queue_tag_ != 0) TakeNewPeers(Pistache::Polling::Tag(queue_tag_));
}

// The queue of new peers is the only queue of Transport in use.
void Worker::TakeNewPeers(Pistache::Polling::Tag queue) {
  // Another tag belongs to a connection that was closed a moment ago.
  if (queue_tag_ != 0 && queue_tag_ != queue.value()) return;
  queue_tag_ = queue.value();
  Pistache::Polling::Event event(queue);
  event.flags = Pistache::Flags<Pistache::Polling::NotifyOn>(Pistache::Polling::NotifyOn::Read);
  Transport::onReady(Pistache::Aio::FdSet({event}));
}

void Worker::Adopt(const std::shared_ptr<Pistache::Tcp::Peer>& peer) {
  const int fd = peer->fd();
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
  const IpAddress address = PeerAddress(fd);
  const auto connection = std::make_shared<Connection>(group_->shared, wakeup_,
                                                       std::make_unique<SocketWire>(fd), address);
  connections_[fd] = connection;
  group_->flusher->Enrol(connection);
  LetIn(*connection, address);
  // The client was accepted before the drain began, and enrolled after the drain had looked for
  // connections to close. Pistache registers the descriptor after this function, so it cannot be
  // closed yet.
  if (group_->shared->draining) wakeup_->ReadAgain(connection);
}

void Worker::LetIn(Connection& connection, const IpAddress& address) {
  ServerShared& shared = *group_->shared;
  const size_t most = shared.options.max_connections;
  const size_t most_of_one = shared.options.max_connections_per_address.value_or(0);
  const size_t all = ++shared.connections;
  const bool counted = !shared.tuning.Get().trusted.Contains(address);
  if (!counted) uncounted_.insert(connection.descriptor());
  const size_t of_one = counted ? shared.addresses.Add(address) : 0;
  const size_t beyond = all - std::min(all, most);
  const size_t beyond_of_one = most_of_one > 0 ? of_one - std::min(of_one, most_of_one) : 0;
  if (beyond == 0 && beyond_of_one == 0) return;
  ++shared.turned_away;
  if (std::max(beyond, beyond_of_one) > kTurnedAwayAtOnce) return connection.CutOff();
  connection.TurnAway(beyond > 0 ? "too many connections"
                                 : "too many connections from this address");
}

// A connection that failed is in a state that nobody knows: it would neither answer nor expire.
void Worker::Read(const std::shared_ptr<Connection>& connection, bool more) {
  try {
    ReadInput(connection, more);
    const int fd = connection->descriptor();
    if (more && !connection->TellSources(HasEndedItsSide(fd))) Close(connection);
  } catch (const std::exception& error) {
    log::Error("a connection failed while it was read, and is closed", {{"error", error.what()}});
    Close(connection);
  }
}

// Events come once (edge-triggered): bytes after a read that took less than it could have an event
// of their own, and the event of the last bytes also announces an end that came with them
// (epoll(7)).
void Worker::ReadInput(const std::shared_ptr<Connection>& connection, bool more) {
  bool all_taken = false;
  const auto may_have_more = [&] { return !all_taken || connection->HasLeftover(); };
  for (int reads = 0; may_have_more() && connection->WantsInput(); ++reads) {
    if (reads == kReadsInARow) return wakeup_->ReadAgain(connection);
    const ssize_t count =
        ::recv(connection->descriptor(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count > 0) {
      connection->Input({buffer_.data(), static_cast<size_t>(count)});
      all_taken = !more && static_cast<size_t>(count) < buffer_.size();
    } else if (count == 0) {
      if (connection->InputEnded()) Close(connection);
      return;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno != EINTR) {
      return Close(connection);
    }
  }
}

// First all writing to the descriptor stops; only then may its number be used again.
void Worker::Close(const std::shared_ptr<Connection>& connection) {
  const int fd = connection->descriptor();
  connection->Closed();
  group_->flusher->Forget(*connection);
  --group_->shared->connections;
  if (uncounted_.erase(fd) == 0) group_->shared->addresses.Remove(connection->peer());
  connections_.erase(fd);
  if (const auto peer = peers.find(fd); peer != peers.end()) {
    removePeer(std::shared_ptr<Pistache::Tcp::Peer>(peer->second));
  }
}

}  // namespace contacts::http
