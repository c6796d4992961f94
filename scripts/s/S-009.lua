-- Entropy grows with the length of a text, and languages differ in tokens per sentence: so beside it flatness, its
-- share of the greatest one at positions that all languages have, without the first token, on which heads rest.
return experiment {
  id = "S-009",
  title = "Attention per language",
  asks = "Is attention flatter in low-resource languages, and do its patterns differ by language?",
  params = { sentences = 6, skip = 8, bins = 8 },
  quick = { sentences = 4 },
  full = { sentences = 96 },
  predicts = {
    stated = "entropy [nats] over whole texts is higher in low-resource languages",
    sane = "flatness (share of the greatest entropy, same positions) is higher in low-resource languages",
    within_script = "flatness is higher in low-resource languages, permuted within script",
    differ = "attention by distance differs more between languages than between halves of one",
  },
  run = function(p, x)
    local texts = x.texts:first(p.sentences):aligned()
    local codes, info, known, held = texts:languages(), texts:info(), texts:halves()
    local opts = { skip = p.skip, bins = p.bins }
    local one, many = capture.attention(x.model, known, opts)
    local two, more = capture.attention(x.model, held, opts)
    if texts:count() < 2 * #codes or math.min(many, more) < 1 then
      return x:not_run(("fewer than 2 sentences of over %d tokens"):format(p.skip + 2))
    end

    local rows, cells, beyond = {}, {}, {}
    for l, code in ipairs(codes) do
      local row = { language = code, resource = info[code].resource, script = info[code].script }
      for _, measure in ipairs { "entropy", "flatness", "previous", "first" } do
        row[measure] = (one[code][measure]:mean() + two[code][measure]:mean()) / 2
      end
      rows[l], beyond[l] = row, 0
      for _, other in ipairs(codes) do -- halves that share no sentence; all heads together
        local distance = stats.jensen_shannon(one[code].distance:reshape(-1), two[other].distance:reshape(-1))
        cells[#cells + 1] = { language = code, other = other, distance = distance }
        beyond[l] = beyond[l] + (other == code and -distance or distance / (#codes - 1))
      end
    end
    x:table(rows, { columns = { "language", "resource", "entropy", "flatness", "previous", "first" },
      caption = "Attention, mean over heads: entropy [nats], flatness, share of the token before and of the first" })
    x:plot(cells, { kind = "heat", x = "language", y = "other", value = "distance",
      caption = "Jensen-Shannon distance of attention by distance, between halves that share no sentence" })

    local function low_against_others(value, within)
      return stats.contrast(rows, { value = value, by = "resource", of = "low", within = within, seed = x.seed })
    end
    x:verdict("stated", low_against_others("entropy"))
    x:verdict("sane", low_against_others("flatness"))
    x:verdict("within_script", low_against_others("flatness", "script"))
    x:verdict("differ", #rows < 3 and { not_run = "fewer than 3 languages" } or stats.mean(beyond, { seed = x.seed }))
  end,
}
