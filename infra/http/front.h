// What all connections of a server share.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

#include "infra/http/address.h"
#include "infra/http/server.h"

namespace contacts::http {

struct Front {
  Front(ServerOptions server_options, Router table)
      : options(std::move(server_options)),
        router(std::move(table)),
        trusted(options.trusted_proxies) {}

  const ServerOptions options;
  const Router router;
  const TrustedProxies trusted;
  std::atomic<bool> draining{false};
  std::atomic<size_t> connections{0};
  std::atomic<size_t> unanswered_bytes{0};  // of bodies read, or being read
  std::atomic<size_t> under_way{0};         // requests begun whose answer is not written whole
  // Notified when, while draining, under_way has become 0.
  std::mutex drained_mutex;
  std::condition_variable drained;
};

}  // namespace contacts::http
