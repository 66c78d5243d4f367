#include "infra/identity/carried_token.h"

#include <algorithm>

#include "events/values/ascii.h"
#include "infra/base/random.h"

namespace contacts {
namespace {

constexpr size_t kSecretBytes = 32;
constexpr size_t kMostIdBytes = 64;

bool IsSecret(std::string_view text) {
  return text.size() == 2 * kSecretBytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMostIdBytes &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

// Removes the text after the last "_" from `text` and returns it; nullopt: there is no "_".
std::optional<std::string_view> TakeLast(std::string_view* text) {
  const size_t at = text->rfind('_');
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view last = text->substr(at + 1);
  *text = text->substr(0, at);
  return last;
}

}  // namespace

std::string NewCarriedToken(std::string_view kind, const TenantId& tenant, std::string_view id) {
  std::string token(kind);
  token.append("_").append(tenant.value).append("_").append(id).append("_");
  return token + RandomHex(kSecretBytes);
}

std::optional<CarriedToken> ReadCarriedToken(std::string_view kind, std::string_view text) {
  std::string_view left = text;
  const auto secret = TakeLast(&left);
  const auto id = TakeLast(&left);
  if (!secret || !id || !IsSecret(*secret) || !IsId(*id)) return std::nullopt;
  if (!left.starts_with(kind)) return std::nullopt;
  left.remove_prefix(kind.size());
  if (!left.starts_with('_') || !IsTenantId(left.substr(1))) return std::nullopt;
  return CarriedToken{TenantId{std::string(left.substr(1))}, std::string(*id), Sha256(text)};
}

std::string NewTokenId() { return RandomHex(8); }

}  // namespace contacts
