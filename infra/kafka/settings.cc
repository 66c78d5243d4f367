#include "infra/kafka/settings.h"

#include <fstream>
#include <sstream>

#include "events/values/utf8.h"
#include "infra/kafka/client.h"

namespace contacts::kafka {
namespace {

Error Wrong(std::string message) { return Error{ErrorCode::kBadRequest, std::move(message)}; }

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

Result<Settings> ParseSettings(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) return Wrong(std::string("it ") + kHasByteOrderMark);
  Settings settings;
  int number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = Trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::string where = "line " + std::to_string(++number);
    if (line.empty() || line[0] == '#') continue;
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) return Wrong(where + ": not of the form key=value");
    const std::string key(Trim(line.substr(0, equals)));
    const std::string value(Trim(line.substr(equals + 1)));
    if (const std::string why = WhyRefused(key); !why.empty()) {
      return Wrong(where + ": " + key + " cannot be chosen: " + why + "; remove the line");
    }
    if (const std::string fault = WhyInvalid(key, value); !fault.empty()) {
      return Wrong(where + ": " + fault);
    }
    settings[key] = value;
  }
  if (!settings.contains("bootstrap.servers") && !settings.contains("metadata.broker.list")) {
    return Wrong("bootstrap.servers is missing: name the brokers, host:port,host:port");
  }
  return settings;
}

Result<Settings> ReadSettings(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) return Wrong(path + " cannot be read");
  auto settings = ParseSettings(text.str());
  if (!settings.ok()) return Wrong(path + ": " + settings.error().message);
  return settings;
}

}  // namespace contacts::kafka
