#include "events/seal/wrapping.h"

#include <algorithm>

#include "events/seal/cipher.h"

namespace contacts::seal {
namespace {

constexpr char kVersion = 1;
constexpr size_t kHead = 1 + MasterKeys::kIdSize + Cipher::kNonceSize;
constexpr size_t kSeedSize = 32;
constexpr unsigned char kFirstPrintable = 0x20;

}  // namespace

std::string MasterKeys::IdOf(const Seed& key) {
  const Hash hash = Sha256(key.view());
  ForgetDerived();
  return {reinterpret_cast<const char*>(hash.bytes.data()), kIdSize};
}

bool MasterKeys::Has(std::string_view id) const {
  return std::any_of(keys_.begin(), keys_.end(), [&](const Seed& key) { return IdOf(key) == id; });
}

std::string MasterKeys::Wrap(std::string_view id, std::string_view secret,
                             std::string_view nonce) const {
  const Seed& key = keys_.front();
  std::string wrapped(1, kVersion);
  wrapped += IdOf(key);
  wrapped += nonce;
  Cipher cipher(Cipher::Direction::kSeal, key, nonce, id);
  wrapped += cipher.Update(secret);
  return wrapped += cipher.Tag();
}

std::optional<std::string> MasterKeys::Unwrap(std::string_view id, std::string_view wrapped) const {
  if (FormOf(wrapped) != ValueForm::kWrapped) return std::nullopt;
  const std::string_view nonce = wrapped.substr(1 + kIdSize, Cipher::kNonceSize);
  const std::string_view sealed = wrapped.substr(kHead, wrapped.size() - kHead - Cipher::kTagSize);
  for (const Seed& key : keys_) {
    if (IdOf(key) != KeyIdIn(wrapped)) continue;
    Cipher cipher(Cipher::Direction::kOpen, key, nonce, id);
    std::string secret = cipher.Update(sealed);
    if (cipher.HasTag(wrapped.substr(wrapped.size() - Cipher::kTagSize))) return secret;
    const Wiping wiping(&secret);
  }
  return std::nullopt;
}

std::optional<Seed> MasterKeyFrom(std::string_view hex) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  Seed key;
  if (hex.size() != 2 * key.bytes.size()) return std::nullopt;
  for (size_t i = 0; i < key.bytes.size(); ++i) {
    const int high = digit(hex[2 * i]);
    const int low = digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key.bytes[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return key;
}

ValueForm FormOf(std::string_view value) {
  const bool is_text = value.empty() || static_cast<unsigned char>(value[0]) >= kFirstPrintable;
  if (is_text || value.size() == kSeedSize) return ValueForm::kPlain;
  const bool is_wrapped = value[0] == kVersion && value.size() > kHead + Cipher::kTagSize;
  return is_wrapped ? ValueForm::kWrapped : ValueForm::kUnknown;
}

std::string_view KeyIdIn(std::string_view wrapped) {
  return wrapped.substr(1, MasterKeys::kIdSize);
}

}  // namespace contacts::seal
