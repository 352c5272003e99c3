#pragma once

#include "kernels/out_of_memory.h"

namespace mono::model {

// For the parts of the model that know no kernel.
using kernels::fits_memory;
using kernels::is_out_of_memory;

}  // namespace mono::model
