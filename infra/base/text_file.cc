#include "infra/base/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "events/values/utf8.h"

namespace contacts {
namespace {

Error Unreadable(const std::string& path, const std::string& why) {
  return {ErrorCode::kUnavailable, path + " " + why};
}

// With its mark, or by the zero in each character of ASCII.
bool IsUtf16(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  if (text.size() < 4) return false;
  const auto zero = [&](size_t at) { return text[at] == '\0'; };
  return zero(0) != zero(1) && zero(0) == zero(2) && zero(1) == zero(3);
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& path) {
  const auto failed = [&](int cause) {
    return Unreadable(path, "cannot be read: " + std::generic_category().message(cause));
  };
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed(errno);
  struct stat status = {};
  const bool is_directory = fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
  std::string text;
  char bytes[4096];
  ssize_t count = 0;
  while (!is_directory && (count = read(file, bytes, sizeof bytes)) > 0) {
    text.append(bytes, static_cast<size_t>(count));
  }
  const int cause = errno;
  close(file);
  if (is_directory) return Unreadable(path, "is a directory; name a file");
  if (count < 0) return failed(cause);
  if (IsUtf16(text)) return Unreadable(path, "is UTF-16; save it as UTF-8 without a mark");
  if (text.starts_with(kByteOrderMark)) return Unreadable(path, kHasByteOrderMark);
  return text;
}

}  // namespace contacts
