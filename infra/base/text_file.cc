#include "infra/base/text_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "events/values/utf8.h"
#include "infra/base/errno_text.h"

namespace contacts {
namespace {

constexpr size_t kLargestText = 1 << 20;
constexpr std::chrono::seconds kTextTime{2};

Error Unreadable(const std::string& path, const std::string& why) {
  return {ErrorCode::kUnavailable, path + " " + why};
}

// Tells UTF-16 by its byte order mark, or by the zero in each ASCII character.
bool IsUtf16(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  if (text.size() < 4) return false;
  const auto zero = [&](size_t at) { return text[at] == '\0'; };
  return zero(0) != zero(1) && zero(0) == zero(2) && zero(1) == zero(3);
}

// A pipe may stay silent for ever, and a device may never end.
Result<std::string> ReadOpen(int file, const std::string& path) {
  struct stat status = {};
  if (fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
    return Unreadable(path, "is a directory; name a file");
  }
  const auto until = std::chrono::steady_clock::now() + kTextTime;
  std::string text;
  char bytes[4096];
  for (;;) {
    const ssize_t count = read(file, bytes, sizeof bytes);
    if (count == 0) break;
    if (count > 0) {
      text.append(bytes, static_cast<size_t>(count));
      if (text.size() > kLargestText)
        return Unreadable(path, "has more than 1 MB; name another file");
    } else if (errno == EAGAIN) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      pollfd readable{file, POLLIN, 0};
      if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) == 0) {
        return Unreadable(path, "gave nothing for two seconds; name a file");
      }
    } else if (errno != EINTR) {
      return Unreadable(path, "cannot be read: " + ErrnoText(errno));
    }
  }
  if (text.empty() && S_ISFIFO(status.st_mode))
    return Unreadable(path, "is a pipe without content");
  return text;
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) {
    return Unreadable(path, "cannot be read: " + ErrnoText(errno));
  }
  Result<std::string> read = ReadOpen(file, path);
  close(file);
  if (!read.ok()) return read;
  const std::string& text = *read;
  if (IsUtf16(text)) return Unreadable(path, "is UTF-16; save it as UTF-8 without a mark");
  if (text.starts_with(kByteOrderMark)) return Unreadable(path, kHasByteOrderMark);
  return read;
}

}  // namespace contacts
