test("takes lines apart by the standard names", function(t)
  t.eq(grok("%{IP:client} %{WORD:method} %{NUMBER:bytes:int}", "10.0.0.1 GET 42"),
    {client = "10.0.0.1", method = "GET", bytes = 42})
  t.eq(grok("%{WORD:a}", ""), nil)
  t.eq(grok("%{WORD:a}", nil), nil)
  t.eq(grok("^%{DATA:a}$", "\255x") ~= nil, true)
end)

test("keeps 2^53+1 as text", function(t)
  t.eq(grok("%{NUMBER:n}", "9007199254740993").n, "9007199254740993")
end)

test("refuses nil and unknown names", function(t)
  t.errors(function() grok(nil, "x") end, "string expected")
  t.errors(function() grok("%{NOSUCHTHING:a}", "x") end, "malformed pattern")
  t.errors(function() grok("(", "x") end, "malformed pattern")
end)
