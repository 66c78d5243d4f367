#include "events/secret_store.h"

#include "events/values/hash.h"

namespace contacts {
namespace {

constexpr std::string_view kOfContent = "sha256-";

}  // namespace

std::string SecretIdOf(std::string_view secret) {
  return std::string(kOfContent) + ToHex(Sha256(secret));
}

bool IsSecretOf(std::string_view id, std::string_view secret) {
  return !id.starts_with(kOfContent) || id == SecretIdOf(secret);
}

}  // namespace contacts
