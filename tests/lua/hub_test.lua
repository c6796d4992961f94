-- Names of models: bundled, folders, and ids in a Hugging Face cache made for the test.
local assets = require("residua.assets")
local hub = require("residua.hub")
local model = require("residua.model")
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

local COMMIT <const> = ("0123456789"):rep(4)

local function environment(variables)
  return function(name)
    return variables[name]
  end
end

-- A cache with one repository of two revisions, and an incomplete one.
local function cache()
  local folder = support.folder()
  local repository = "models--owner--na.me-1_b/"
  folder:write(repository .. "refs/main", COMMIT .. "\n")
  folder:write(repository .. "refs/refs/pr/1", "abc123")
  folder:write(repository .. "refs/broken", "../../../etc")
  folder:write(("%ssnapshots/%s/config.json"):format(repository, COMMIT), "{}")
  folder:write(repository .. "snapshots/abc123/config.json", "{}")
  folder:write("models--gpt2/refs/main", "fedcba")
  return folder
end

function test.the_cache_is_where_hugging_face_has_it()
  local all = { HF_HUB_CACHE = "/c", HF_HOME = "/h", XDG_CACHE_HOME = "/x", HOME = "/home/me" }
  t.eq(hub.cache(environment(all)), "/c")
  all.HF_HUB_CACHE = ""
  t.eq(hub.cache(environment(all)), "/h/hub")
  all.HF_HOME = nil
  t.eq(hub.cache(environment(all)), "/x/huggingface/hub")
  all.XDG_CACHE_HOME = nil
  t.eq(hub.cache(environment(all)), "/home/me/.cache/huggingface/hub")
  all.HF_HOME = "~/100%1"
  t.eq(hub.cache(environment(all)), "/home/me/100%1/hub")
  t.eq(hub.cache(environment({})), "~/.cache/huggingface/hub")
end

function test.what_is_an_id()
  for _, id in ipairs({ "gpt2", "owner/na.me-1_b", "a/b@main", "a/b@refs/pr/1", "a/b@" .. COMMIT, "gpt2@v1.0" }) do
    t.ok(hub.is_id(id), id)
  end
  for _, path in ipairs({ "", ".", "..", "/tmp/x", "./x", "~/x", "a/b/c", "a/", "/a", "a/../b", "a..b", "a/b@", "a b",
    "a/b@../x", "a/b@x/../y", "@main", "a\nb", "a/.b", "-x", ("a"):rep(97) }) do
    t.ok(not hub.is_id(path), path)
  end
end

function test.revisions_lead_to_snapshots()
  local folder <close> = cache()
  local root = folder.path .. "/models--owner--na.me-1_b/snapshots/"
  local function find(id)
    return hub.folder(id, folder.path)
  end
  t.eq(find("owner/na.me-1_b"), root .. COMMIT)
  t.eq(find("owner/na.me-1_b@main"), root .. COMMIT)
  t.eq(find("owner/na.me-1_b@refs/pr/1"), root .. "abc123")
  t.eq(find("owner/na.me-1_b@abc123"), root .. "abc123")
end

function test.what_is_absent_is_named_with_what_to_do()
  local folder <close> = cache()
  local path = folder.path
  local function message(id)
    local found, says = hub.folder(id, path)
    t.eq(found, nil)
    t.ok(not says:find("\n"), says)
    return says
  end
  t.eq(message("big/science"), ("no model 'big/science': no folder of this name, and none at %s/models--big--science; "
    .. "get it with: hf download big/science"):format(path))
  t.eq(message("gpt2"), ("model 'gpt2': its folder %s/models--gpt2/snapshots/fedcba is not there; "
    .. "get it with: hf download gpt2"):format(path))
  t.eq(message("owner/na.me-1_b@v2"), ("model 'owner/na.me-1_b@v2': %s/models--owner--na.me-1_b has no revision 'v2' "
    .. "(it has: broken, main, refs); get it with: hf download owner/na.me-1_b --revision v2"):format(path))
  for _, revision in ipairs({ "broken", "refs", "refs/pr", "deadbeef" }) do
    t.ok(message("owner/na.me-1_b@" .. revision):find("has no revision", 1, true), revision)
  end
  t.eq(message("a/b/c"), "'a/b/c' is no Hugging Face id; write owner/name or owner/name@revision")
end

function test.folders_come_before_ids()
  local folder <close> = support.folder()
  folder:write("here/config.json", "{}")
  t.eq(assets.model(folder.path .. "/here"), folder.path .. "/here")
  t.eq(assets.model("/no/such/folder"), "/no/such/folder")
  t.eq(assets.model("mini"), assets.path("mini"))
end

function test.errors_of_loading_name_the_caller()
  t.raises("hub_test.lua:%d+: model.load: no model 'no/such': no folder of this name, and none at ", function()
    model.load("no/such")
  end)
  t.raises("did you mean 'mini'", function()
    model.load("mni")
  end)
  for _, wrong in ipairs({ 3, {}, true }) do
    t.raises("model.load: a name or a folder expected, got " .. type(wrong), function()
      model.load(wrong)
    end)
  end
end

return test
