#include "infra/base/what_to_do.h"

#include <stdexcept>

namespace contacts {
namespace {

constexpr const char* kData = "{data}";

constexpr const char* kFreeRoom = "Free room on the disk of {data}, then start contacts again.";
constexpr const char* kLogBack =
    "Stop contacts, restore {data}/log from a backup, then start contacts again.";
constexpr const char* kTopicBack =
    "Bring the topic back from a backup of the brokers, then start all instances again.";
constexpr const char* kRightLogBack =
    "Bring the log back as it was and start contacts again; if an older copy of an embedded log "
    "was "
    "put in its place, run `contacts restore --here` first, if this log is right otherwise, "
    "`contacts rebuild`.";
constexpr const char* kRebuild =
    "Stop contacts, run `contacts rebuild`, then start contacts again.";
constexpr const char* kSetClock =
    "Set the clock of this machine right (NTP); if it is right, start contacts again.";
constexpr const char* kSecretsBack =
    "Bring the store of password hashes back from a backup and start contacts again; if it is "
    "lost, start once with --adopt-secrets and set the passwords anew.";
constexpr const char* kSecretsFolder =
    "Restore {data}/local from a backup, or move it away and set the passwords anew; then start "
    "contacts again.";

constexpr const char* kCopyByHand =
    "If {data} was put back from an older copy by hand: stop contacts, run `contacts restore "
    "--here`, with --epoch as the reason says it, then start contacts again. If it was not, a "
    "client made the position up.";

struct Row {
  std::string_view part;
  std::string_view said;  // words in the reason; empty: any other reason of the part
  std::string_view next;
};

// Parts in the order of RankOf; the first row of a part that fits counts.
constexpr Row kRows[] = {
    {kStartPart, "is full", kFreeRoom},
    {kStartPart, "sessions and passwords", kSecretsFolder},
    {kStartPart, "gone from the cluster", kTopicBack},
    {kStartPart, "or made anew", kRightLogBack},
    {kStartPart, "was made anew", kRightLogBack},
    {kStartPart, "is gone",
     "Restore {data}/log from a backup, then start contacts again; to begin a new history, move "
     "{data} away first."},
    {kStartPart, "read models were made from", kRightLogBack},
    {kStartPart, "the log in", "Restore {data}/log from a backup, then start contacts again."},
    {kStartPart, "read models", "Run `contacts rebuild`, then start contacts again."},
    {kStartPart, "belongs to", "Run contacts as the user that owns {data}."},
    {kStartPart, "Permission denied", "Run contacts as the user that owns {data}."},
    {kStartPart, "does not answer",
     "Find out what holds that process (its disk, a debugger, SIGSTOP); if it stays so, kill it "
     "and start contacts again."},
    {kStartPart, "is using",
     "Wait until that process is done, or stop it; or give this one a directory of its own with "
     "--data."},
    {kStartPart, "is not there",
     "Bring the topic back from a backup of the brokers, then start contacts; the first start of "
     "all makes it."},
    {kStartPart, "Are the brokers",
     "Bring the brokers of bootstrap.servers back, or mend the file of --kafka-config; then start "
     "contacts."},
    {kStartPart, "No server is running on Kafka",
     "Start the server as before: contacts serve --log kafka --data {data} …"},
    {kStartPart, "No server is running", "Start the server: contacts serve --data {data}"},
    {kStartPart, "", "Mend the fault that the reason names, then start contacts again."},
    {"partitions", "is full", kFreeRoom},
    {"partitions", "gone from the cluster", kTopicBack},
    {"partitions", "Bring the broker's files back",
     "Bring the broker's files back from a good replica or a backup, then start contacts again."},
    {"partitions", "is damaged", kLogBack},
    {"partitions", "read models were made from", kRightLogBack},
    {"partitions", "made anew", kTopicBack},
    {"partitions", "read models", kRebuild},
    {"partitions", "", "Mend the fault that the reason names, then start contacts again."},
    {"views", "is full", kFreeRoom},
    {"views", "damaged", kRebuild},
    {"views", "", "Mend the disk of {data}, then start contacts again."},
    {"local", "is full", kFreeRoom},
    {"local", "damaged", kSecretsFolder},
    {"local", "", "Mend the disk of {data}, then start contacts again."},
    {"kafka", "clock", kSetClock},
    {"kafka", "cannot be reached",
     "Bring the Kafka brokers back, or the network to them; contacts then goes on automatically."},
    {"kafka", "is not there", kTopicBack},
    {"kafka", "",
     "Mend the brokers: each partition needs its leader; contacts then goes on automatically."},
    {"clock", "", kSetClock},
    {"secrets", "clock", kSetClock},
    {"secrets", "master key", "Give this server the master keys of the others, and send SIGHUP."},
    {"secrets", "was altered",
     "Bring the store of secrets back from a backup, and find out who can write to it."},
    {"secrets", "is not wrapped",
     "Find out who can write to the store of secrets; the value is not used."},
    {"secrets", "", kSecretsBack},
    {"keys", "was altered", kSecretsBack},
    {"keys", "",
     "Mend the store of secrets ({data}/local, or its topic and the brokers); contacts then goes "
     "on "
     "automatically."},
    {"sessions", "NOPERM",
     "Give the user that contacts has in Redis its rights back: SET, GET, PTTL, EXPIRE and DEL."},
    {"sessions", "",
     "Start Redis again, or mend the network to it; contacts then goes on automatically."},
    {"descriptors", "",
     "Raise the limit of descriptors (LimitNOFILE=, ulimit -n) and start contacts again, or have "
     "clients keep fewer connections."},
    {"threads", "",
     "Find out what holds the thread (the disk, a debugger); if it stays so, start contacts "
     "again."},
    {"writes", "",
     "Wait a minute: writes go on automatically; if they do not, look at the log of contacts."},
    {"catch-up", "", "Wait: contacts reads the log up to its end, then it is ready."},
    {"demonstration", "", "Wait: the tenant of the demonstration is filled, then it is ready."},
    {"process", "",
     "Nothing, when it is meant to stop: it ends when the requests in flight are answered."},
    // Warnings from here on.
    {"disk", "", "Free room on the disk of {data}."},
    {"tenants", " parked",
     "Install a newer release of contacts: it can apply the records of the parked tenants."},
    {"tenants", "",
     "Bring the log back as it was; or, if others wrote those entries, run `contacts disown "
     "PARENT --tenant TENANT`."},
    {"settings", "",
     "Correct the setting that the reason names, then send SIGHUP again; until then the old "
     "settings "
     "count."},
    {"erasures", "",
     "Make the file of --erasures writable, with room on its disk, then start contacts again: the "
     "start adds what the file lacks."},
    {"positions", "", kCopyByHand},
    {"cleaning", "a restore kept", "Remove what the restore kept, or keep it knowingly."},
    {"cleaning", "free bytes", "Free room on the disk of {data}."},
    {"cleaning", "Kafka",
     "See that the brokers compact the topic (log.cleaner.enable, and the log of their cleaner)."},
    {"cleaning", "", "Mend the fault that the warning names; contacts then goes on automatically."},
    {"passwords", "",
     "Bring the store of password hashes back from a backup, or set the missing passwords "
     "anew: contacts user passwd."},
};

[[noreturn]] void NoRow(std::string_view part) {
  throw std::logic_error("the health part \"" + std::string(part) +
                         "\" has no row in infra/base/what_to_do.cc");
}

}  // namespace

std::string WhatToDo(std::string_view part, std::string_view why, std::string_view data) {
  for (const Row& row : kRows) {
    if (row.part != part || why.find(row.said) == std::string_view::npos) continue;
    std::string next(row.next);
    for (size_t at = 0; (at = next.find(kData, at)) != std::string::npos; at += data.size()) {
      next.replace(at, std::string_view(kData).size(), data);
    }
    return next;
  }
  NoRow(part);
}

size_t RankOf(std::string_view part) {
  size_t rank = 0;
  for (const Row& row : kRows) {
    if (row.part == part) return rank;
    ++rank;
  }
  NoRow(part);
}

}  // namespace contacts
