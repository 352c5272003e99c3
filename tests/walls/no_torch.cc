// The control of torch.cc: with the same flags, headers of our own are found.
#include "model/adapter.h"
