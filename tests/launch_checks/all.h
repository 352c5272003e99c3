#pragma once

namespace mono::launch_checks {

/// One function an operator; \returns whether all its launches gave what the host loop gives.
bool check_add_rms_norm();
bool check_argmax_tokens();
bool check_decode_attention();
bool check_few_row_linear();
bool check_gelu_bias();
bool check_layer_norm();
bool check_rms_norm();
bool check_rotary_append();
bool check_row_copy();
bool check_sample_tokens();
bool check_swiglu();
bool check_tiles_from_rgb();

}  // namespace mono::launch_checks
