#include "infra/kafka/settings.h"

#include <utility>

#include "events/values/utf8.h"
#include "infra/base/text_file.h"
#include "infra/kafka/client.h"

namespace contacts::kafka {
namespace {

Error Wrong(std::string message) { return Error{ErrorCode::kBadRequest, std::move(message)}; }

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The fault of a line that has a key; empty: none.
std::string FaultOfKey(const std::string& key, const std::string& value) {
  const std::string why = WhyRefused(key);
  return why.empty() ? WhyInvalid(key, value)
                     : key + " cannot be chosen: " + why + "; remove the line";
}

Result<Settings> WithoutFaults(ParsedSettings parsed, const std::string& before_line) {
  if (parsed.faults.empty()) return std::move(parsed.settings);
  std::string all;
  for (const ParsedSettings::Fault& fault : parsed.faults) {
    if (!all.empty()) all += ". ";
    if (fault.line > 0) all += before_line + std::to_string(fault.line) + ": ";
    all += fault.what;
  }
  return Wrong(std::move(all));
}

}  // namespace

ParsedSettings ParseAll(std::string_view text) {
  ParsedSettings parsed;
  std::map<std::string, int> lines;
  int number = 0;
  const auto fault = [&](std::string what) { parsed.faults.push_back({number, std::move(what)}); };
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = Trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      fault("not of the form key=value");
      continue;
    }
    const std::string key(Trim(line.substr(0, equals)));
    const std::string value(Trim(line.substr(equals + 1)));
    const auto [first, is_new] = lines.emplace(key, number);
    if (!is_new) {
      parsed.doubles.push_back(
          {number, key + " is given again, after line " + std::to_string(first->second)});
    }
    if (std::string what = FaultOfKey(key, value); !what.empty()) {
      fault(std::move(what));
    } else {
      parsed.settings[key] = value;
    }
  }
  number = 0;
  if (!lines.contains("bootstrap.servers") && !lines.contains("metadata.broker.list")) {
    fault("bootstrap.servers is missing: name the brokers, host:port,host:port");
  }
  return parsed;
}

Result<Settings> ParseSettings(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) return Wrong(std::string("it ") + kHasByteOrderMark);
  return WithoutFaults(ParseAll(text), "line ");
}

Result<Settings> ReadSettings(const std::string& path) {
  const auto text = ReadTextFile(path);
  if (!text.ok()) return Wrong(text.error().message);
  auto settings = WithoutFaults(ParseAll(*text), path + ":");
  if (!settings.ok() && !settings.error().message.starts_with(path)) {
    return Wrong(path + ": " + settings.error().message);
  }
  return settings;
}

}  // namespace contacts::kafka
