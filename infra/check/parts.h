// The parts that are looked at, each alone. None of them changes anything, except that
// LookAtSessions writes a key of its own in Redis and removes it again.
#pragma once

#include <optional>
#include <string>

#include "infra/base/finding.h"
#include "infra/check/check.h"

namespace contacts::check {

// Proxies and origins, whose form the table of settings does not check.
Findings LookAtLists(const Subject& subject);
// The file of settings: root reads it at the start, the owner of --data at SIGHUP.
Findings LookAtSettingsFile(const Subject& subject);
// Owner and rights of --data and of the files in it, and the process that uses it.
Findings LookAtDirectory(const Subject& subject);
// The room on each file system that --data has files on.
Findings LookAtDisks(const Subject& subject);
Findings LookAtSecrets(const Subject& subject);
Findings LookAtMasterKeys(const Subject& subject);
// --listen and --admin-listen.
Findings LookAtPorts(const Subject& subject);
Findings LookAtDescriptors(const Subject& subject);
// This machine's clock: whether NTP keeps it, and the time of the newest record.
Findings LookAtClock(const Subject& subject);
// Asks Redis as requests do, when it keeps the sessions.
Findings LookAtSessions(const Subject& subject);
Findings LookAtKafka(const Subject& subject);

// Where the setting's value came from, to begin a finding with; "--NAME" when that is unknown.
std::string OriginOf(const Subject& subject, const std::string& setting);
// Whether a start reads the file and it can be read only once: a pipe, such as <(…). A check
// that read it would leave nothing for the start.
bool MustLeaveToStart(const Subject& subject, const std::string& file);
// The id of the process that holds the lock of a data directory; nullopt: no process that can be
// seen from here holds it.
std::optional<int> ServerOn(const std::string& data);
// The user that a server on `data` runs as: the owner of the directory, when root starts it.
unsigned UserOn(const std::string& data);

}  // namespace contacts::check
