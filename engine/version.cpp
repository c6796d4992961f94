#include "engine/version.hpp"

namespace residua {

const char* const kVersion = RESIDUA_VERSION;

} // namespace residua
