#include "events/values/base64.h"

#include <openssl/evp.h>

namespace contacts {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// OpenSSL takes more than the canonical form: white space around the text, padding anywhere, and
// bits behind the last byte.
bool IsCanonical(std::string_view text, size_t padding) {
  if (text.empty()) return true;
  const std::string_view digits = text.substr(0, text.size() - padding);
  if (digits.empty() || digits.find('=') != digits.npos) return false;
  if (kAlphabet.find(digits.front()) == kAlphabet.npos) return false;
  const size_t last = kAlphabet.find(digits.back());
  const size_t unused = padding == 2 ? 0xF : padding == 1 ? 0x3 : 0;
  return last != kAlphabet.npos && (last & unused) == 0;
}

}  // namespace

std::string ToBase64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a zero after it
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

std::optional<std::string> FromBase64(std::string_view text) {
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (text.size() % 4 != 0 || !IsCanonical(text, padding)) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<size_t>(size) - padding);  // OpenSSL counts a byte for each
  return bytes;
}

}  // namespace contacts
