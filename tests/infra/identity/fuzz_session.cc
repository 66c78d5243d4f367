// Any bytes as a session of the store: no fault, and an accepted session has all that it must have.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "infra/identity/session_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const contacts::SessionFields fields = contacts::SessionFields::Usual();
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto stored = contacts::ReadSession(json, fields);
  if (!stored.ok()) return 0;
  if (stored.value().own) {
    const contacts::OwnSession& own = *stored.value().own;
    if (!contacts::IsTenantId(own.tenant.value) || own.user_id.value.empty()) std::abort();
    // Writing and reading it again gives the same.
    const contacts::Session user{own.tenant, own.user_id, "jane", "admin", {}};
    const auto again = contacts::ReadSession(
        contacts::WriteSession(own, user, fields, contacts::SessionOptions(), false), fields);
    if (!again.ok() || again.value().own != own) std::abort();
    return 0;
  }
  const contacts::Session& session = stored.value().session;
  if (!contacts::IsTenantId(session.tenant.value) || session.user_id.value.empty() ||
      session.role.empty() || session.username.empty()) {
    std::abort();
  }
  if (session.contact_id && session.contact_id->value < 1) std::abort();
  return 0;
}
