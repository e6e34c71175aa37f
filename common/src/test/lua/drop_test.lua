test("is a decision with a reason", function(t)
  t.eq(tostring(drop "health check"), "drop: health check")
  t.eq(type(drop "x"), "userdata")
end)

test("takes nil, the empty string, binary and numbers for reasons", function(t)
  for _, decision in ipairs{drop(), drop(nil), drop(""), drop("\0\255"), drop(9007199254740993)} do
    t.eq(type(decision), "userdata")
  end
  t.errors(function() drop({}) end, "string expected")
end)
