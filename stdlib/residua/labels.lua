-- Labels of texts and rows: their numbers, and the row that bears one.

local M = {}

--- Returns labels of any kind as numbers from 1, in order of first appearance.
---@param labels any[]
---@return integer[] numbers  one per label
---@return table<any, integer> number_of  by label
---@return integer count  of different labels
---@example
---local numbers, number_of, count = require("residua.labels").numbered({ "swa", "eng", "swa" })
---assert(numbers[3] == 1 and number_of.eng == 2 and count == 2)
function M.numbered(labels)
  local numbers, number_of, count = {}, {}, 0
  for i, label in ipairs(labels) do
    if not number_of[label] then
      count = count + 1
      number_of[label] = count
    end
    numbers[i] = number_of[label]
  end
  return numbers, number_of, count
end

--- Returns the row of a language.
---@param rows table[]
---@param language string
---@return table? row
---@example
---assert(require("residua.labels").row({ { language = "eng", loss = 2 } }, "eng").loss == 2)
function M.row(rows, language)
  for _, row in ipairs(rows) do
    if row.language == language then
      return row
    end
  end
end

return M
