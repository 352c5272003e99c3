# Arrow C++ and Parquet, headers and libraries, as the PyPI wheel `pyarrow` ships them; Debian 12
# carries none. The wheel holds versioned names only (libarrow.so.2600): link those.
set(mono_pyarrow ${mono_site_packages}/pyarrow)
file(GLOB mono_libarrow ${mono_pyarrow}/libarrow.so.[0-9]*[0-9])
file(GLOB mono_libparquet ${mono_pyarrow}/libparquet.so.[0-9]*[0-9])
if(NOT mono_libarrow OR NOT mono_libparquet)
  message(FATAL_ERROR "Arrow: expected the wheel pyarrow in .venv; run scripts/setup.sh")
endif()
add_library(Arrow::arrow SHARED IMPORTED)
set_target_properties(Arrow::arrow PROPERTIES
  IMPORTED_LOCATION ${mono_libarrow}
  INTERFACE_INCLUDE_DIRECTORIES ${mono_pyarrow}/include)
# libparquet.so exports a simdjson of its own, another version than Debian's, and the library named
# first in an executable wins: Debian's goes in front.
add_library(Arrow::parquet SHARED IMPORTED)
set_target_properties(Arrow::parquet PROPERTIES
  IMPORTED_LOCATION ${mono_libparquet}
  INTERFACE_LINK_OPTIONS
    "SHELL:-Wl,--push-state,--no-as-needed -lsimdjson -Wl,--pop-state"  # one word: not deduplicated
  INTERFACE_LINK_LIBRARIES Arrow::arrow)
