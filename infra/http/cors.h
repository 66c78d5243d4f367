// Pages of other origins that may use this server with their users' cookies (the Fetch standard's
// CORS protocol). None may unless the operator names its origin.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infra/base/replaceable.h"
#include "infra/http/message.h"

namespace contacts::http {

// scheme://host[:port], as a browser writes it: lower case, without the scheme's own port.
// Any thread. Copies share their origins: ReplaceBy on one replaces those of all.
class AllowedOrigins {
 public:
  AllowedOrigins() : AllowedOrigins(std::vector<std::string>()) {}
  // Throws std::runtime_error that names the text that is not an origin. "*" is not one, because it
  // would let every page in.
  explicit AllowedOrigins(const std::vector<std::string>& origins);

  void ReplaceBy(const AllowedOrigins& others) const { origins_->Replace(others.origins_->Get()); }

  bool empty() const { return origins_->Get().empty(); }
  bool Contains(std::string_view origin) const;

  // Headers to add to each answer, also to that of a request whose head was not read whole.
  // `origin` and `method` are the request's, if they were read. Empty while no origin is allowed.
  std::vector<Header> HeadersFor(std::optional<std::string_view> origin,
                                 std::string_view method) const;
  // The same for a request whose origin was not read: if only one origin is allowed, its pages can
  // read the answer.
  std::vector<Header> HeadersUnread() const;
  // Headers to add to the answer to a preflight; `methods` are those of the path. Empty for any
  // other request.
  std::vector<Header> PreflightHeaders(const Request& request, const std::string& methods) const;

 private:
  std::shared_ptr<Replaceable<std::vector<std::string>>> origins_;
};

}  // namespace contacts::http
