#include "infra/api/contact_id.h"

#include <charconv>
#include <string>

#include "events/values/ascii.h"
#include "events/values/unicode.h"

namespace contacts::api {

Result<ContactId> ContactInPath(const http::Request& request) {
  const std::string& text = request.parameters.front();
  ContactId id;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, id.value);
  if (error == std::errc() && stop == end && id.value >= 1) return id;
  return Error{ErrorCode::kBadRequest, "The path must hold a contact's id, an integer from 1 on" +
                                           unicode::CannotHold(text, IsDigit)};
}

}  // namespace contacts::api
