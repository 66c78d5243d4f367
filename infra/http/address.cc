#include "infra/http/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "infra/http/target.h"
#include "infra/http/text.h"

namespace contacts::http {
namespace {

constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<IpAddress> ReadBare(std::string_view text) {
  const std::string terminated(text);
  IpAddress address{};
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + 12) == 1) return address;
  return std::nullopt;
}

template <typename Number>
std::optional<Number> ReadNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view LastElement(const std::vector<std::string_view>& values) {
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    const std::vector<std::string_view> elements = ListElements(*value);
    if (!elements.empty()) return elements.back();
  }
  return {};
}

}  // namespace

bool IpAddress::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

std::string IpAddress::Text() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_v4()) {
    inet_ntop(AF_INET, bytes.data() + 12, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  }
  return text;
}

std::optional<IpAddress> ReadAddress(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view port = text.substr(close + 1);
    if (!port.empty() && (port[0] != ':' || !ReadNumber<uint16_t>(port.substr(1)))) {
      return std::nullopt;
    }
    return ReadBare(text.substr(1, close - 1));
  }
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    if (!ReadNumber<uint16_t>(text.substr(colon + 1))) return std::nullopt;
    return ReadBare(text.substr(0, colon));
  }
  return ReadBare(text);
}

ListenAddress ReadListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  const std::runtime_error malformed("listen address \"" + std::string(text) +
                                     "\": expected HOST:PORT or [IPV6]:PORT");
  if (colon == std::string_view::npos) throw malformed;
  std::string_view host = text.substr(0, colon);
  const std::optional<uint16_t> port = ReadNumber<uint16_t>(text.substr(colon + 1));
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool has_colon = host.find(':') != std::string_view::npos;
  if (!port || host.empty() || bracketed != has_colon) throw malformed;
  return {std::string(host), *port};
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    const size_t slash = entry.find('/');
    const std::optional<IpAddress> base = ReadBare(std::string_view(entry).substr(0, slash));
    std::optional<unsigned> bits = 128;
    if (base && slash != std::string::npos) {
      bits = ReadNumber<unsigned>(std::string_view(entry).substr(slash + 1));
      const bool v4 = entry.find(':') == std::string::npos;
      if (bits && *bits > (v4 ? 32u : 128u)) bits.reset();
      if (bits && v4) *bits += 96;
    }
    if (!base || !bits) {
      throw std::runtime_error("trusted proxy \"" + entry + "\": expected ADDRESS or ADDRESS/BITS");
    }
    blocks_.push_back({*base, *bits});
  }
}

bool TrustedProxies::Contains(const IpAddress& address) const {
  return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    const size_t whole = block.bits / 8;
    if (std::memcmp(block.base.bytes.data(), address.bytes.data(), whole) != 0) return false;
    const unsigned rest = block.bits % 8;
    return rest == 0 || ((block.base.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
  });
}

void TrustedProxies::Apply(const IpAddress& peer, Request* request) const {
  if (blocks_.empty() || !Contains(peer)) return;
  IpAddress client = peer;
  std::vector<std::string_view> path;
  for (const std::string_view value : request->FindAll("X-Forwarded-For")) {
    for (const std::string_view element : ListElements(value)) path.push_back(element);
  }
  for (auto hop = path.rbegin(); hop != path.rend() && Contains(client); ++hop) {
    const std::optional<IpAddress> address = ReadAddress(*hop);
    if (!address) break;  // what is before it could be anything
    client = *address;
  }
  request->client_address = client.Text();
  request->secure = EqualsIgnoringCase(LastElement(request->FindAll("X-Forwarded-Proto")), "https");
  const std::string_view host = LastElement(request->FindAll("X-Forwarded-Host"));
  if (!host.empty() && IsHost(host)) request->host = host;
}

}  // namespace contacts::http
