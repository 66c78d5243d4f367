// Pages of other origins that may use this server with their users' cookies (the Fetch standard's
// CORS protocol). Nobody may unless the operator names the origin.
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
// Any thread. Copies are one: what replaces the origins of one does so for all.
class AllowedOrigins {
 public:
  AllowedOrigins() : AllowedOrigins(std::vector<std::string>()) {}
  // Throws std::runtime_error that names what is no origin; "*" is none: it would let every page
  // in.
  explicit AllowedOrigins(const std::vector<std::string>& origins);

  void ReplaceBy(const AllowedOrigins& others) const { origins_->Replace(others.origins_->Get()); }

  bool empty() const { return origins_->Get().empty(); }
  bool Contains(std::string_view origin) const;

  // Each answer says these besides, also one to a request that was not read whole; `origin`: as far
  // as it was read. There are none while no origin is allowed.
  std::vector<Header> HeadersFor(std::optional<std::string_view> origin,
                                 std::string_view method) const;
  // The same of a request whose origin was not read: when one origin alone is allowed, a page of it
  // can read the answer.
  std::vector<Header> HeadersUnread() const;
  // What the answer to a preflight says besides; `methods`: those of the path. Empty for any other
  // request.
  std::vector<Header> PreflightHeaders(const Request& request, const std::string& methods) const;

 private:
  std::shared_ptr<Replaceable<std::vector<std::string>>> origins_;
};

}  // namespace contacts::http
