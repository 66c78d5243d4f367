#include "events/json.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>

#include "events/eight_bytes.h"
#include "events/json_parser.h"

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

void AppendCodePoint(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

bool IsHigh(uint32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
bool IsLow(uint32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }

// Decodes the `\uXXXX` whose first digit is at `*at`, with its pair if it has one. A lone surrogate
// is appended as it is when `keep_lone` (three bytes, as no UTF-8 text has them), else as U+FFFD.
bool DecodeUnicodeEscape(std::string_view raw, size_t* at, bool keep_lone, std::string* out) {
  uint32_t code = FourHex(raw, *at);
  *at += 4;
  if (IsHigh(code) && raw.substr(*at, 2) == "\\u") {
    const uint32_t low = FourHex(raw, *at + 2);
    if (IsLow(low)) {
      *at += 6;
      AppendCodePoint(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), out);
      return true;
    }
  }
  const bool lone = IsHigh(code) || IsLow(code);
  AppendCodePoint(lone && !keep_lone ? kReplacement : code, out);
  return !lone;
}

// `raw` has passed the grammar. False: it held a lone surrogate.
bool Decode(std::string_view raw, bool keep_lone, std::string* out) {
  out->clear();
  bool whole = true;
  for (size_t at = 0; at < raw.size();) {
    const size_t escape = std::min(raw.find('\\', at), raw.size());
    out->append(raw, at, escape - at);
    at = escape;
    if (at == raw.size()) break;
    const char c = raw[at + 1];
    at += 2;
    switch (c) {
      case 'b':
        out->push_back('\b');
        break;
      case 'f':
        out->push_back('\f');
        break;
      case 'n':
        out->push_back('\n');
        break;
      case 'r':
        out->push_back('\r');
        break;
      case 't':
        out->push_back('\t');
        break;
      case 'u':
        whole = DecodeUnicodeEscape(raw, &at, keep_lone, out) && whole;
        break;
      default:
        out->push_back(c);  // quote, backslash, slash
    }
  }
  return whole;
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
  if (!simdjson::validate_utf8(source.data(), source.size())) {
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

const Node* Document::Find(const Node& object, std::string_view name) const {
  for (uint32_t i = object.first; i != 0; i = nodes_[i].next) {
    const std::string_view raw = RawName(nodes_[i]);
    const bool escaped = raw.find('\\') != raw.npos;
    if (escaped ? DecodedName(raw) == name : raw == name) return &nodes_[i];
  }
  return nullptr;
}

std::string_view ShortName(std::string_view utf8) {
  size_t size = 64;
  if (utf8.size() <= size) return utf8;
  while ((utf8[size] & 0xC0) == 0x80) --size;
  return utf8.substr(0, size);
}

std::string Minify(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      out.push_back(c);
      if (c == '\\') out.push_back(text[++i]);
      if (c == '"') in_string = false;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      out.push_back(c);
      in_string = c == '"';
    }
  }
  return out;
}

namespace {

bool ArePlain(EightBytes bytes) {
  return !bytes.HasBelow(0x20) && !bytes.Has('"') && !bytes.Has('\\');
}

}  // namespace

void AppendString(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  out->push_back('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    while (text.size() - i >= EightBytes::kSize && ArePlain(EightBytes(text.data() + i))) {
      i += EightBytes::kSize;
    }
    if (i == text.size()) break;
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out->append(text, copied, i - copied);
    copied = i + 1;
    out->push_back('\\');
    if (const size_t at = kEscaped.find(c); at != kEscaped.npos) {
      out->push_back(kLetters[at]);
    } else {
      out->append("u00");
      out->push_back(kHex[c >> 4]);
      out->push_back(kHex[c & 15]);
    }
  }
  out->append(text, copied);
  out->push_back('"');
}

}  // namespace contacts::json
