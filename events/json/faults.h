// What is wrong with one text from outside, all of it at once, in a bounded space.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/values/error.h"

namespace contacts {

// Where a value stands: its parent's place and its own name. Spelled out for the faults that are
// kept only, because nearly all values have none. Lives on the stack of the reads that it names.
struct JsonPath {
  enum class Spelling {
    kShown,    // `name` is what the pointer shows
    kWritten,  // as the JSON text has it, escapes included; the pointer shows it decoded
  };
  const JsonPath* parent = nullptr;
  std::string_view name = {};  // of the outermost: the pointer that faults are to start with
  Spelling spelling = Spelling::kShown;

  // As RFC 6901 has it. Names are shortened (json::ShortName); more than kMostPath bytes end as
  // "/…" with the names that fit.
  std::string Pointer() const;
  static constexpr size_t kMostPath = 256;
};

// Answers, and the work for them, must not grow faster than their requests: the first faults are
// kept, all are counted.
class Faults {
 public:
  static constexpr size_t kMost = 50;
  static constexpr size_t kMostBytes = 8192;  // of those kept, as JSON has them in an answer
  static constexpr size_t kMostMessage = 256;

  // The message's parts are joined if the fault is kept. What cannot be seen in them or in the path
  // is then shown as "U+200B".
  void Add(const JsonPath& path, std::initializer_list<std::string_view> message);
  void Add(const JsonPath& path, std::string_view message) { Add(path, {message}); }
  // `pointer`: "" for the whole text.
  void Add(std::string_view pointer, std::string_view message) {
    Add(JsonPath{nullptr, pointer}, {message});
  }
  // All of `more` but those of a value that has a fault already, or lies in such a value.
  void AddOthers(const Faults& more);

  bool empty() const { return count_ == 0; }
  size_t count() const { return count_; }
  // The first of them, in order; empty only if there is none.
  const std::vector<FieldFault>& kept() const { return kept_; }

 private:
  void Keep(FieldFault fault);

  std::vector<FieldFault> kept_;
  size_t count_ = 0;
  size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace contacts
