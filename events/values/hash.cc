#include "events/values/hash.h"

#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace contacts {
namespace {

// Fetched once: EVP_sha256() alone looks its implementation up again on each use in OpenSSL 3.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

// Keeps the context of the last key: looking up the algorithm and expanding a key cost several
// times as much as a short message, and a thread mostly signs with the same key again.
class KeyedHmac {
 public:
  Hash Sign(std::string_view key, std::string_view message) {
    Hash hash;
    size_t size = 0;
    if (!Begin(key) ||
        EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(message.data()),
                       message.size()) != 1 ||
        EVP_MAC_final(context_.get(), hash.bytes.data(), &size, hash.bytes.size()) != 1) {
      std::abort();
    }
    return hash;
  }

 private:
  bool Begin(std::string_view key) {
    if (key_ == key) return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1;
    key_ = key;
    char digest[] = "SHA256";
    const OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                               OSSL_PARAM_construct_end()};
    return EVP_MAC_init(context_.get(), reinterpret_cast<const unsigned char*>(key_->data()),
                        key_->size(), with) == 1;
  }

  static EVP_MAC_CTX* New() {
    static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    return EVP_MAC_CTX_new(algorithm);
  }

  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context_{New(),
                                                                           &EVP_MAC_CTX_free};
  std::optional<std::string> key_;  // of the context
};

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr int kNoDigit = 16;

// The value of each lower-case hex digit, indexed by character.
constexpr auto kDigitValues = [] {
  std::array<uint8_t, 256> digits{};
  for (uint8_t& digit : digits) digit = kNoDigit;
  for (int i = 0; i < 16; ++i) {
    digits[static_cast<size_t>(kHexDigits[i])] = static_cast<uint8_t>(i);
  }
  return digits;
}();

}  // namespace

Hash Sha256(std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> owned(
      EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_MD_CTX* const context = owned.get();
  Hash hash;
  unsigned size = 0;
  if (EVP_DigestInit_ex(context, Sha256Algorithm(), nullptr) != 1 ||
      EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context, hash.bytes.data(), &size) != 1) {
    std::abort();  // a crypto library without SHA-256 cannot keep a history
  }
  return hash;
}

Hash HmacSha256(std::string_view key, std::string_view message) {
  thread_local KeyedHmac hmac;
  return hmac.Sign(key, message);
}

std::string ToHex(std::string_view bytes) {
  std::string out;
  out.resize(bytes.size() * 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    out[2 * i] = kHexDigits[static_cast<unsigned char>(bytes[i]) >> 4];
    out[2 * i + 1] = kHexDigits[static_cast<unsigned char>(bytes[i]) & 15];
  }
  return out;
}

std::string ToHex(const Hash& hash) {
  return ToHex(
      std::string_view(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()));
}

bool FromHex(std::string_view hex, std::span<uint8_t> bytes) {
  if (hex.size() != 2 * bytes.size()) return false;
  int all = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int high = kDigitValues[static_cast<uint8_t>(hex[2 * i])];
    const int low = kDigitValues[static_cast<uint8_t>(hex[2 * i + 1])];
    all |= high | low;
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return all < kNoDigit;
}

std::optional<Hash> HashFromHex(std::string_view hex) {
  Hash hash;
  return FromHex(hex, hash.bytes) ? std::optional(hash) : std::nullopt;
}

}  // namespace contacts
