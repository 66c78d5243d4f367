// Takes passwords out of memory that is about to be freed.
#pragma once

#include <string.h>

#include <string>

namespace contacts {

// Overwrites the whole buffer of the text, also what longer texts left in it, in a way that is not
// optimized away, and makes the text empty.
inline void Wipe(std::string* text) {
  text->resize(text->capacity());
  explicit_bzero(text->data(), text->size());
  text->clear();
}

// A text that is wiped when it is destroyed; so is each copy.
struct Wiped {
  std::string text;
  ~Wiped() { Wipe(&text); }
};

}  // namespace contacts
