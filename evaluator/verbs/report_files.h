#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace mono::evaluator {

/// A file of a verb and the option that names it; "" where it is not asked for.
struct ReportFile {
  const char* option = nullptr;
  std::string path{};
};

/// Refuses files of which writing one would destroy a part of a run or another of them.
/// \param runs  Folders as they were given: of a run, or of an output path with runs in it. A file
///              beside the runs of an output path is none of theirs.
/// \throws UsageError naming the option and the file.
void check_report_files(std::span<const ReportFile> files,
                        std::span<const std::filesystem::path> runs);

/// Refuses to write over what the same call reads, by whatever name.
/// \param written, read  a path "" is no file
/// \throws UsageError naming both options and the file.
void check_not_read(const ReportFile& written, std::span<const ReportFile> read);

/// Makes the folder in which a file will lie that is replaced as a whole, and asks whether it takes
/// new files, before what goes into it is computed. Folders and devices are left as they are.
/// \throws SetupError naming the file, the folder and why it takes none.
void prepare_folder_of(const std::string& path);

/// Likewise for a file that is written in its place, or where a link leads, which is asked for
/// itself (model/output_file.h).
/// \throws SetupError naming the file and why it cannot be written.
void prepare_output(const std::string& path);

/// Removes an earlier report, if there is one that can be replaced; a link to it stays.
void remove_report(const std::string& path);

}  // namespace mono::evaluator
