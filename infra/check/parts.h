// The parts that are looked at, each alone. None of them changes anything, but that LookAtSessions
// writes a key of its own in Redis and removes it again.
#pragma once

#include <optional>
#include <string>

#include "infra/base/finding.h"
#include "infra/check/check.h"

namespace contacts::check {

// Values whose form no table knows: proxies and origins.
Findings LookAtLists(const Subject& subject);
// The file of settings: root reads it at a start, and SIGHUP as the owner of --data.
Findings LookAtReaders(const Subject& subject);
// Owner and rights of --data and of the files in it, and who uses it.
Findings LookAtDirectory(const Subject& subject);
// The room on each file system that --data has files on.
Findings LookAtDisks(const Subject& subject);
Findings LookAtSecrets(const Subject& subject);
// --listen and --admin-listen.
Findings LookAtPorts(const Subject& subject);
Findings LookAtDescriptors(const Subject& subject);
// This machine's clock: whether it is kept, and the newest record.
Findings LookAtClock(const Subject& subject);
// Redis, as requests ask it, when sessions are there.
Findings LookAtSessions(const Subject& subject);
Findings LookAtKafka(const Subject& subject);

// Where the setting's value came from, for the begin of a finding; "--NAME" unless that is known.
std::string OriginOf(const Subject& subject, const std::string& setting);
// A file that a start reads, and that can be read only once: a pipe, as of <(…). The look before it
// would leave nothing for it.
bool IsTheStarts(const Subject& subject, const std::string& file);
// The process that holds the lock of a data directory: its id; nullopt: none does, or none that can
// be seen from here.
std::optional<int> ServerOn(const std::string& data);
// The user that a server on `data` runs as: the owner of the directory, when root starts it.
unsigned UserOn(const std::string& data);

}  // namespace contacts::check
