-- Entropy grows with the length of a text, and languages differ in tokens per sentence: so beside it flatness, its
-- share of the greatest one at positions that all languages have, without the first token, on which heads rest.
return experiment {
  id = "S-009", title = "Attention per language",
  asks = "Is attention flatter in low-resource languages, and do its patterns differ by language?",
  params = { sentences = 6, skip = 8, bins = 8 },
  quick = { sentences = 4 }, full = { sentences = 96 },
  predicts = {
    stated = "entropy [nats] over whole texts is higher in low-resource languages",
    sane = "flatness (share of the greatest entropy, same positions) is higher in low-resource languages",
    within_script = { "flatness falls as resource rises, permuted within script", below = 0 },
    beside = { "the same beside characters per token", below = 0 },
    differ = "attention by distance differs more between languages than between halves of one",
  },
  run = function(p, x)
    local m, texts, info, rows, used = x.model, x.texts:first(p.sentences):aligned(), x.texts:info(), {}, 0
    local function entropy(shares) -- by position, mean over heads
      return (shares * (shares + 1e-12):log()):sum(3):mean(1):reshape(-1, 1) * -1
    end
    for l, code in ipairs(texts:languages()) do
      rows[l] = { language = code, nats = 0, flatness = 0, tokens = 0, characters = 0, halves = { 0, 0 } }
    end
    for s = 1, texts:count() // #rows do
      local part, heads = texts:slice(s, s), {}
      local lengths, seen = sweep.tokens(m, part):lengths(), m:capture(part, "L*.attn.pattern")
      local n = math.min(table.unpack(lengths))
      used = used + (n > p.skip + 2 and 1 or 0)
      for l, row in ipairs(n > p.skip + 2 and rows or {}) do
        for k, site in ipairs(m:sites("L*.attn.pattern")) do heads[k] = seen[site][l] end
        local pattern, i = tensor.cat(heads, 1), tensor.range(1, n):reshape(-1, 1) -- [heads, queries, keys]
        local common, back = pattern:narrow(2, 1, n):narrow(3, 1, n), i - i:t() -- how far the key lies behind
        local rest, masks = common:narrow(3, 2, n - 1), { back:eq(1), (back * 0 + i:t()):eq(1) }
        for k = 1, p.bins do
          masks[k + 2] = (back * p.bins):ge(i * (k - 1)) * (back * p.bins):lt(i * k)
        end
        local weights = i:gt(p.skip):to("float32") / (n - p.skip) -- of positions
        local flat = entropy(rest / (rest:sum(3, true) + 1e-9)) / (i - 1):clamp(2):log()
        row.nats, row.flatness = row.nats + entropy(pattern):mean(), row.flatness + (flat * weights):sum()
        row.tokens, row.characters = row.tokens + lengths[l], row.characters + part:table().characters[l]
        weights = (tensor.stack(masks):to("float32") * weights):reshape(p.bins + 2, -1):t()
        row.halves[1 + used % 2] = common:reshape(-1, n * n):matmul(weights) + row.halves[1 + used % 2]
      end
    end
    if used < 2 then
      return x:refuse(("fewer than 2 sentences of over %d tokens"):format(p.skip + 2))
    end
    local heat, known, beyond, rank = {}, {}, {}, { low = 1, mid = 2, high = 3 }
    for l, row in ipairs(rows) do
      local shares, language = ((row.halves[1] + row.halves[2]) / used):mean(1), info[row.language]
      row.previous, row.first, row.per_token = shares:at(1), shares:at(2), row.characters / row.tokens
      row.nats, row.flatness, row.resource = row.nats / used, row.flatness / used, language.resource
      row.rank, row.script, beyond[l] = rank[row.resource], language.script or "?", 0
      known[#known + 1] = row.rank and row
      for _, other in ipairs(rows) do
        local one, two = row.halves[1]:narrow(2, 3, p.bins), other.halves[2]:narrow(2, 3, p.bins) -- no common sentence
        local distance = stats.jensen_shannon(one:reshape(-1), two:reshape(-1)) -- of all heads together
        heat[#heat + 1] = { language = row.language, other = other.language, distance = distance }
        beyond[l] = beyond[l] + (other == row and -distance or distance / (#rows - 1))
      end
    end
    x:table(rows, { columns = { "language", "resource", "nats", "flatness", "previous", "first", "per_token" },
      caption = "Attention, mean over heads: entropy, flatness, share of the token before and of the first" })
    x:plot(heat, { kind = "heat", x = "language", y = "other", value = "distance",
      caption = "Jensen-Shannon distance of attention by distance, between halves that share no sentence" })

    local sane = stats.contrast(rows, { value = "flatness", by = "resource", of = "low", seed = x.seed })
    local t, few = table_of(known), sane.refused and sane
    local ranks, flat = t:column("rank"), t:column("flatness")
    x:verdict("stated", stats.contrast(rows, { value = "nats", by = "resource", of = "low", seed = x.seed }))
    x:verdict("sane", sane)
    x:verdict("within_script", few or stats.correlation(ranks, flat, { groups = t:column("script"), seed = x.seed }))
    x:verdict("beside", few or stats.partial_correlation(ranks, flat, { per_token = t:column("per_token") }))
    x:verdict("differ", #rows < 3 and { refused = "fewer than 3 languages" } or stats.mean(beyond, { seed = x.seed }))
  end,
}
