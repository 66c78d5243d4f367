#include "events/json/faults.h"

#include <algorithm>

#include "events/json/json.h"
#include "events/values/unicode.h"

namespace contacts {
namespace {

void AppendToken(std::string_view name, std::string* pointer) {
  *pointer += '/';
  for (const char c : name) {
    if (c == '~') {
      *pointer += "~0";
    } else if (c == '/') {
      *pointer += "~1";
    } else {
      *pointer += c;
    }
  }
}

// False: not all names fit.
bool AppendPointer(const JsonPath& path, std::string* pointer) {
  if (path.parent == nullptr) {
    *pointer += path.name;
    return true;
  }
  if (!AppendPointer(*path.parent, pointer)) return false;
  const size_t before = pointer->size();
  if (path.spelling == JsonPath::Spelling::kWritten) {
    AppendToken(json::ShortDecodedName(path.name), pointer);
  } else {
    AppendToken(json::ShortName(path.name), pointer);
  }
  if (pointer->size() <= JsonPath::kMostPath) return true;
  pointer->resize(before);
  *pointer += "/…";
  return false;
}

bool Covers(const std::string& outer, const std::string& inner) {
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

size_t BytesInJson(const FieldFault& fault) {
  std::string json = R"(,{"path":,"message":})";
  json::AppendString(fault.path, &json);
  json::AppendString(fault.message, &json);
  return json.size();
}

}  // namespace

std::string JsonPath::Pointer() const {
  std::string pointer;
  AppendPointer(*this, &pointer);
  return pointer;
}

void Faults::Add(const JsonPath& path, std::initializer_list<std::string_view> message) {
  ++count_;
  if (full_) return;
  FieldFault fault{path.Pointer(), {}};
  for (const std::string_view part : message) {
    fault.message += json::ShortText(part, kMostMessage - fault.message.size());
  }
  Keep(std::move(fault));
}

void Faults::AddOthers(const Faults& more) {
  const size_t known = kept_.size();
  count_ += more.count_ - more.kept_.size();
  for (const FieldFault& fault : more.kept_) {
    const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(known);
    const auto covers = [&](const FieldFault& other) { return Covers(other.path, fault.path); };
    if (std::any_of(kept_.begin(), end, covers)) continue;
    ++count_;
    if (!full_) Keep(fault);
  }
}

// Always keeps the first fault, because one fault alone never exceeds kMostBytes.
void Faults::Keep(FieldFault fault) {
  fault.path = unicode::ShowInvisible(fault.path);
  fault.message = unicode::ShowInvisible(fault.message);
  bytes_ += BytesInJson(fault);
  full_ = bytes_ > kMostBytes;
  if (!full_) kept_.push_back(std::move(fault));
  full_ = full_ || kept_.size() == kMost;
}

}  // namespace contacts
