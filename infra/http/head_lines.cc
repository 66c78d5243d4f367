#include "infra/http/head_lines.h"

#include "events/values/ascii.h"
#include "infra/http/text.h"

namespace contacts::http {
namespace {

// DIGIT "." DIGIT, for example "1.1" of "HTTP/1.1".
bool IsVersion(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && IsDigit(text[5]) && text[6] == '.' &&
         IsDigit(text[7]);
}

}  // namespace

std::optional<Refusal> ReadRequestLine(std::string_view line, RequestLine* out) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return Refusal{400,
                   "request line: must be method, target and version with one space between them"};
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method)) return Refusal{400, "request line: the method is not a token"};
  if (target.empty() || target.find_first_of(" \t") != std::string_view::npos) {
    return Refusal{400, "request line: the target is empty or contains a space"};
  }
  if (!IsVersion(version)) return Refusal{400, "request line: malformed HTTP version"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refusal{505, "this server takes only HTTP/1.1 and HTTP/1.0"};
  }
  out->method = method;
  out->target = target;
  out->minor = version.back() - '0';
  return std::nullopt;
}

std::optional<Refusal> CheckFieldLine(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t')) {
    return Refusal{400, "header line: begins with a space (obsolete folding is not accepted)"};
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Refusal{400, "header line: no colon"};
  if (!IsToken(line.substr(0, colon))) return Refusal{400, "header line: the name is not a token"};
  return std::nullopt;
}

size_t LineGuard::TakePlain(std::string_view bytes) {
  if (after_cr_) return 0;
  const size_t count = PlainPrefix(bytes);
  text_.append(bytes.substr(0, count));
  return count;
}

LineGuard::Step LineGuard::Take(char c) {
  if (c == '\n') {
    if (!after_cr_) {
      fault_ = "a line ends with LF alone instead of CRLF";
      return Step::kRefused;
    }
    after_cr_ = false;
    text_ += c;
    return Step::kLine;
  }
  if (after_cr_) {
    fault_ = "a CR without a following LF";
    return Step::kRefused;
  }
  if (c == '\r') {
    after_cr_ = true;
  } else if (IsControl(c)) {
    fault_ = "a control character in the head";
    return Step::kRefused;
  }
  text_ += c;
  return Step::kTaken;
}

std::string_view LineGuard::line() const {
  return std::string_view(text_).substr(begin_, text_.size() - begin_ - 2);
}

void LineGuard::Clear() {
  if (text_.capacity() > kKeptBytes) Free(&text_);
  text_.clear();
  begin_ = 0;
  after_cr_ = false;
}

}  // namespace contacts::http
