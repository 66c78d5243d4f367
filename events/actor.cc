#include "events/actor.h"

#include "events/values/hash.h"
#include "events/values/precis.h"
#include "events/values/unicode.h"

namespace contacts::actors {
namespace {

constexpr std::string_view kAnother = "ext:";
constexpr char kPseudonym = '~';

// E-mail addresses and full names do; the numbers and codes that applications mostly use do not.
bool MayNameAPerson(std::string_view id) {
  return id.find('@') != std::string_view::npos || unicode::HasWhiteSpace(id);
}

}  // namespace

std::string OfOperator(std::string_view name) { return "operator:" + FoldUserName(name); }

std::string OfAnother(const TenantId& tenant, std::string_view id, const Pseudonym& pseudonym) {
  if (!MayNameAPerson(id) && !id.starts_with(kPseudonym)) return std::string(kAnother).append(id);
  const std::string hash = pseudonym ? pseudonym(tenant, id) : "";
  return hash.empty() ? "" : std::string(kAnother) + kPseudonym + hash;
}

std::string PseudonymOf(std::string_view key, std::string_view id) {
  return ToHex(HmacSha256(key, id));
}

}  // namespace contacts::actors
