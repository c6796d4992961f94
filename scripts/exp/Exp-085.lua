-- A head is specific where its attention over relative distance differs more between languages than between halves of
-- one. Weights beyond 3 std of a matrix lie in heads of greater scale: so also beyond those of the head, within layers.
return experiment {
  id = "Exp-085", title = "Outlier weights and language heads",
  asks = "Do outlier weights sit in language-specific heads?",
  params = { sentences = 6, skip = 8, bins = 8, beyond = 3 },
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = "heads in which languages differ more have more outliers [3 std of the matrix]",
    within = "specific heads have more outliers, within layers",
    shape = "the same with outliers beyond 3 std of the head's own weights",
  },
  run = function(p, x)
    local m, texts, a = x.model, x.texts:first(p.sentences):aligned(), x.model:architecture()
    local sums, rows, used, count = {}, {}, 0, #texts:languages()
    for s = 1, texts:count() // count do
      local part, heads = texts:slice(s, s), {}
      local seen, n = m:capture(part, "L*.attn.pattern"), math.min(table.unpack(sweep.tokens(m, part):lengths()))
      used = used + (n > p.skip + 2 and 1 or 0)
      for l = 1, n > p.skip + 2 and count or 0 do
        for k, site in ipairs(m:sites("L*.attn.pattern")) do
          heads[k] = seen[site][l]:narrow(2, 1, n):narrow(3, 1, n) -- every language gives the same positions
        end
        local i, bins = tensor.range(1, n):reshape(-1, 1), {}
        for k = 1, p.bins do -- by how far the key lies behind the query, of what lies behind it
          bins[k] = ((i - i:t()) * p.bins):ge(i * (k - 1)) * ((i - i:t()) * p.bins):lt(i * k) * i:gt(p.skip)
        end
        local key, weights = 2 * l - used % 2, tensor.stack(bins):to("float32"):reshape(p.bins, -1):t()
        sums[key] = tensor.cat(heads, 1):reshape(-1, n * n):matmul(weights) + (sums[key] or 0) -- of half the sentences
      end
    end
    for key, sum in ipairs(sums) do sums[key] = sum:totable() end
    if used < 2 or count < 3 or a.layers < 2 or a.heads < 2 or a.layers * a.heads < 8 then
      return x:refuse("needs 3 languages, 2 sentences of enough tokens, 2 layers of 2 heads and 8 heads")
    end
    local mixed, places = a.family == "bloom" or a.family == "gpt_neox", {} -- in qkv: head by head
    for layer = 0, a.layers - 1 do
      local outliers, own, size = 0, 0, 0 -- by head, in its parts of q, k, v and out
      for _, name in ipairs { "q", "k", "v", "qkv", "out" } do
        local param, owner = ("L%d.attn.%s"):format(layer, name), {}
        if m:has(param) then
          local owners, parts = (name == "k" or name == "v") and a.kv_heads or a.heads, name == "qkv" and 3 or 1
          local w = name == "out" and m:param(param):t() or m:param(param)
          w = mixed and parts == 3 and w:reshape(owners, 3, -1):transpose(1, 2) or w:reshape(parts, owners, -1)
          for head = 1, a.heads do owner[head] = (head - 1) * owners // a.heads + 1 end -- heads may share k and v
          local function far(of) -- how many lie far from the mean of these
            return (w - of:mean(3, true)):abs():gt(of:std(3, true) * p.beyond):sum(3):sum(1):index(1, owner)
          end
          outliers, own, size = far(w:reshape(parts, 1, -1)) + outliers, far(w) + own, size + parts * w:size(3)
        end
      end
      for head = 1, a.heads do
        local h, row = layer * a.heads + head, { layer = layer, head = head - 1, distance = 0, same = 0 }
        for l = 1, count do
          for k = 1, count do -- halves that share no sentence
            local distance = stats.jensen_shannon(sums[2 * l - 1][h], sums[2 * k][h])
            row.same = row.same + (l == k and distance / count or 0)
            row.distance = row.distance + (l ~= k and distance / (count * (count - 1)) or 0)
          end
        end
        row.specific, row.outliers, row.own = row.distance - row.same, outliers:at(head) / size, own:at(head) / size
        rows[h], places[h] = row, layer + 1
      end
    end
    x:table(rows, { columns = { "layer", "head", "distance", "specific", "outliers", "own" },
      caption = "Distance of attention between languages, the same beyond halves of one; shares of outliers" })
    x:plot(rows, { kind = "points", x = "specific", y = "outliers", by = "layer", caption = "Outliers by specificity" })

    local t, layers = table_of(rows), tensor.eye(a.layers):index(1, places):slice(2, 2):to("float64")
    local specific, opts = t:column("specific"), { permutations = 2000, seed = x.seed }
    x:verdict("stated", stats.correlation(t:column("distance"), t:column("outliers"), { seed = x.seed }))
    x:verdict("within", stats.partial_correlation(specific, t:column("outliers"), layers, opts))
    x:verdict("shape", stats.partial_correlation(specific, t:column("own"), layers, opts))
  end,
}
