-- A text as a whole file.

--- Writes a text to a file.
---@param path string
---@param content string
---@return boolean? written  nil where it could not be
---@return string? problem  the path and what the system says
---@return boolean? opened  whether it was open by then: a full disk, not a wrong path
---@example
---local ok, problem, opened = require("residua.write_file")("/no/such/folder/x.csv", "a")
---assert(not ok and problem == "/no/such/folder/x.csv: No such file or directory" and not opened)
return function(path, content)
  local file, problem = io.open(path, "wb")
  if not file then
    return nil, problem, false
  end
  local written, early = file:write(content)
  local closed, late = file:close() -- a full disk may show here only
  if written and closed then
    return true
  end
  return nil, ("%s: %s"):format(path, early or late), true
end
