#include "infra/http/trace.h"

#include <algorithm>
#include <cstdint>
#include <random>

namespace contacts::http {
namespace {

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
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
  std::string id(32, '0');
  for (size_t half = 0; half < 2; ++half) {
    uint64_t bits = Random();
    for (size_t i = 0; i < 16; ++i, bits >>= 4) id[half * 16 + i] = "0123456789abcdef"[bits & 15];
  }
  return id;
}

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._~+/=:@").find(c) != std::string_view::npos;
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
  return text.size() == 55 || (version != "00" && text[55] == '-' && text.size() <= 128 &&
                               IsVisibleAscii(text.substr(56)));
}

}  // namespace contacts::http
