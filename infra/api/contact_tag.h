// The ETag of one contact: the position of the record that last changed it, as in "17" and "2.121".
// It names a state of the contact and not the bytes of one answer, so a weak tag, and one to which
// a compressing proxy has added "-gzip", count as the tag itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/position.h"
#include "infra/http/message.h"

namespace contacts::api {

// With its quotes.
std::string ContactTag(const Position& changed);

// The tags of a header. A tag that cannot be a contact's is left out, since it matches nothing.
struct ContactTags {
  bool any = false;        // `*`
  bool malformed = false;  // a member of the list is no entity tag
  std::vector<Position> positions;

  bool Name(const Position& changed) const;
};
// `header`: "If-Match" or "If-None-Match" (RFC 9110, 13.1); nullopt: the request has none.
std::optional<ContactTags> ContactTagsIn(const http::Request& request, const char* header);

}  // namespace contacts::api
