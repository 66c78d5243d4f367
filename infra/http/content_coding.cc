#include "infra/http/content_coding.h"

#include <optional>

#include "events/values/ascii.h"
#include "infra/http/text.h"

namespace contacts::http {
namespace {

// qvalue = "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3("0") ], in thousandths; nullopt: malformed.
std::optional<int> ReadWeight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int place = 100;
  for (const char c : text.substr(text.size() > 1 ? 2 : 1)) {
    if (!IsDigit(c)) return std::nullopt;
    weight += (c - '0') * place;
    place /= 10;
  }
  return weight <= 1000 ? std::optional<int>(weight) : std::nullopt;
}

struct Member {
  std::string_view coding;
  int weight;
};

Member ReadMember(std::string_view element) {
  const size_t semicolon = element.find(';');
  Member member{TrimSpace(element.substr(0, semicolon)), 1000};
  if (semicolon == std::string_view::npos) return member;
  const std::string_view parameter = TrimSpace(element.substr(semicolon + 1));
  member.weight = 0;
  if (parameter.size() > 2 && EqualsIgnoringCase(parameter.substr(0, 2), "q=")) {
    member.weight = ReadWeight(parameter.substr(2)).value_or(0);
  }
  return member;
}

}  // namespace

Coding ChooseCoding(const std::vector<std::string_view>& accept_encoding) {
  std::optional<int> gzip, identity, any;
  for (const std::string_view value : accept_encoding) {
    for (const std::string_view element : ListElements(value)) {
      const Member member = ReadMember(element);
      if (EqualsIgnoringCase(member.coding, "gzip") ||
          EqualsIgnoringCase(member.coding, "x-gzip")) {
        gzip = member.weight;
      } else if (EqualsIgnoringCase(member.coding, "identity")) {
        identity = member.weight;
      } else if (member.coding == "*") {
        any = member.weight;
      }
    }
  }
  const int liking = gzip.value_or(any.value_or(0));
  return liking > 0 && liking >= identity.value_or(0) ? Coding::kGzip : Coding::kIdentity;
}

}  // namespace contacts::http
