// Any bytes as Cookie headers: no fault, and no unsigned session is accepted.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "infra/identity/cookie.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<std::string> secrets = {"keyboard cat", "two"};
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> headers;
  while (!rest.empty()) {  // a line feed divides headers, since no header can hold one
    const size_t end = std::min(rest.find('\n'), rest.size());
    headers.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto value = contacts::FindCookie(headers, contacts::kSessionCookie);
  const size_t came = contacts::CountCookies(headers, contacts::kSessionCookie);
  if (value.has_value() != (came > 0)) std::abort();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cleared = contacts::ClearElsewhere({}, text.substr(0, size / 2), text, false);
  for (const std::string& one : cleared) {
    if (one.find_first_of("\r\n") != std::string::npos || cleared.size() > 24) std::abort();
  }
  if (!value) return 0;
  const auto sid = contacts::VerifySession(*value, secrets);
  if (!sid) return 0;
  // An accepted session is signed: making its cookie again gives the same value for one secret.
  for (const auto& secret : secrets) {
    const auto made = "connect.sid=" + contacts::SignSession(*sid, secret);
    if (contacts::FindCookie({made}, contacts::kSessionCookie) == value) return 0;
  }
  std::abort();
}
