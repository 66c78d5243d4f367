#include "infra/http/trace.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

#include "events/values/ascii.h"
#include "events/values/hash.h"
#include "events/values/unicode.h"
#include "infra/http/text.h"

namespace contacts::http {
namespace {

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), unicode::IsVisibleAscii);
}

bool AllZero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

uint64_t Random() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return engine();
}

}  // namespace

std::string MakeRequestId() {
  const std::array<uint64_t, 2> bits = {Random(), Random()};
  return ToHex({reinterpret_cast<const char*>(bits.data()), sizeof bits});
}

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphanumeric(c) || std::string_view("-._~+/=:@").find(c) != std::string_view::npos;
  });
}

bool IsTraceparent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace = text.substr(3, 32);
  const std::string_view parent = text.substr(36, 16);
  if (!IsLowerHex(version) || !IsLowerHex(trace) || !IsLowerHex(parent) ||
      !IsLowerHex(text.substr(53, 2)) || version == "ff" || AllZero(trace) || AllZero(parent)) {
    return false;
  }
  return text.size() == 55 ||
         (version != "00" && text[55] == '-' && text.size() <= 128 && IsVisible(text.substr(56)));
}

}  // namespace contacts::http
