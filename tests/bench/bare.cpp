// A program that only links libtorch: what every start has to pay.

#include <ATen/Context.h>
#include <cstdio>

int main() {
  std::printf("%d\n", at::hasMKLDNN());
}
