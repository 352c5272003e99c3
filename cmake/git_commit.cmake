# Run at each build: writes OUTPUT with the commit of SOURCE for a NAMESPACE below mono, and touches it only when that changed.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(commit)
  execute_process(COMMAND git -C ${SOURCE} status --porcelain --untracked-files=no
    OUTPUT_VARIABLE changes ERROR_QUIET)
  if(changes)
    string(APPEND commit "-dirty")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT
  "#pragma once\n\nnamespace mono::${NAMESPACE} {\n\ninline constexpr const char* kGitCommit = \"@commit@\";\n\n}  // namespace mono::${NAMESPACE}\n")
