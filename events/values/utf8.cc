#include "events/values/utf8.h"

#include <simdjson.h>

namespace contacts {
namespace {

constexpr size_t kFewBytes = 16;

// The start of a text: a character, or bytes that one U+FFFD stands for.
struct Start {
  size_t length = 1;
  bool is_character = false;
};

// Checks the bytes from the second on.
Start StartOfLong(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  size_t length = 0;
  unsigned char low = 0x80, high = 0xBF;  // bounds of the second byte
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (first == 0xE0) low = 0xA0;   // excludes overlong forms
  if (first == 0xED) high = 0x9F;  // excludes surrogates
  if (first == 0xF0) low = 0x90;   // excludes overlong forms
  if (first == 0xF4) high = 0x8F;  // excludes characters above U+10FFFF
  if (length == 0 || text.size() < 2 || byte(1) < low || byte(1) > high) return {1, false};
  for (size_t i = 2; i < length; ++i) {
    if (i == text.size() || (byte(i) & 0xC0) != 0x80) return {i, false};
  }
  return {length, true};
}

Start StartOf(std::string_view text) {
  if (static_cast<unsigned char>(text[0]) < 0x80) return {1, true};
  return StartOfLong(text);
}

}  // namespace

size_t Utf8Length(std::string_view text) {
  if (text.empty()) return 0;
  const Start start = StartOf(text);
  return start.is_character ? start.length : 0;
}

bool IsUtf8(std::string_view text) {
  // The library checks blocks of 64 bytes and pads shorter texts, which is slower for a few bytes.
  if (text.size() >= kFewBytes) return simdjson::validate_utf8(text.data(), text.size());
  while (!text.empty()) {
    const Start start = StartOf(text);
    if (!start.is_character) return false;
    text.remove_prefix(start.length);
  }
  return true;
}

std::string MendUtf8(std::string_view text) {
  std::string mended;
  mended.reserve(text.size() + 8);
  while (!text.empty()) {
    const Start start = StartOf(text);
    mended.append(start.is_character ? text.substr(0, start.length) : "\uFFFD");
    text.remove_prefix(start.length);
  }
  return mended;
}

void AppendUtf8(uint32_t code, std::string* out) {
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

}  // namespace contacts
