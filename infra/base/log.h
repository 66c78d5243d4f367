// Log lines for operators, on stderr: one a line, as text or as JSON. stdout is for results.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace contacts::log {

enum class Format { kText, kJson };
enum class Level { kDebug, kInfo, kWarn, kError };

// A field of one line: name=value as text, a member as JSON. Values may be any bytes: invisible
// characters, those that turn the direction of writing, and bytes that are not printable UTF-8 are
// escaped. A field never holds a secret, a session id or a cookie.
struct Field {
  std::string_view name;
  std::string value;
};
using Fields = std::initializer_list<Field>;

// Call it before other threads log; without it lines are text.
void Start(Format format);

// Lines below the level are not written; kInfo until it is called. Any thread, at any time.
void ShowFrom(Level level);
bool Shows(Level level);

// Any thread; never blocks: lines are written by a thread of the log's own, and when stderr does
// not keep up the oldest waiting lines are dropped.
void Debug(std::string_view message, Fields fields = {});
void Info(std::string_view message, Fields fields = {});
void Warn(std::string_view message, Fields fields = {});
void Error(std::string_view message, Fields fields = {});

// Writes the lines that still wait; nothing may be logged afterwards.
void Stop();

// One line without its end, for `Start`'s formats; `time` and `level` as they will be shown.
std::string Line(Format format, std::string_view time, std::string_view level,
                 std::string_view message, Fields fields);

}  // namespace contacts::log
