-- A head is specific where its attention over relative distance differs more between languages than between halves of
-- one. Weights beyond 3 std of a matrix lie in heads of greater scale: so also beyond those of the head, within layers.
return experiment {
  id = "Exp-085", title = "Outlier weights and language heads",
  asks = "Do outlier weights sit in language-specific heads?",
  params = { sentences = 6, skip = 8, bins = 8, beyond = 3 },
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = "heads in which languages differ more have more outliers [3 std of the matrix]",
    within = "heads in which languages differ more have more outliers, within layers",
    shape = "heads in which languages differ more have more outliers [3 std of the head's own weights]",
  },
  run = function(p, x)
    local m, texts, sizes = x.model, x.texts:first(p.sentences):aligned(), x.model:architecture()
    local codes, known, held = texts:languages(), texts:halves()
    local one, many = capture.attention(m, known, { skip = p.skip, bins = p.bins })
    local two, more = capture.attention(m, held, { skip = p.skip, bins = p.bins })
    if texts:count() < 2 * #codes or math.min(many, more) < 1 or #codes < 3 or sizes.layers < 2 or sizes.heads < 4 then
      return x:not_run("needs 3 languages, 2 sentences of enough tokens, 2 layers and 4 heads in each")
    end

    local function distance_of(head) -- mean between languages, and between halves of one that share no sentence
      local between, same = 0, 0
      for _, a in ipairs(codes) do
        for _, b in ipairs(codes) do
          local distance = stats.jensen_shannon(one[a].distance:row(head), two[b].distance:row(head))
          between = between + (a ~= b and distance / (#codes * (#codes - 1)) or 0)
          same = same + (a == b and distance / #codes or 0)
        end
      end
      return between, same
    end
    local rows, places = {}, {}
    for layer = 0, sizes.layers - 1 do
      local outliers, own, count = 0, 0, 0 -- by head
      for _, weights in pairs(m:head_weights(layer)) do -- of q, k, v and out: [heads, weights]
        outliers = (weights - weights:mean()):abs():gt(weights:std() * p.beyond):sum(2) + outliers
        own = (weights - weights:mean(2, true)):abs():gt(weights:std(2, true) * p.beyond):sum(2) + own
        count = count + weights:size(2)
      end
      for head = 1, sizes.heads do
        local between, same = distance_of(#rows + 1)
        places[#rows + 1] = layer + 1
        rows[#rows + 1] = { layer = layer, head = head - 1, distance = between, specific = between - same,
          outliers = outliers:at(head) / count, own = own:at(head) / count }
      end
    end
    x:table(rows, { columns = { "layer", "head", "distance", "specific", "outliers", "own" },
      caption = "Distance of attention between languages, the same beyond halves of one; shares of outliers" })
    x:plot(rows, { kind = "points", x = "specific", y = "outliers", by = "layer", caption = "Outliers by specificity" })

    local t, permuted = table_of(rows), { permutations = 2000, seed = x.seed }
    local layers = tensor.eye(sizes.layers):index(1, places):slice(2, 2):to("float64") -- which layer, as 0 and 1
    x:verdict("stated", stats.correlation(t:column("distance"), t:column("outliers"), { seed = x.seed }))
    x:verdict("within", stats.partial_correlation(t:column("specific"), t:column("outliers"), layers, permuted))
    x:verdict("shape", stats.partial_correlation(t:column("specific"), t:column("own"), layers, permuted))
  end,
}
