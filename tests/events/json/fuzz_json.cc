// Any bytes: the parser must end, and a text that it takes must mean the same once minified.
#include <cstdlib>
#include <string>

#include "events/contact.h"
#include "events/json/json_archive.h"
#include "events/json/merge_patch.h"
#include "events/values/precis.h"
#include "events/values/unicode.h"
#include "events/values/utf8.h"

namespace contacts {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// Compares kinds, names, counts and scalars as they are written.
void RequireSame(const json::Document& a, const json::Node& x, const json::Document& b,
                 const json::Node& y) {
  Require(x.kind == y.kind && x.count == y.count && a.RawName(x) == b.RawName(y));
  if (x.kind != json::Kind::kArray && x.kind != json::Kind::kObject) {
    Require(a.Raw(x) == b.Raw(y));
  }
  uint32_t i = x.first, j = y.first, count = 0;
  for (; i != 0 && j != 0; i = a.at(i).next, j = b.at(j).next, ++count) {
    RequireSame(a, a.at(i), b, b.at(j));
  }
  Require(i == 0 && j == 0 && count == x.count);
}

// Each name is found, and each text that has a UTF-8 form comes back unchanged.
void RequireReadable(const json::Document& document, const json::Node& node) {
  std::string text;
  if (node.kind == json::Kind::kString && document.Text(node, &text)) {
    std::string quoted, again;
    json::AppendString(text, &quoted);
    const auto copy = json::Document::Parse(quoted, {quoted.size(), 1});
    Require(copy.ok() && copy->Text(copy->root(), &again) && again == text);
  }
  for (uint32_t i = node.first; i != 0; i = document.at(i).next) {
    if (node.kind == json::Kind::kObject) {
      Require(document.Find(node, document.Name(document.at(i))) == &document.at(i));
    }
    RequireReadable(document, document.at(i));
  }
}

// Any text that is written as a JSON string can be read, and is the same if it was UTF-8, because
// messages go to users and texts go into records.
void RequireShowable(const std::string& bytes) {
  std::string quoted, text;
  json::AppendString(bytes, &quoted);
  const auto document = json::Document::Parse(quoted, {quoted.size(), 1});
  Require(document.ok() && document->Text(document->root(), &text));
  Require(text == MendUtf8(bytes) && (!IsUtf8(bytes) || text == bytes));
}

// A document that is patched is one, holds no null of the patch, and is not changed by the same
// patch once more (RFC 7396).
void RequirePatched(const json::Document& document) {
  const auto empty = json::Document::Parse("{}");
  const std::string once = json::MergePatch(*empty, document);
  const json::Limits limits{once.size() + 1, 64};
  const auto patched = json::Document::Parse(once, limits);
  Require(patched.ok());
  const std::string twice = json::MergePatch(*patched, document);
  Require(twice == once);
}

// Folding, preparing and trimming a name, a password or a text twice gives the same as once.
void RequireSettled(const std::string& bytes) {
  const std::string name = FoldUserName(bytes), password = PreparePassword(bytes);
  Require(FoldUserName(name) == name && PreparePassword(password) == password);
  (void)FaultOfUserName(name);
  const unicode::Trimmed trimmed = unicode::Trim(bytes);
  Require(unicode::Trim(trimmed.text).text == trimmed.text);
  (void)unicode::FaultOfText(trimmed);
  const std::string shown = unicode::ShowInvisible(bytes);
  Require(unicode::ShowInvisible(shown) == shown);
  const std::string seen = unicode::WithoutUnseen(bytes);
  Require((seen == bytes) == !unicode::FirstUnseen(bytes));
  Require(!IsUtf8(bytes) || !unicode::FirstUnseen(seen));  // other bytes may join to a character
  (void)FaultOfName(trimmed);
  (void)unicode::CannotHold(bytes, unicode::IsVisibleAscii);
}

}  // namespace
}  // namespace contacts

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace contacts;
  const std::string source(reinterpret_cast<const char*>(bytes), size);
  RequireShowable(source);
  RequireSettled(source);
  const auto document = json::Document::Parse(source);
  if (!document) {
    RequireShowable(document.error().message);
    return 0;
  }
  const std::string minified = json::Minify(source);
  const auto again = json::Document::Parse(minified);
  Require(again.ok() && json::Minify(minified) == minified);
  RequireSame(*document, document->root(), *again, again->root());
  RequireReadable(*document, document->root());
  RequirePatched(*document);

  ContactFields fields;
  Faults faults;
  for (const Reading reading : {Reading::kRequest, Reading::kRecord, Reading::kEnvelope}) {
    ContactPart part;
    FromJson(*document, document->root(), reading, &fields, &faults);
    FromJson(*document, document->root(), reading, &part, &faults);
  }
  Require(faults.kept().size() <= Faults::kMost && faults.kept().size() <= faults.count());
  for (const FieldFault& fault : faults.kept()) RequireShowable(fault.path + fault.message);
  return 0;
}
