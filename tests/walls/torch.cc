// Must not compile in the text half: its include path does not lead to Torch.
#include <ATen/ATen.h>
