#pragma once
// A sink for a given set of sites; shared by all probes.

#include "engine/probe/capture.hpp"

#include <map>

namespace residua {

class SiteSink : public Sink {
 public:
  explicit SiteSink(const std::vector<Site>& sites) {
    for (const Site& site : sites)
      index_.emplace(site, index_.size());
  }
  bool wants(const Site& site) const override { return index_.contains(site); }

 protected:
  std::size_t index(const Site& site) const { return index_.at(site); }
  std::vector<Site> sites() const {
    std::vector<Site> all;
    for (const auto& [site, index] : index_)
      all.push_back(site);
    return all;
  }
  /// Throws Error for the attention pattern, whose rows have the length of their text.
  static void require_flat(const std::vector<Site>& sites);

 private:
  std::map<Site, std::size_t> index_;
};

} // namespace residua
