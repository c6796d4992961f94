-- What the user asked to have in a file.

local write_file = require("residua.write_file")

--- Writes a text to a file; an error names the file.
---@param where string  name of the function that the user called
---@param path string
---@param content string
---@param kind string  what the name has to end in: ".csv"
---@example
---local ok, message = pcall(require("residua.save"), "Table:save", "/no/such/folder/x.csv", "a", ".csv")
---assert(not ok and message:find("Table:save: /no/such/folder/x.csv: No such file or directory", 1, true))
return function(where, path, content, kind)
  if path:sub(-#kind) ~= kind then
    error(("%s: '%s' does not end in %s, which is what it writes"):format(where, path, kind), 3)
  end
  local written, problem = write_file(path, content)
  if not written then
    error(("%s: %s; choose another file"):format(where, problem), 3)
  end
end
