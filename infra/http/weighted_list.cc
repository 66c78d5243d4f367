#include "infra/http/weighted_list.h"

#include <algorithm>

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

// Empty parameters are allowed (RFC 9110, 5.6.6).
Choice ReadChoice(std::string_view element) {
  const std::vector<std::string_view> parts = Split(element, ';', Quotes::kHideMore);
  Choice choice{parts.front()};
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    if (part->size() >= 2 && EqualsIgnoringCase(part->substr(0, 2), "q=")) {
      choice.weight = ReadWeight(part->substr(2)).value_or(0);
    } else if (!part->empty()) {
      choice.is_bare = false;
    }
  }
  return choice;
}

}  // namespace

std::vector<Choice> ReadChoices(const std::vector<std::string_view>& values) {
  std::vector<Choice> choices;
  for (const std::string_view value : values) {
    for (const std::string_view element : ListElements(value, Quotes::kHideMore)) {
      choices.push_back(ReadChoice(element));
    }
  }
  return choices;
}

std::optional<int> WeightOf(const std::vector<Choice>& choices, std::string_view name) {
  std::optional<int> greatest;
  for (const Choice& choice : choices) {
    if (EqualsIgnoringCase(choice.name, name)) {
      greatest = std::max(greatest.value_or(0), choice.weight);
    }
  }
  return greatest;
}

}  // namespace contacts::http
