// The bytes to and from a Redis server, by TCP or TLS. The packaged hiredis speaks no TLS, so the
// socket is ours and hiredis reads and writes the protocol (redis_protocol.h).
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "events/values/result.h"
#include "infra/redis/redis_address.h"

namespace contacts {

// Authenticates servers: by a certificate of these authorities, for the host in the address.
struct TlsContext {
  // Empty `ca_file`: the authorities that this machine trusts. The error says what failed.
  static Result<TlsContext> Open(const std::string& ca_file);
  std::shared_ptr<SSL_CTX> context;
};

// One thread.
class RedisWire {
 public:
  using Clock = std::chrono::steady_clock;

  // Connects and, with TLS, shakes hands and checks the certificate; blocks up to `deadline`
  // (resolving the name may take longer). `tls` is used only with address.tls. kUnavailable with
  // the cause.
  static Result<std::unique_ptr<RedisWire>> Open(const RedisAddress& address, const TlsContext& tls,
                                                 Clock::time_point deadline);
  ~RedisWire();
  RedisWire(const RedisWire&) = delete;
  RedisWire& operator=(const RedisWire&) = delete;

  int fd() const { return fd_; }
  // Whether to poll for writing too: TLS may have to write before it can read, and the reverse.
  bool wants_write() const { return wants_write_; }

  // The number of bytes read or written; 0: none now, poll. kUnavailable: the connection has ended.
  Result<size_t> Read(char* into, size_t size);
  Result<size_t> Write(std::string_view bytes);

  // Polls until reading or writing may go on. False: the deadline has passed.
  bool Wait(Clock::time_point deadline) const;

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  explicit RedisWire(int fd) : fd_(fd) {}
  Result<bool> ShakeHands(const RedisAddress& address, const TlsContext& tls,
                          Clock::time_point deadline);
  Result<size_t> AfterSsl(int outcome);

  const int fd_;
  bool wants_write_ = false;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace contacts
