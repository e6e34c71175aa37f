test("tests, finds and matches", function(t)
  t.ok(re.test("order 42", "\\d+"))
  t.ok(not re.test("", "\\d"))
  local from, to, digits = re.find("order 42!", "(\\d+)")
  t.eq({from, to, digits}, {7, 8, "42"})
  t.eq(re.match("a=1", "(\\w)=(\\d)"), "a")
  t.eq(select(2, re.match("a=1", "(\\w)=(\\d)")), "1")
  t.eq(re.match("abc", "b"), "b")
  t.eq(re.match("abc", "x"), nil)
  t.eq(re.find("a1b2", "\\d", 3), 4)
end)

test("gives nil for a group that did not take part", function(t)
  local a, b = re.match("x", "(x)|(y)")
  t.eq(a, "x")
  t.eq(b, nil)
end)

test("replaces by string, table and function", function(t)
  t.eq(re.gsub("a1b22", "\\d+", "#"), "a#b#")
  t.eq(re.gsub("jane doe", "(\\w+) (\\w+)", "%2 %1"), "doe jane")
  t.eq(re.gsub("$x $y", "\\$(\\w)", {x = "1"}), "1 $y")
  t.eq(re.gsub("abc", ".", function(c) return c:upper() .. "%1" end, 2), "A%1B%1c")
  t.eq(select(2, re.gsub("aaa", "a", "b")), 3)
  t.eq(re.gsub("", "x*", "-"), "-")
end)

test("walks all matches", function(t)
  local out = {}
  for key, value in re.gmatch("a=1,b=2", "(\\w)=(\\d)") do
    out[#out + 1] = key .. value
  end
  t.eq(table.concat(out, " "), "a1 b2")
end)

test("knows characters of UTF-8, and bytes of what is not", function(t)
  t.eq(re.gsub("café", "[éè]", "e"), "cafe")
  t.eq({re.find("éa", "a")}, {3, 3})
  t.eq(re.match("\255a\254", "a"), "a")
  t.eq(re.gsub("\255a\254", "a", "b"), "\255b\254")
end)

test("takes text literally when escaped", function(t)
  t.ok(re.test("1+1", re.escape("1+1")))
  t.ok(not re.test("11", re.escape("1+1")))
end)

test("refuses nil, numbers past 2^53 as they print, and malformed expressions", function(t)
  t.errors(function() re.test(nil, "x") end, "string expected")
  t.errors(function() re.test("x", "(") end, "malformed")
  t.errors(function() re.test("x", "(?=x)") end, "malformed")
  t.eq(re.match(2^53, "\\d+"), "9007199254740992")
  t.errors(function() re.gsub("x", "x", "%1") end, "invalid use of %")
end)
