// Keeps files and memory of the process from the other users of the machine.
#pragma once

namespace contacts {

// From here on the files that this process makes are its user's alone, and its memory, which holds
// passwords and secrets, goes into no core dump and can be read and traced by root only. Before any
// thread is started.
void KeepPrivate();

}  // namespace contacts
