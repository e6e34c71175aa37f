test("takes turns", function(t)
  local c = coroutine.create(function(a)
    local b = coroutine.yield(a + 1)
    return b * 2
  end)
  t.eq({coroutine.resume(c, 1)}, {true, 2})
  t.eq(coroutine.status(c), "suspended")
  t.eq({coroutine.resume(c, 10)}, {true, 20})
  t.eq(coroutine.status(c), "dead")
  local ok, why = coroutine.resume(c)
  t.eq(ok, false)
  t.eq(why, "cannot resume a dead coroutine")
end)

test("wraps a generator", function(t)
  local sum = 0
  for i in coroutine.wrap(function() for i = 1, 4 do coroutine.yield(i) end end) do
    sum = sum + i
  end
  t.eq(sum, 10)
end)

test("passes errors on", function(t)
  local c = coroutine.create(function() error("no", 0) end)
  t.eq({coroutine.resume(c)}, {false, "no"})
  t.errors(function() coroutine.wrap(function() error("inside") end)() end, "inside")
end)

test("knows which one is running", function(t)
  t.eq(coroutine.isyieldable(), false)
  local c
  c = coroutine.create(function() return coroutine.running() == c, coroutine.isyieldable() end)
  t.eq({coroutine.resume(c)}, {true, true, true})
  t.errors(function() coroutine.resume(nil) end, "coroutine expected")
end)

test("lives no longer than its call", function(t)
  kept = coroutine.create(function() coroutine.yield() end)
  coroutine.resume(kept)
end)

test("so that the next call finds it dead", function(t)
  t.eq(coroutine.status(kept), "dead")
end)

test("hands over nil, the empty string, binary and large numbers", function(t)
  local c = coroutine.wrap(function(...) coroutine.yield(...) end)
  local a, b, d, e = c(nil, "", "\0\255", 2^53 + 1)
  t.eq({a == nil, b, d, e}, {true, "", "\0\255", 2^53 + 1})
end)
