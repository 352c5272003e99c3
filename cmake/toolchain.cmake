# Where scripts/setup.sh put what Debian does not carry: LibTorch and, on a machine without the
# CUDA toolkit, the toolkit too, both inside the virtual environment .venv.
file(GLOB mono_site_packages ${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages)
if(mono_site_packages)
  list(APPEND CMAKE_PREFIX_PATH ${mono_site_packages}/torch/share/cmake)
  if(NOT DEFINED ENV{CUDACXX} AND EXISTS ${mono_site_packages}/nvidia/cu13/bin/nvcc)
    set(ENV{CUDACXX} ${mono_site_packages}/nvidia/cu13/bin/nvcc)
    set(ENV{CUDA_HOME} ${mono_site_packages}/nvidia/cu13)
    set(CUDA_TOOLKIT_ROOT_DIR ${mono_site_packages}/nvidia/cu13 CACHE PATH "CUDA toolkit")
    set(CUDAToolkit_ROOT ${mono_site_packages}/nvidia/cu13 CACHE PATH "CUDA toolkit")
  endif()
endif()
if(NOT DEFINED ENV{CUDACXX} AND EXISTS /usr/local/cuda/bin/nvcc)
  set(ENV{CUDACXX} /usr/local/cuda/bin/nvcc)
endif()

# Read by find_package(Torch), which ignores CMAKE_CUDA_ARCHITECTURES. Unset and without a GPU it
# asks for compute_50, which nvcc 13 refuses.
set(TORCH_CUDA_ARCH_LIST "9.0a" CACHE STRING "GPU architectures, as PyTorch names them")
