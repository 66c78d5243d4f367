#include "infra/node/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "events/json/json_archive.h"
#include "infra/base/secret_file.h"

namespace contacts {
namespace {

Error Failure(const std::string& what, int cause) {
  return {ErrorCode::kUnavailable, what + ": " + std::generic_category().message(cause) + "."};
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::Open(const std::string& path) {
  std::error_code fault;
  const std::string absolute = std::filesystem::absolute(path, fault).lexically_normal().string();
  if (!std::filesystem::exists(absolute, fault)) {
    std::filesystem::create_directories(absolute, fault);
    if (fault) return Failure("Cannot make the directory " + absolute, fault.value());
    chmod(absolute.c_str(), 0700);
  }
  const std::string lock_path = absolute + "/lock";
  const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return Failure("Cannot write in the directory " + absolute, errno);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int cause = errno;
    close(lock);
    if (cause != EWOULDBLOCK) return Failure("Cannot lock " + lock_path, cause);
    return Error{ErrorCode::kConflict, "Another contacts process is using " + absolute + "."};
  }
  return std::unique_ptr<DataDirectory>(new DataDirectory(absolute, lock));
}

DataDirectory::~DataDirectory() { close(lock_); }

Result<bool> WriteOpsAddress(const std::string& directory, const OpsAddress& address) {
  return WriteSecretFile(directory + "/ops.json", ToJson(address) + "\n");
}

std::optional<OpsAddress> ReadOpsAddress(const std::string& directory) {
  std::ifstream file(directory + "/ops.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto document = json::Document::Parse(text);
  if (!document.ok()) return std::nullopt;
  OpsAddress address;
  Faults faults;
  if (!FromJson(*document, document->root(), Reading::kRecord, &address, &faults)) {
    return std::nullopt;
  }
  return address;
}

}  // namespace contacts
