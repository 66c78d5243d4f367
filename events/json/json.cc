#include "events/json/json.h"

#include <algorithm>
#include <cstdint>

#include "events/json/json_parser.h"
#include "events/values/eight_bytes.h"
#include "events/values/utf8.h"

namespace contacts::json {
namespace {

constexpr uint32_t kReplacement = 0xFFFD;

uint32_t FourHex(std::string_view text, size_t at) {
  uint32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const char c = text[i];
    value = value * 16 + static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

bool IsHigh(uint32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
bool IsLow(uint32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }

// Decodes the `\uXXXX` whose first digit is at `*at`, with its pair if it has one. Appends a lone
// surrogate as three bytes that occur in no UTF-8 text if `keep_lone`, else as U+FFFD.
bool DecodeUnicodeEscape(std::string_view raw, size_t* at, bool keep_lone, std::string* out) {
  uint32_t code = FourHex(raw, *at);
  *at += 4;
  if (IsHigh(code) && raw.substr(*at, 2) == "\\u") {
    const uint32_t low = FourHex(raw, *at + 2);
    if (IsLow(low)) {
      *at += 6;
      AppendUtf8(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), out);
      return true;
    }
  }
  const bool lone = IsHigh(code) || IsLow(code);
  AppendUtf8(lone && !keep_lone ? kReplacement : code, out);
  return !lone;
}

// Decodes the escape whose backslash is at `*at`. False: the escape is a lone surrogate.
bool DecodeEscape(std::string_view raw, size_t* at, bool keep_lone, std::string* out) {
  static constexpr std::string_view kLetters = "bfnrt", kMeant = "\b\f\n\r\t";
  const char c = raw[*at + 1];
  *at += 2;
  if (c == 'u') return DecodeUnicodeEscape(raw, at, keep_lone, out);
  const size_t letter = kLetters.find(c);
  out->push_back(letter == kLetters.npos ? c : kMeant[letter]);  // quote, backslash, slash
  return true;
}

// `raw` has passed the grammar. False: it holds a lone surrogate. Stops after `most` bytes, or one
// character later.
bool Decode(std::string_view raw, bool keep_lone, std::string* out, size_t most = SIZE_MAX) {
  out->clear();
  bool whole = true;
  for (size_t at = 0; at < raw.size() && out->size() < most;) {
    const std::string_view ahead = raw.substr(at, most - out->size());
    const size_t plain = std::min(ahead.find('\\'), ahead.size());
    out->append(ahead, 0, plain);
    at += plain;
    if (plain == ahead.size()) break;
    whole = DecodeEscape(raw, &at, keep_lone, out) && whole;
  }
  return whole;
}

// Whether DecodedName(raw) is `name`; decodes only as far as it must.
bool IsDecodedName(std::string_view raw, std::string_view name) {
  std::string decoded;
  for (size_t at = 0; at < raw.size();) {
    const std::string_view ahead = raw.substr(at);
    const std::string_view plain = ahead.substr(0, ahead.find('\\'));
    if (!name.starts_with(plain)) return false;
    name.remove_prefix(plain.size());
    at += plain.size();
    if (at == raw.size()) break;
    decoded.clear();
    DecodeEscape(raw, &at, /*keep_lone=*/true, &decoded);
    if (!name.starts_with(decoded)) return false;
    name.remove_prefix(decoded.size());
  }
  return name.empty();
}

}  // namespace

std::string DecodedName(std::string_view raw) {
  std::string name;
  Decode(raw, /*keep_lone=*/true, &name);
  return name;
}

Result<Document> Document::Parse(std::string_view source, Limits limits) {
  if (source.size() > limits.bytes) {
    return Error{ErrorCode::kBadRequest, "JSON of " + std::to_string(source.size()) +
                                             " bytes; at most " + std::to_string(limits.bytes) +
                                             " are read"};
  }
  if (!IsUtf8(source)) {
    return Error{ErrorCode::kBadRequest, "not valid UTF-8"};
  }
  Document document;
  document.source_ = source;
  Parser parser(source, limits, &document.nodes_);
  if (!parser.Run()) return Error{ErrorCode::kBadRequest, parser.message()};
  return document;
}

std::string Document::Name(const Node& node) const { return DecodedName(RawName(node)); }

bool Document::Text(const Node& node, std::string* out) const {
  return Decode(source_.substr(node.begin + 1, node.end - node.begin - 2), /*keep_lone=*/false,
                out);
}

bool Document::NameIs(const Node& node, std::string_view name) const {
  const std::string_view raw = RawName(node);
  return node.has_escaped_name ? IsDecodedName(raw, name) : raw == name;
}

const Node* Document::Find(const Node& object, std::string_view name) const {
  for (uint32_t i = object.first; i != 0; i = nodes_[i].next) {
    if (NameIs(nodes_[i], name)) return &nodes_[i];
  }
  return nullptr;
}

std::string_view ShortText(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  size_t size = most;
  while (size > 0 && most - size < 3 && (text[size] & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

std::string ShortDecodedName(std::string_view raw) {
  std::string name;
  Decode(raw, /*keep_lone=*/true, &name, kShortName + 1);
  name.resize(ShortName(name).size());
  return name;
}

std::string Minify(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_string = false;
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      out.append(text, copied, i - copied);
      copied = i + 1;
    } else {
      in_string = c == '"';
    }
  }
  out.append(text, copied);
  return out;
}

namespace {

// Appends one ASCII character that does not stand for itself.
void AppendEscape(char c, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  out->push_back('\\');
  if (const size_t at = kEscaped.find(c); at != kEscaped.npos) {
    out->push_back(kLetters[at]);
  } else {
    out->append("u00");
    out->push_back(kHex[c >> 4]);
    out->push_back(kHex[c & 15]);
  }
}

// ASCII text, which nearly all text is, is read only once. At the first other byte the rest is
// checked as a whole.
void AppendEscaped(std::string_view text, std::string* out) {
  size_t copied = 0;
  bool checked = false;
  for (size_t i = 0; i < text.size(); ++i) {
    while (text.size() - i >= EightBytes::kSize) {
      const EightBytes eight(text.data() + i);
      if (checked ? !eight.ArePlainInJson() : !eight.AreAsciiWithout('"', '\\')) break;
      i += EightBytes::kSize;
    }
    if (i == text.size()) break;
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\') continue;
    if (byte >= 0x80) {
      if (!checked && !IsUtf8(text.substr(i))) {
        out->append(text, copied, i - copied);
        return AppendEscaped(MendUtf8(text.substr(i)), out);
      }
      checked = true;
      continue;
    }
    out->append(text, copied, i - copied);
    copied = i + 1;
    AppendEscape(c, out);
  }
  out->append(text, copied);
}

}  // namespace

void AppendString(std::string_view text, std::string* out) {
  out->push_back('"');
  AppendEscaped(text, out);
  out->push_back('"');
}

std::string Quoted(std::string_view text) {
  std::string out;
  AppendString(text, &out);
  return out;
}

}  // namespace contacts::json
