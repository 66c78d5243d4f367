#include "events/contact.h"

#include <utility>

namespace contacts {

ContactPart WholePart(ContactFields fields) {
  ContactPart part;
  VisitFields(part, fields, [](auto& to, auto& from) { to.value.emplace(std::move(from.value)); });
  return part;
}

ContactDifference DifferenceOf(ContactFields before, ContactFields after) {
  ContactDifference difference{WholePart(std::move(before)), WholePart(std::move(after))};
  VisitFields(difference.before, difference.after, [](auto& was, auto& is) {
    if (was.value != is.value) return;
    was.value.reset();
    is.value.reset();
  });
  return difference;
}

void SetPart(ContactPart part, ContactFields* fields) {
  VisitFields(part, *fields, [](auto& from, auto& to) {
    if (from.value) to.value = *std::move(from.value);
  });
}

bool IsEmpty(const ContactPart& part) { return part == ContactPart{}; }

std::string FoldEmail(std::string_view email) {
  const auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!email.empty() && space(email.front())) email.remove_prefix(1);
  while (!email.empty() && space(email.back())) email.remove_suffix(1);
  std::string folded(email);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return folded;
}

}  // namespace contacts
