#include <dirent.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>

#include "infra/base/connect.h"
#include "infra/base/errno_text.h"
#include "infra/base/user_name.h"
#include "infra/check/parts.h"
#include "infra/http/address.h"
#include "infra/node/data_directory.h"

namespace contacts::check {
namespace {

using Weight = Finding::Weight;

constexpr const char* kAnAddress = "Name an address of this machine, or 0.0.0.0 for all of them.";

// A listening socket, as /proc/net shows it.
struct Listener {
  std::string inode;
  unsigned user = 0;
};

std::optional<Listener> ListenerOn(uint16_t port) {
  constexpr const char* kListens = "0A";
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream sockets(table);
    std::string line;
    std::getline(sockets, line);  // the head
    while (std::getline(sockets, line)) {
      std::istringstream words(line);
      std::string number, local, remote, state, queues, timer, retries, timeout;
      Listener listener;
      words >> number >> local >> remote >> state >> queues >> timer >> retries >> listener.user >>
          timeout >> listener.inode;
      const size_t colon = local.find(':');
      if (state != kListens || colon == std::string::npos) continue;
      if (std::stoul(local.substr(colon + 1), nullptr, 16) == port) return listener;
    }
  }
  return std::nullopt;
}

// "redis-server (pid 17)"; empty: no process whose descriptors this one may see.
std::string ProcessWith(const std::string& inode) {
  namespace fs = std::filesystem;
  const std::string wanted = "socket:[" + inode + "]";
  std::error_code fault;
  for (const fs::directory_entry& process : fs::directory_iterator("/proc", fault)) {
    const std::string pid = process.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    fs::directory_iterator descriptors(process.path() / "fd", fault);
    for (; !fault && descriptors != fs::directory_iterator(); descriptors.increment(fault)) {
      std::error_code gone;
      if (fs::read_symlink(descriptors->path(), gone) != wanted) continue;
      std::string name;
      std::getline(std::ifstream(process.path() / "comm"), name);
      return name + " (pid " + pid + ")";
    }
  }
  return "";
}

std::string Holder(uint16_t port) {
  const auto listener = ListenerOn(port);
  if (!listener) return "";
  const std::string process = ProcessWith(listener->inode);
  return " by " + (process.empty() ? "a process of " + UserName(listener->user) : process);
}

// The server that runs on this very --data holds it.
bool IsOurs(const Subject& subject, const std::string& setting, uint16_t port) {
  if (!ServerOn(subject.config.data)) return false;
  const auto address = ReadOpsAddress(subject.config.data);
  if (!address) return false;
  const std::string held =
      setting == "admin-listen" ? address->address : address->front.value_or("");
  return held.ends_with(":" + std::to_string(port));
}

// Binds as the server does and returns errno. It never listens, so that no client connects here.
int TryToBind(const addrinfo& to) {
  const int fd = socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const int cause = bind(fd, to.ai_addr, to.ai_addrlen) == 0 ? 0 : errno;
  close(fd);
  return cause;
}

// Root works as the owner of the directory, who may not take a privileged port.
bool IsForbidden(const Subject& subject, uint16_t port) {
  int first = 1024;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first;
  return port != 0 && port < first && geteuid() == 0 && UserOn(subject.config.data) != 0;
}

class Listening {
 public:
  Listening(const Subject& subject, std::string setting, const std::string& listen)
      : subject_(subject), setting_(std::move(setting)), listen_(listen) {}

  Findings Run() {
    http::ListenAddress address;
    try {
      address = http::ReadListenAddress(listen_);
    } catch (const std::runtime_error& malformed) {
      Add(Weight::kFault, malformed.what(), "Write for example 127.0.0.1:8080.");
      return findings_;
    }
    if (address.host != "localhost") {
      TryAt(address.host, address.port);
    } else {
      TryAt("127.0.0.1", address.port);
      if (findings_.empty()) TryAt("::1", address.port, Missing::kIsFine);
    }
    return findings_;
  }

 private:
  void Add(Weight weight, std::string what, std::string todo) {
    findings_.push_back(
        {"listen", weight, OriginOf(subject_, setting_) + ": " + std::move(what), std::move(todo)});
  }

  enum class Missing { kIsFault, kIsFine };  // an address that this machine does not have

  void TryAt(const std::string& host, uint16_t port, Missing missing = Missing::kIsFault) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    const bool any = host == "*";
    if (any) hints.ai_family = AF_INET;
    addrinfo* found = nullptr;
    const int fault =
        getaddrinfo(any ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (fault != 0) {
      return Add(Weight::kFault, "cannot listen on " + listen_ + ": " + gai_strerror(fault),
                 kAnAddress);
    }
    const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
    const addrinfo* chosen = found;  // the server chooses the same one
    for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
      if (next->ai_family == AF_INET) {
        chosen = next;
        break;
      }
    }
    const int cause = IsForbidden(subject_, port) ? EACCES : TryToBind(*chosen);
    const bool none = cause == EADDRNOTAVAIL || cause == EAFNOSUPPORT;
    if (!none || missing == Missing::kIsFault) Judge(cause, port);
  }

  void Judge(int cause, uint16_t port) {
    if (cause == 0) return;
    const std::string what = "cannot listen on " + listen_ + ": " + ErrnoText(cause);
    if (cause == EADDRINUSE && IsOurs(subject_, setting_, port)) {
      if (subject_.asked_for == Subject::For::kStart) return;  // the directory's fault says it
      Add(Weight::kNote, "the server that runs on this --data listens on " + listen_, "");
    } else if (cause == EADDRINUSE) {
      Add(Weight::kFault, what + Holder(port), "End that process, or choose another port.");
    } else if (cause == EACCES) {
      Add(Weight::kFault, what + " for " + UserName(UserOn(subject_.config.data)),
          "Choose port 1024 or higher, or give the service CAP_NET_BIND_SERVICE.");
    } else if (cause == EADDRNOTAVAIL) {
      Add(Weight::kFault, what, kAnAddress);
    } else {
      Add(Weight::kFault, what, "Choose another address.");
    }
  }

  const Subject& subject_;
  const std::string setting_;
  const std::string listen_;
  Findings findings_;
};

}  // namespace

Findings LookAtPorts(const Subject& subject) {
  const Config& config = subject.config;
  Findings findings;
  const auto look = [&](const std::string& setting, const std::string& listen) {
    if (subject.unusable.count(setting) > 0) return false;
    const Findings found = Listening(subject, setting, listen).Run();
    findings.insert(findings.end(), found.begin(), found.end());
    return true;
  };
  const bool front = look("listen", config.listen);
  const bool admin = look("admin-listen", config.admin_listen);
  const bool free_port = config.listen.ends_with(":0");
  if (front && admin && config.listen == config.admin_listen && !free_port) {
    findings.push_back({"listen", Weight::kFault,
                        "--listen and --admin-listen are both " + config.listen,
                        "Choose another port for one of them."});
  }
  return findings;
}

}  // namespace contacts::check
