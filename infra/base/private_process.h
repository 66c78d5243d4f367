// Keeps files and memory of the process from the other users of the machine.
#pragma once

namespace contacts {

// From here on only the process's user can open the files that it makes, and its memory, which
// holds passwords and secrets, goes into no core dump and can be read and traced by root only. To
// be called before any thread is started.
void KeepPrivate();

}  // namespace contacts
