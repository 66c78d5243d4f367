#include "infra/api/contact_tag.h"

#include <algorithm>
#include <string_view>

#include "infra/api/quoted_text.h"
#include "infra/http/text.h"

namespace contacts::api {

std::string ContactTag(const Position& changed) { return '"' + TextOf(changed) + '"'; }

bool ContactTags::Name(const Position& changed) const {
  return any || std::find(positions.begin(), positions.end(), changed) != positions.end();
}

std::optional<ContactTags> ContactTagsIn(const http::Request& request, const char* header) {
  const std::vector<std::string_view> values = request.FindAll(header);
  if (values.empty()) return std::nullopt;
  ContactTags tags;
  for (const std::string_view value : values) {
    for (std::string_view tag : http::ListElements(value, http::Quotes::kHide)) {
      if (tag == "*") {
        tags.any = true;
        continue;
      }
      if (tag.starts_with("W/")) tag.remove_prefix(2);
      std::string_view text = Unquote(tag);
      if (text.size() == tag.size()) {
        tags.malformed = true;
        continue;
      }
      if (text.ends_with("-gzip")) text.remove_suffix(std::string_view("-gzip").size());
      if (const auto position = PositionFrom(text)) tags.positions.push_back(*position);
    }
  }
  return tags;
}

}  // namespace contacts::api
