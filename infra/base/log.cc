#include "infra/base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "events/values/time.h"
#include "events/values/unicode.h"
#include "events/values/utf8.h"
#include "infra/base/system_clock.h"

namespace contacts::log {
namespace {

constexpr size_t kWaitingLines = 8192;
constexpr size_t kUsualLine = 512;  // bytes; a line of the access log is seldom longer

struct Output {
  std::mutex mutex;
  Format format = Format::kText;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::logger> logger;
};

Output& TheOutput() {
  static Output* output = new Output;  // never destroyed: threads may log until the very end
  return *output;
}

std::shared_ptr<spdlog::logger> Logger(Format* format) {
  Output& output = TheOutput();
  std::lock_guard lock(output.mutex);
  if (output.logger == nullptr) {
    const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    try {
      output.pool = std::make_shared<spdlog::details::thread_pool>(kWaitingLines, 1);
      output.logger = std::make_shared<spdlog::async_logger>(
          "contacts", sink, output.pool, spdlog::async_overflow_policy::overrun_oldest);
    } catch (const std::system_error&) {  // no thread can be made: log without
      output.logger = std::make_shared<spdlog::logger>("contacts", sink);
    }
    output.logger->set_pattern("%v");
    output.logger->flush_on(spdlog::level::info);
  }
  *format = output.format;
  return output.logger;
}

std::atomic<Level> shown_from{Level::kInfo};

void Write(Level level, std::string_view name, std::string_view message, Fields fields) {
  if (!Shows(level)) return;
  const std::string time = FormatTimestamp(SystemTime());
  Format format = Format::kText;
  const auto logger = Logger(&format);
  const std::string line = Line(format, time, name, message, fields);
  logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

bool IsPlain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

// The result can stand between quotes in JSON. It neither moves a terminal's cursor nor turns the
// direction of writing, and holds nothing invisible.
std::string Escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const size_t length = Utf8Length(text);
    const char32_t code =
        length > 0 ? unicode::FirstOf(text).code : static_cast<unsigned char>(text[0]);
    if (code == '"' || code == '\\') {
      out += '\\';
      out += text[0];
    } else if (length == 0 || unicode::IsInvisible(code)) {
      unicode::AppendEscape(code, &out);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void AppendQuoted(std::string_view text, std::string* out) {
  *out += '"';
  *out += Escape(text);
  *out += '"';
}

}  // namespace

std::string Line(Format format, std::string_view time, std::string_view level,
                 std::string_view message, Fields fields) {
  std::string line;
  line.reserve(kUsualLine);
  if (format == Format::kJson) {
    line.append("{\"time\":\"").append(time).append("\",\"level\":\"").append(level);
    line += "\",\"message\":";
    AppendQuoted(message, &line);
    for (const Field& field : fields) {
      line += ",";
      AppendQuoted(field.name, &line);
      line += ":";
      AppendQuoted(field.value, &line);
    }
    line += "}";
    return line;
  }
  line.append(time).append(" ").append(level).append(" ").append(Escape(message));
  for (const Field& field : fields) {
    line.append(" ").append(field.name).append("=");
    const std::string escaped = Escape(field.value);
    const bool plain =
        !escaped.empty() && escaped.find(' ') == std::string::npos && escaped == field.value;
    line += plain ? escaped : "\"" + escaped + "\"";
  }
  return line;
}

void Start(Format format) {
  Output& output = TheOutput();
  std::lock_guard lock(output.mutex);
  output.format = format;
}

void ShowFrom(Level level) { shown_from = level; }

bool Shows(Level level) { return level >= shown_from.load(std::memory_order_relaxed); }

void Debug(std::string_view message, Fields fields) {
  Write(Level::kDebug, "debug", message, fields);
}
void Info(std::string_view message, Fields fields) { Write(Level::kInfo, "info", message, fields); }
void Warn(std::string_view message, Fields fields) { Write(Level::kWarn, "warn", message, fields); }
void Error(std::string_view message, Fields fields) {
  Write(Level::kError, "error", message, fields);
}

void Stop() {
  Output& output = TheOutput();
  std::lock_guard lock(output.mutex);
  output.logger.reset();
  // A thread that logs at this moment holds the pool. Without this loop, that thread would wait for
  // the writer, and this thread would go on before the last lines are written.
  while (output.pool.use_count() > 1) std::this_thread::yield();
  output.pool.reset();  // joins its thread, which has then written all
}

}  // namespace contacts::log
