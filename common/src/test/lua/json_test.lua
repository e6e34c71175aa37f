test("keeps nulls, empty arrays, key order and every digit", function(t)
  local text = '{"z":null,"a":[],"o":{},"n":9007199254740993,"d":1.50,"b":123456789012345678901234567890}'
  t.eq(json.encode(json.decode(text)), text)
end)

test("shows null as json.null and what is absent as nil", function(t)
  local v = json.decode('{"a":null}')
  t.ok(v.a == json.null)
  t.eq(v.b, nil)
  t.eq(tostring(json.null), "null")
end)

test("keeps 2^53+1 apart from 2^53", function(t)
  local v = json.decode("[9007199254740993,9007199254740992,9007199254740993]")
  t.eq(tostring(v[1]), "9007199254740993")
  t.ok(v[1] ~= v[2])
  t.ok(v[1] == v[3])
  t.eq("id-" .. v[1] .. "!", "id-9007199254740993!")
  t.eq(json.encode({copy = v[1]}), '{"copy":9007199254740993}')
end)

test("reads numbers as numbers where they fit", function(t)
  local v = json.decode("[1,-2.5,1e3,0.1]")
  t.eq(v[1] + v[2], -1.5)
  t.eq(v[3], 1000)
  t.eq(json.encode(v), "[1,-2.5,1E+3,0.1]")
end)

test("encodes lists as arrays, other tables as objects with sorted keys", function(t)
  t.eq(json.encode({3, 2, 1}), "[3,2,1]")
  t.eq(json.encode({b = 1, a = {true, json.null}}), '{"a":[true,null],"b":1}')
  t.eq(json.encode({}), "{}")
  t.eq(json.encode(json.array()), "[]")
  t.eq(json.encode(json.array{1, 2}), "[1,2]")
  t.eq(json.encode("é\n"), '"é\\n"')
  t.eq(json.encode(2^53), "9007199254740992")
end)

test("changes values in place", function(t)
  local v = json.decode('{"a":1,"list":[1,2],"gone":true,"empty":[1]}')
  v.a = "x"
  v.gone = nil
  v.list[3] = 3
  table.insert(v.list, 1, 0)
  t.eq(table.remove(v.list, 2), 1)
  v.new = {1}
  v.empty = {}
  t.eq(json.encode(v), '{"a":"x","list":[0,2,3],"empty":[],"new":[1]}')
  t.eq(#v.list, 3)
end)

test("walks objects in their order and arrays by number", function(t)
  local keys = {}
  for k in pairs(json.decode('{"z":1,"a":2,"m":null}')) do
    keys[#keys + 1] = k
  end
  t.eq(table.concat(keys), "zam")
  local sum = 0
  for i, v in ipairs(json.decode("[10,20]")) do
    sum = sum + i * v
  end
  t.eq(sum, 50)
end)

test("refuses nil, the empty string, binary and what has no form in JSON", function(t)
  t.errors(function() json.decode(nil) end)
  t.errors(function() json.decode("{") end, "line 1")
  t.errors(function() json.decode("1 2") end, "not JSON")
  t.errors(function() json.encode(nil) end, "json.null")
  t.errors(function() json.encode("\255") end, "not UTF-8")
  t.errors(function() json.encode(0 / 0) end)
  t.errors(function() json.encode(print) end, "function")
  t.errors(function() json.encode({1, 2, x = 3}) end)
  t.eq(json.decode(""), nil)
end)

test("tells arrays from objects", function(t)
  t.ok(json.is_array(json.decode("[]")))
  t.ok(json.is_object(json.decode("{}")))
  t.ok(not json.is_array(json.decode("{}")))
  t.ok(not json.is_array({}))
  t.ok(not json.is_object(nil))
end)

test("an array has no holes", function(t)
  local v = json.decode("[1,2,3]")
  t.errors(function() v[5] = 1 end, "no place 5")
  t.errors(function() v[1] = nil end, "no holes")
  v[3] = nil
  t.eq(json.encode(v), "[1,2]")
end)
