---@meta
-- Annotations for the Lua language server (LuaLS): add the folder "scripts" to its workspace library.
-- Nothing of this is run.

---A name can have several values. Header names ignore case; names of the others do not.
---@class weir.Multimap
---@field [string] string|number|string[]|nil first value, or nil; assigning replaces in place, nil removes
local Multimap = {}
---@param name string
---@return string[] values every value, in order
function Multimap:all(name) end
---@param name string
---@return string?
function Multimap:get(name) end
---@param name string
---@param value string|number|string[]|nil
function Multimap:set(name, value) end
---@param name string
---@param value string|number
function Multimap:add(name, value) end
---@param name string
---@return boolean
function Multimap:has(name) end
---@param name string
function Multimap:remove(name) end

---@class weir.Cookies: weir.Multimap
local Cookies = {}
---Leaves these alone. "~" begins an RE2 expression.
---@param names string[]
---@return integer removed
function Cookies:keep(names) end
---Takes these out. "~" begins an RE2 expression.
---@param names string[]
---@return integer removed
function Cookies:drop(names) end

---@class weir.Client
---@field ip string?
---@field port integer?

---@class weir.Response
---@field status integer?
---@field headers weir.Multimap
---@field cookies weir.Cookies
---@field body string?
---@field json any
---@field truncated boolean whether there was more of the body
---@field duration_ms number
---@field error string? why there is no answer

---@class weir.Request
---@field id string? read only; nil until the relay's or proxy's spool has numbered it
---@field time number read only; seconds since 1970
---@field attempt integer? read only; 1 for the first
---@field source string read only
---@field proxy string? read only
---@field client weir.Client read only
---@field size integer read only; bytes of the body on the wire
---@field truncated boolean read only; whether the body was longer than the capture limit
---@field http_version string read only
---@field url string read only
---@field response weir.Response? the recorded answer
---@field method string
---@field scheme "http"|"https"
---@field host string
---@field port integer
---@field path string without the query
---@field body string with Content-Encoding undone
---@field bucket string|string[]|nil in on_capture
---@field target string? in on_replay
---@field session string
---@field delay number|string in on_replay; seconds, or "1.5m"
---@field headers weir.Multimap
---@field query weir.Multimap
---@field form weir.Multimap? nil unless the body is a form
---@field cookies weir.Cookies
---@field json any nil unless the body is JSON
---@field meta table<string, string>
local Request = {}
---"{name}" stands for one segment, "*" at the end for the rest.
---@param template string
---@return table<string, string>?
function Request:match(template) end
---@return weir.Request
function Request:clone() end
---The same for the same key, on every node.
---@param key string|number|nil nil: the session
---@param percent number
---@return boolean
function Request:sample(key, percent) end

---@class weir.Decision

---@param reason string?
---@return weir.Decision
function drop(reason) end
---@param seconds number|string
---@param why string?
---@return weir.Decision
function retry(seconds, why) end
---@param why string?
---@return weir.Decision
function fail(why) end
---@param interval number|string
---@param fn fun()
function every(interval, fn) end
---@param req weir.Request
function emit(req) end
---@param fields table
---@return weir.Request
function request(fields) end
---@param name string
---@return string?
function env(name) end
---@param name string
---@return string?
function secret(name) end
---@return string
function uuid() end
---@param pattern string
---@param line string?
---@return table<string, string|number>?
function grok(pattern, line) end

---@class weir.Shared
local Shared = {}
---@param key string
function Shared:get(key) end
---@param key string
---@param value string|number|boolean|nil
---@param ttl number|string|nil
function Shared:set(key, value, ttl) end
---@param key string
---@param value string|number|boolean
---@param ttl number|string|nil
---@return boolean added
function Shared:add(key, value, ttl) end
---@param key string
function Shared:delete(key) end
---@param key string
---@param by number?
---@param ttl number|string|nil
---@return number
function Shared:incr(key, by, ttl) end
---@param name string
---@return weir.Shared
function shared(name) end

json = {}
---@type userdata
json.null = nil
---@param text string
function json.decode(text) end
---@return string
function json.encode(value) end
---@param list any[]?
function json.array(list) end
---@return boolean
function json.is_array(value) end
---@return boolean
function json.is_object(value) end

base64 = {}
---@param bytes string
---@return string
function base64.encode(bytes) end
---@param text string
---@return string
function base64.decode(text) end
---@param bytes string
---@return string
function base64.encode_url(bytes) end
---@param text string
---@return string
function base64.decode_url(text) end

hex = {}
---@param bytes string
---@return string
function hex.encode(bytes) end
---@param text string
---@return string
function hex.decode(text) end

url = {}
---@param text string
---@return string
function url.encode(text) end
---@param text string
---@param plus_is_space boolean?
---@return string
function url.decode(text, plus_is_space) end
---@param text string
---@return {scheme: string?, host: string?, port: integer?, path: string, query: string?}
function url.parse(text) end

hash = {}
---@param bytes string
---@return string
function hash.md5(bytes) end
---@param bytes string
---@return string
function hash.sha1(bytes) end
---@param bytes string
---@return string
function hash.sha256(bytes) end
---@param bytes string
---@return integer
function hash.crc32(bytes) end
---@param key string
---@param slots integer
---@return integer slot 0 to slots - 1
function hash.slot(key, slots) end

hmac = {}
---@param key string
---@param bytes string
---@return string
function hmac.md5(key, bytes) end
---@param key string
---@param bytes string
---@return string
function hmac.sha1(key, bytes) end
---@param key string
---@param bytes string
---@return string
function hmac.sha256(key, bytes) end

re = {}
---@param text string
---@param expression string
---@return boolean
function re.test(text, expression) end
---@param text string
---@param expression string
---@param from integer?
---@return integer? from, integer? to, string? ...
function re.find(text, expression, from) end
---@param text string
---@param expression string
---@param from integer?
---@return string? ...
function re.match(text, expression, from) end
---@param text string
---@param expression string
---@return fun(): string? ...
function re.gmatch(text, expression) end
---@param text string
---@param expression string
---@param with string|table|function
---@param most integer?
---@return string text, integer count
function re.gsub(text, expression, with, most) end
---@param text string
---@return string
function re.escape(text) end

time = {}
---@return number
function time.now() end
---@param at number?
---@return string
function time.iso(at) end
---@param text string
---@param pattern string?
---@return number?
function time.parse(text, pattern) end
---@param at number
---@param pattern string
---@return string
function time.format(at, pattern) end
---@param duration number|string
---@return number
function time.seconds(duration) end

log = {}
function log.debug(...) end
function log.info(...) end
function log.warn(...) end
function log.error(...) end

mask = {}
---@param text string?
---@return string?
function mask.email(text) end
---@param text string?
---@param n integer
---@return string?
function mask.keep_last(text, n) end
---@param text string?
---@param salt string?
---@return string?
function mask.hash(text, salt) end
