#include "infra/redis/redis_wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "infra/base/connect.h"
#include "infra/base/errno_text.h"

namespace contacts {
namespace {

using Clock = RedisWire::Clock;

Error Lost(std::string why) { return {ErrorCode::kUnavailable, std::move(why), {}, 1}; }

// The oldest error that OpenSSL keeps for this thread; clears all of them.
std::string SslCause() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "the connection was closed" : reason;
}

bool IsAddress(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

Result<TlsContext> TlsContext::Open(const std::string& ca_file) {
  TlsContext tls{std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_client_method()), SSL_CTX_free)};
  SSL_CTX* context = tls.context.get();
  if (context == nullptr) return Lost("TLS cannot start: " + SslCause());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context)
                                     : SSL_CTX_load_verify_file(context, ca_file.c_str());
  if (loaded != 1) return Lost("The authorities in " + ca_file + " cannot be read: " + SslCause());
  return tls;
}

Result<std::unique_ptr<RedisWire>> RedisWire::Open(const RedisAddress& address,
                                                   const TlsContext& tls,
                                                   Clock::time_point deadline) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int fault = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (fault != 0) return Lost(gai_strerror(fault));
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  std::string why = "there is no address";
  for (const addrinfo* to = found; to != nullptr; to = to->ai_next) {
    const int fd = ConnectTo(*to, deadline, &why);
    if (fd < 0) continue;
    std::unique_ptr<RedisWire> wire(new RedisWire(fd));
    if (!address.tls) return wire;
    const auto shaken = wire->ShakeHands(address, tls, deadline);
    if (shaken.ok()) return wire;
    why = shaken.error().message;
  }
  return Lost(why);
}

RedisWire::~RedisWire() { close(fd_); }

Result<bool> RedisWire::ShakeHands(const RedisAddress& address, const TlsContext& tls,
                                   Clock::time_point deadline) {
  ssl_.reset(SSL_new(tls.context.get()));
  if (!ssl_ || SSL_set_fd(ssl_.get(), fd_) != 1) return Lost("TLS cannot start: " + SslCause());
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl_.get());
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool named = IsAddress(address.host)
                         ? X509_VERIFY_PARAM_set1_ip_asc(wanted, address.host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(wanted, address.host.c_str(), 0) == 1 &&
                               SSL_set_tlsext_host_name(ssl_.get(), address.host.c_str()) == 1;
  if (!named) return Lost("TLS cannot start: " + SslCause());
  while (true) {
    ERR_clear_error();
    const int outcome = SSL_connect(ssl_.get());
    if (outcome == 1) return true;
    const long verified = SSL_get_verify_result(ssl_.get());
    if (verified != X509_V_OK) {
      ERR_clear_error();
      return Lost(std::string("the certificate is not accepted: ") +
                  X509_verify_cert_error_string(verified));
    }
    if (const auto on = AfterSsl(outcome); !on.ok()) return on.error();
    if (!Wait(deadline)) return Lost("TLS was not agreed on in time");
  }
}

// The result of an SSL call that failed; 0: call it again after a poll.
Result<size_t> RedisWire::AfterSsl(int outcome) {
  const int error = SSL_get_error(ssl_.get(), outcome);
  wants_write_ = error == SSL_ERROR_WANT_WRITE;
  if (wants_write_ || error == SSL_ERROR_WANT_READ) return size_t{0};
  if (error == SSL_ERROR_SYSCALL && errno != 0) return Lost(ErrnoText(errno));
  return Lost(SslCause());
}

Result<size_t> RedisWire::Read(char* into, size_t size) {
  if (ssl_) {
    ERR_clear_error();
    errno = 0;
    const int got = SSL_read(ssl_.get(), into, static_cast<int>(size));
    if (got <= 0) return AfterSsl(got);
    wants_write_ = false;
    return static_cast<size_t>(got);
  }
  const ssize_t got = recv(fd_, into, size, 0);
  if (got > 0) return static_cast<size_t>(got);
  if (got == 0) return Lost("the connection was closed");
  if (errno == EAGAIN || errno == EINTR) return size_t{0};
  return Lost(ErrnoText(errno));
}

Result<size_t> RedisWire::Write(std::string_view bytes) {
  if (ssl_) {
    ERR_clear_error();
    errno = 0;
    const int put = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (put <= 0) return AfterSsl(put);
    wants_write_ = false;
    return static_cast<size_t>(put);
  }
  const ssize_t put = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  wants_write_ = put < static_cast<ssize_t>(bytes.size());
  if (put >= 0) return static_cast<size_t>(put);
  if (errno == EAGAIN || errno == EINTR) return size_t{0};
  return Lost(ErrnoText(errno));
}

bool RedisWire::Wait(Clock::time_point deadline) const {
  pollfd ready{fd_, static_cast<short>(wants_write_ ? POLLIN | POLLOUT : POLLIN), 0};
  return poll(&ready, 1, LeftUntil(deadline)) == 1;
}

}  // namespace contacts
