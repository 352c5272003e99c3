// Carries the headers that tests share: CMake wants a source beside them.
