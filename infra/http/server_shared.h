// The state that all connections of a server share.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "events/values/invariant.h"
#include "infra/base/replaceable.h"
#include "infra/http/address.h"
#include "infra/http/address_counts.h"
#include "infra/http/server.h"

namespace contacts::http {

// The options that Server::Tune changes, in the units of ServerOptions.
struct Tuning {
  explicit Tuning(const ServerOptions& options)
      : trusted(options.trusted_proxies),
        max_head_bytes(options.max_head_bytes),
        idle_timeout(options.idle_timeout),
        access_log(options.access_log) {}

  TrustedProxies trusted;
  size_t max_head_bytes;
  std::chrono::milliseconds idle_timeout;
  bool access_log;
};

struct ServerShared {
  ServerShared(ServerOptions server_options, Router table)
      : options(std::move(server_options)), router(std::move(table)), tuning(Tuning(options)) {}

  // Uncounts a request that under_way counts.
  void RequestEnded() {
    const size_t left = --under_way;
    CONTACTS_INVARIANT(left != SIZE_MAX);
    if (left != 0 || !draining) return;
    const std::lock_guard lock(drained_mutex);
    drained.notify_all();
  }

  // A later call changes nothing.
  void BeginDrain(std::chrono::steady_clock::time_point now) {
    if (draining) return;
    drain_begin = now;
    draining = true;
  }
  // True: each answer is the last one of its connection.
  bool ClosesAfterAnswers() const { return leaving || draining; }
  // True: the drain has lasted longer than `time`.
  bool DrainsFor(std::chrono::steady_clock::duration time,
                 std::chrono::steady_clock::time_point now) const {
    return draining && now - drain_begin.load() > time;
  }

  const ServerOptions options;  // those of `tuning` too, as they were at the start
  const Router router;
  Replaceable<Tuning> tuning;
  std::atomic<bool> leaving{false};
  std::atomic<bool> draining{false};
  std::atomic<std::chrono::steady_clock::time_point> drain_begin{
      std::chrono::steady_clock::time_point::max()};
  std::atomic<size_t> cut{0};  // requests that the drain did not wait for
  std::atomic<size_t> connections{0};
  AddressCounts addresses;  // of the connections, without those of trusted proxies
  std::atomic<size_t> turned_away{0};
  std::atomic<size_t> held_bytes{0};    // of bodies that are read or that handlers hold
  std::atomic<size_t> unsent_bytes{0};  // of answers that sockets have not taken yet
  std::atomic<size_t> streams{0};       // answers that sources are writing
  // Requests whose answer is not written whole (nor dropped with its client), or that their handler
  // still holds.
  std::atomic<size_t> under_way{0};
  // Notified when, while draining, under_way has become 0.
  std::mutex drained_mutex;
  std::condition_variable drained;
};

}  // namespace contacts::http
